/// Reads the fields of a message in the wire form of Protocol Buffers. Nothing that a length claims
/// is believed before it is checked against the bytes.
struct ProtobufReader {
    enum Value {
        case integer(UInt64)
        case bytes(ArraySlice<UInt8>)
        /// Four or eight bytes.
        case fixed
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next field; nil at the end.
    ///
    /// - Throws: ``ONNXSummary/Malformed`` where the bytes are no message.
    mutating func next() throws(ONNXSummary.Malformed) -> (field: Int, value: Value)? {
        guard position < bytes.endIndex else { return nil }
        let start = position
        let tag = try varint()
        guard let field = Int(exactly: tag >> 3), field >= 1 else { throw .init(offset: start) }
        switch tag & 7 {
        case 0: return (field, .integer(try varint()))
        case 1:
            _ = try take(8)
            return (field, .fixed)
        case 2:
            let length = try varint()
            guard let count = Int(exactly: length) else { throw .init(offset: start) }
            return (field, .bytes(try take(count)))
        case 5:
            _ = try take(4)
            return (field, .fixed)
        default: throw .init(offset: start)
        }
    }

    private mutating func take(_ count: Int) throws(ONNXSummary.Malformed) -> ArraySlice<UInt8> {
        guard count <= bytes.endIndex - position else { throw .init(offset: position) }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func varint() throws(ONNXSummary.Malformed) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.endIndex else { break }
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw .init(offset: start)
    }
}
