import Glibc

/// Looks into SQLite's write-ahead log before SQLite does.
///
/// A frame whose checksum is wrong ends the log for SQLite, without a word: so it drops what a
/// crash has torn, and what a flipped bit has cut off as well. The difference can be seen. A
/// transaction is synced before the next one is written, so a torn one is the last; where whole
/// transactions stand behind the broken frame, it was damaged later.
///
/// - Source: sqlite.org/fileformat2.html, "The Write-Ahead Log".
struct WriteAheadLog: ~Copyable {
    private let file: File
    private let byteCount: Int
    private var pageByteCount = 0
    private var isBigEndian = false
    /// Frames of this log carry it; those of an earlier round, further back in the file, another.
    private var salt: ArraySlice<UInt8> = []
    private var sum = Sum()

    private static let headerByteCount = 32
    private static let frameHeaderByteCount = 24

    /// What is broken in the log of a database that nobody has open; nil when SQLite will see all
    /// that was written, or there is no log.
    static func damage(ofDatabase path: String) throws(StorageError) -> StorageError? {
        let path = path + "-wal"
        let byteCount = File.byteCount(of: path)
        guard byteCount > headerByteCount else { return nil }
        var log = WriteAheadLog(
            file: try File(path: path, flags: O_RDONLY), byteCount: byteCount)
        return try log.damage()
    }

    private init(file: consuming File, byteCount: Int) {
        self.file = file
        self.byteCount = byteCount
    }

    private mutating func damage() throws(StorageError) -> StorageError? {
        let header = try file.read(limit: Self.headerByteCount)
        guard readHeader(header) else {
            return .damaged(what: file.path, place: "its header is not one of a log")
        }
        let count = (byteCount - Self.headerByteCount) / frameByteCount
        var broken: Int?
        var hasLaterCommit = false
        for index in 0..<count {
            let frame = try file.read(
                limit: frameByteCount, at: Self.headerByteCount + index * frameByteCount)
            guard let broken else {
                if !follows(frame) { broken = index }
                // The frame that is broken may be the one that ends a transaction.
                if broken != nil { hasLaterCommit = isOfThisRound(frame) && isCommit(frame) }
                continue
            }
            guard isOfThisRound(frame) else { continue }
            if hasLaterCommit {
                return .damaged(
                    what: file.path,
                    place: "frame \(broken + 1) of \(count) is not what was written, and "
                        + "transactions stand behind it")
            }
            hasLaterCommit = isCommit(frame)
        }
        return nil
    }

    private var frameByteCount: Int { Self.frameHeaderByteCount + pageByteCount }

    /// - Returns: Whether the header is whole.
    private mutating func readHeader(_ header: [UInt8]) -> Bool {
        let magic = Self.number(header[0..<4])
        let size = Int(Self.number(header[8..<12]))
        guard magic == 0x377f_0682 || magic == 0x377f_0683,
            (512...65_536).contains(size), size & (size - 1) == 0
        else { return false }
        isBigEndian = magic & 1 == 1
        pageByteCount = size
        salt = header[16..<24]
        sum.add(header[0..<24], isBigEndian: isBigEndian)
        return sum.bytes.elementsEqual(header[24..<32])
    }

    /// Whether a frame continues those before it.
    private mutating func follows(_ frame: [UInt8]) -> Bool {
        guard isOfThisRound(frame) else { return false }
        sum.add(frame[0..<8], isBigEndian: isBigEndian)
        sum.add(frame[Self.frameHeaderByteCount...], isBigEndian: isBigEndian)
        return sum.bytes.elementsEqual(frame[16..<24])
    }

    private func isOfThisRound(_ frame: [UInt8]) -> Bool { frame[8..<16].elementsEqual(salt) }

    /// Whether a frame ends a transaction: it then tells how many pages the database has.
    private func isCommit(_ frame: [UInt8]) -> Bool { Self.number(frame[4..<8]) != 0 }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension WriteAheadLog {
    /// The log's running checksum, a pair of 32-bit sums over pairs of words.
    private struct Sum {
        private var first: UInt32 = 0
        private var second: UInt32 = 0

        /// - Parameter bytes: A multiple of 8.
        mutating func add(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) {
            for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 8) {
                first &+= Self.word(bytes, start, isBigEndian) &+ second
                second &+= Self.word(bytes, start + 4, isBigEndian) &+ first
            }
        }

        /// As the log has it: big-endian, whatever the words are.
        var bytes: [UInt8] {
            [first, second].flatMap { sum in
                (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * $0)) }
            }
        }

        private static func word(
            _ bytes: ArraySlice<UInt8>, _ start: Int, _ isBigEndian: Bool
        ) -> UInt32 {
            let word =
                UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8
                | UInt32(bytes[start + 2]) << 16 | UInt32(bytes[start + 3]) << 24
            return isBigEndian ? word.byteSwapped : word
        }
    }
}
