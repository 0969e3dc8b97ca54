import Glibc

/// Remembers, outside the database, how far the journal once was durable.
///
/// A flipped bit in a write-ahead log makes SQLite drop every later transaction without a word;
/// a journal that ends below its watermark tells. The file is one line: twenty digits and a
/// checksum, rewritten in place without a sync, so it costs nothing and may lag a little.
struct WatermarkFile {
    /// What the file says.
    enum Reading: Equatable {
        case absent
        case offset(Int)
        /// Something else is in the file; it vouches for nothing.
        case unreadable
    }

    let path: String

    init(directory: String) { path = "\(directory)/watermark" }

    func read() throws(StorageError) -> Reading {
        guard File.byteCount(of: path) > 0 else { return .absent }
        let bytes = try File(path: path, flags: O_RDONLY).read(limit: 64)
        guard let offset = Int(String(decoding: bytes.prefix(20), as: UTF8.self)),
            bytes == Self.line(offset)
        else { return .unreadable }
        return .offset(offset)
    }

    /// Overwrites the line. The operating system writes it out when it likes.
    func write(_ offset: Int) throws(StorageError) {
        try File(path: path, flags: O_WRONLY | O_CREAT).write(Self.line(offset))
    }

    private static func line(_ offset: Int) -> [UInt8] {
        let digits = String(offset)
        let padded = String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits
        let checksum = String(CRC32C.checksum(Array(padded.utf8)), radix: 16)
        let zeros = String(repeating: "0", count: 8 - checksum.utf8.count)
        return Array("\(padded) \(zeros)\(checksum)\n".utf8)
    }
}
