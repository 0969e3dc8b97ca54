/// Appends fields in the wire form of Protocol Buffers: a tag, then a varint, four bytes, or a
/// length and so many bytes.
///
/// - Source: "Protocol Buffers: Encoding", protobuf.dev/programming-guides/encoding.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ field: Int, _ value: Int) {
        tag(field, wireType: 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func write(_ field: Int, _ value: Float) {
        tag(field, wireType: 5)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    mutating func write(_ field: Int, _ text: String) { write(field, Array(text.utf8)) }

    mutating func write(_ field: Int, _ content: [UInt8]) {
        tag(field, wireType: 2)
        varint(UInt64(content.count))
        bytes += content
    }

    /// Writes a message within the message.
    mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        write(field, inner.bytes)
    }

    /// Appends fields that were written apart.
    mutating func append(_ other: ProtobufWriter) { bytes += other.bytes }

    private mutating func tag(_ field: Int, wireType: UInt64) {
        varint(UInt64(field) << 3 | wireType)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
