import StateCoding

/// What one commit adds to the journal: the records of a run of offsets, and the producers' marks
/// among them.
struct GroupRow: Equatable {
    let firstOffset: Int
    let lastOffset: Int
    /// As ``ProducerMark/bytes(of:)`` gives.
    let marks: [UInt8]
    /// For each record its length and its number of events, 4 bytes little-endian each, and its
    /// bytes.
    let records: [UInt8]
    /// CRC32C over everything above: says that *this* row is damaged.
    let checksum: UInt32
    /// SHA-256 over the chain of the row before and this row: says that the *order* is not what
    /// it was.
    let chain: Digest
}

extension GroupRow {
    /// Closes a group.
    init(following anchor: ChainAnchor, lastOffset: Int, marks: [UInt8], records: [UInt8]) {
        let first = anchor.offset + 1
        let header = Self.header(first, lastOffset, marksByteCount: marks.count)
        self.init(
            firstOffset: first, lastOffset: lastOffset, marks: marks, records: records,
            checksum: CRC32C.checksum(header, marks, records),
            chain: Digest(of: anchor.chain.bytes, header, marks, records))
    }

    /// Where the next row has to go on.
    var anchor: ChainAnchor { ChainAnchor(offset: lastOffset, chain: chain) }

    /// Checks that the row is whole and is the one that was written after `anchor`.
    ///
    /// - Throws: ``StorageError/damaged(what:place:)``.
    func verify(following anchor: ChainAnchor) throws(StorageError) {
        let header = Self.header(firstOffset, lastOffset, marksByteCount: marks.count)
        guard CRC32C.checksum(header, marks, records) == checksum else {
            throw damage("its checksum is wrong")
        }
        guard firstOffset == anchor.offset + 1 else {
            throw damage("the group before it ends at \(anchor.offset)")
        }
        guard Digest(of: anchor.chain.bytes, header, marks, records) == chain else {
            throw damage("it does not continue the chain of the group before it")
        }
    }

    func damage(_ reason: String) -> StorageError {
        .damaged(
            what: "the journal", place: "events \(firstOffset) to \(lastOffset): \(reason)")
    }

    private static func header(_ first: Int, _ last: Int, marksByteCount: Int) -> [UInt8] {
        var writer = StateWriter()
        writer.write(first)
        writer.write(last)
        writer.write(marksByteCount)
        return writer.bytes
    }
}
