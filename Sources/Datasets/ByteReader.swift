/// The bytes of a file, expanded when the file is gzip, which its first two bytes tell.
struct ByteReader: ~Copyable {
    private var file: InputFile
    private var inflater: GzipInflater?
    /// Bytes of the file that were read and not yet handed out.
    private var pending = [UInt8](repeating: 0, count: 1 << 16)
    private var pendingRange = 0..<0
    private var hasStarted = false
    private var isAtEnd = false

    /// Bytes of the file, before expansion, that were handed out.
    private(set) var consumedCount = 0

    var name: String { file.name }
    var byteCount: Int? { file.byteCount }

    init(_ file: consuming InputFile) { self.file = file }

    /// Reads some bytes into `buffer` from `start` on; 0 at the end.
    mutating func read(into buffer: inout [UInt8], from start: Int) throws(DatasetError) -> Int {
        if !hasStarted { try begin() }
        if inflater != nil { return try expand(into: &buffer, from: start) }
        guard pendingRange.isEmpty else {
            let count = min(pendingRange.count, buffer.count - start)
            for offset in 0..<count {
                buffer[start + offset] = pending[pendingRange.lowerBound + offset]
            }
            pendingRange = pendingRange.lowerBound + count..<pendingRange.upperBound
            consumedCount += count
            return count
        }
        if isAtEnd { return 0 }
        let count = try file.read(into: &buffer, from: start)
        isAtEnd = count == 0
        consumedCount += count
        return count
    }

    /// Looks at the first two bytes.
    private mutating func begin() throws(DatasetError) {
        hasStarted = true
        var count = 0
        while count < 2, !isAtEnd {
            let added = try file.read(into: &pending, from: count)
            isAtEnd = added == 0
            count += added
        }
        pendingRange = 0..<count
        if isAtMagic { inflater = GzipInflater() }
    }

    private var isAtMagic: Bool {
        pendingRange.count >= 2 && pending[pendingRange.lowerBound] == 0x1F
            && pending[pendingRange.lowerBound + 1] == 0x8B
    }

    private mutating func expand(
        into buffer: inout [UInt8], from start: Int
    ) throws(DatasetError) -> Int {
        while true {
            if pendingRange.isEmpty, !isAtEnd {
                let count = try file.read(into: &pending, from: 0)
                isAtEnd = count == 0
                pendingRange = 0..<count
            }
            let isInsideMember = inflater?.isInsideMember ?? false
            if !isInsideMember { skipPadding() }
            guard !pendingRange.isEmpty else {
                if !isAtEnd { continue }
                guard !isInsideMember else {
                    throw DatasetError(
                        "\(name): the gzip data ends early, after \(consumedCount) bytes; "
                            + "the file is incomplete, copy it again")
                }
                return 0
            }
            let produced = try expandPending(into: &buffer, from: start)
            if produced > 0 { return produced }
        }
    }

    private mutating func expandPending(
        into buffer: inout [UInt8], from start: Int
    ) throws(DatasetError) -> Int {
        do throws(RowProblem) {
            guard
                let progress = try inflater?.expand(
                    pending, pendingRange, into: &buffer, from: start)
            else { return 0 }
            let left = pendingRange.lowerBound + progress.consumedCount
            pendingRange = left..<pendingRange.upperBound
            consumedCount += progress.consumedCount
            return progress.producedCount
        } catch {
            throw DatasetError(
                "\(name): the gzip data is damaged near byte \(consumedCount): \(error.message); "
                    + "copy the file again")
        }
    }

    /// Passes zeros between and behind members, which tapes and some tools leave.
    private mutating func skipPadding() {
        while let first = pendingRange.first, pending[first] == 0 {
            pendingRange = first + 1..<pendingRange.upperBound
            consumedCount += 1
        }
    }
}
