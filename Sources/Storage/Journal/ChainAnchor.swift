import StateCoding

/// A place in the journal from which the chain can be followed: a group's last offset and the
/// value of the chain there.
struct ChainAnchor: Equatable {
    let offset: Int
    let chain: Digest

    /// Before the first event.
    static let start = ChainAnchor(offset: 0, chain: .zero)
}

extension ChainAnchor {
    static let byteCount = 8 + Digest.byteCount + 4

    /// Offset, chain and a checksum over both.
    var bytes: [UInt8] {
        var writer = StateWriter()
        writer.write(offset)
        let body = writer.bytes + chain.bytes
        var tail = StateWriter()
        tail.write(CRC32C.checksum(body))
        return body + tail.bytes
    }

    /// Nil when the bytes are not what ``bytes`` gave.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        let offset = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let offset = Int(exactly: offset),
            let chain = Digest(bytes: Array(bytes[8..<8 + Digest.byteCount]))
        else { return nil }
        self.init(offset: offset, chain: chain)
        guard self.bytes == bytes else { return nil }
    }
}
