/// The records of one commit, or those of them that were asked for.
public struct JournalGroup: Equatable, Sendable {
    /// An event, or a run of events, as it was appended.
    public struct Record: Equatable, Sendable {
        /// Of its last event.
        public let offset: Int
        /// At least 1.
        public let eventCount: Int
        public let bytes: [UInt8]
    }

    /// In the order of their offsets, without gaps.
    public let records: [Record]

    /// Cuts a verified row into its records and leaves out those that end at or before
    /// `offset`.
    init(_ row: GroupRow, after offset: Int) throws(StorageError) {
        var records: [Record] = []
        var position = 0
        var last = row.firstOffset - 1
        while position < row.records.count {
            guard row.records.count - position >= 8 else {
                throw row.damage("a record's length is cut off")
            }
            let length = row.number(at: position)
            let eventCount = row.number(at: position + 4)
            position += 8
            guard length <= row.records.count - position, eventCount >= 1 else {
                throw row.damage("event \(last + 1) is longer than its group")
            }
            last += eventCount
            if last > offset {
                let bytes = Array(row.records[position..<position + length])
                records.append(Record(offset: last, eventCount: eventCount, bytes: bytes))
            }
            position += length
        }
        guard last == row.lastOffset else {
            throw row.damage("it holds \(last + 1 - row.firstOffset) events")
        }
        self.records = records
    }
}

extension GroupRow {
    /// The little-endian 32-bit number at a place in the records.
    fileprivate func number(at position: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(records[position + $1]) << (8 * $1) }
    }
}

/// A place in the journal up to which its records were read.
public struct JournalCursor: Sendable {
    /// Records up to here are left out.
    let offset: Int
    /// The last group that was read.
    var anchor: ChainAnchor
}
