/// The events of one commit, or those of them that were asked for.
public struct JournalGroup: Equatable, Sendable {
    /// An event as it was appended.
    public struct Record: Equatable, Sendable {
        public let offset: Int
        public let bytes: [UInt8]
    }

    /// In the order of their offsets, without gaps.
    public let records: [Record]

    /// Cuts a verified row into its records and leaves out those up to `offset`.
    init(_ row: GroupRow, after offset: Int) throws(StorageError) {
        var records: [Record] = []
        var position = 0
        var next = row.firstOffset
        while position < row.records.count {
            guard row.records.count - position >= 4 else {
                throw row.damage("a record's length is cut off")
            }
            let length = (0..<4).reduce(0) { $0 | Int(row.records[position + $1]) << (8 * $1) }
            position += 4
            guard length <= row.records.count - position else {
                throw row.damage("event \(next) is longer than its group")
            }
            if next > offset {
                let bytes = Array(row.records[position..<position + length])
                records.append(Record(offset: next, bytes: bytes))
            }
            position += length
            next += 1
        }
        guard next == row.lastOffset + 1 else {
            throw row.damage("it holds \(next - row.firstOffset) events")
        }
        self.records = records
    }
}

/// A place in the journal up to which its records were read.
public struct JournalCursor: Sendable {
    /// Records up to here are left out.
    let offset: Int
    /// The last group that was read.
    var anchor: ChainAnchor
}
