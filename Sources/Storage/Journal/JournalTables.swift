/// The statements on a journal's database, as operations with types.
struct JournalTables {
    private let insertGroup: Statement
    private let selectGroup: Statement
    private let selectAnchor: Statement
    private let selectTrimmable: Statement
    private let deleteGroups: Statement
    private let deleteDigests: Statement
    private let putMeta: Statement
    private let getMeta: Statement
    private let putProducer: Statement
    private let insertCheckpoint: Statement
    private let deleteCheckpoint: Statement
    private let selectCheckpointOffsets: Statement
    private let selectCheckpoint: Statement
    private let insertDigest: Statement
    private let selectDigests: Statement
    private let pageCount: Statement
    private let freePageCount: Statement

    init(_ connection: borrowing Connection) throws(StorageError) {
        let group = "first_offset, last_offset, marks, records, checksum, chain"
        insertGroup = try Statement(
            "INSERT INTO record_groups (\(group)) VALUES (?, ?, ?, ?, ?, ?)", on: connection)
        selectGroup = try Statement(
            "SELECT \(group) FROM record_groups WHERE last_offset > ? ORDER BY last_offset LIMIT 1",
            on: connection)
        selectAnchor = try Statement(
            "SELECT last_offset, chain FROM record_groups WHERE last_offset <= ? "
                + "ORDER BY last_offset DESC LIMIT 1", on: connection)
        selectTrimmable = try Statement(
            "SELECT last_offset, chain, marks FROM record_groups WHERE last_offset <= ? "
                + "ORDER BY last_offset LIMIT ?", on: connection)
        deleteGroups = try Statement(
            "DELETE FROM record_groups WHERE last_offset <= ?", on: connection)
        deleteDigests = try Statement("DELETE FROM digests WHERE offset <= ?", on: connection)
        putMeta = try Statement("INSERT OR REPLACE INTO meta VALUES (?, ?)", on: connection)
        getMeta = try Statement("SELECT value FROM meta WHERE key = ?", on: connection)
        putProducer = try Statement(
            "INSERT OR REPLACE INTO producers VALUES (?, ?)", on: connection)
        insertCheckpoint = try Statement(
            "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)", on: connection)
        deleteCheckpoint = try Statement(
            "DELETE FROM checkpoints WHERE offset = ?", on: connection)
        selectCheckpointOffsets = try Statement(
            "SELECT offset FROM checkpoints ORDER BY offset DESC", on: connection)
        selectCheckpoint = try Statement(
            "SELECT samples, structure, anchor, digest, state FROM checkpoints WHERE offset = ?",
            on: connection)
        insertDigest = try Statement(
            "INSERT OR REPLACE INTO digests VALUES (?, ?)", on: connection)
        selectDigests = try Statement(
            "SELECT offset, digest FROM digests WHERE offset > ? ORDER BY offset", on: connection)
        pageCount = try Statement("PRAGMA page_count", on: connection)
        freePageCount = try Statement("PRAGMA freelist_count", on: connection)
    }
}

// MARK: - Groups

extension JournalTables {
    func insert(_ row: GroupRow) throws(StorageError) {
        try insertGroup.run(
            .integer(row.firstOffset), .integer(row.lastOffset), .bytes(row.marks),
            .bytes(row.records), .integer(Int(row.checksum)), .bytes(row.chain.bytes))
    }

    /// The first group that holds events after an offset, not yet verified.
    func group(after offset: Int) throws(StorageError) -> GroupRow? {
        try selectGroup.first(.integer(offset)) { row throws(StorageError) in
            let first = row.integer(0)
            let last = row.integer(1)
            guard let chain = Digest(bytes: row.bytes(5)),
                let checksum = UInt32(exactly: row.integer(4))
            else {
                throw .damaged(
                    what: "the journal", place: "events \(first) to \(last): their sums are gone")
            }
            return GroupRow(
                firstOffset: first, lastOffset: last, marks: row.bytes(2), records: row.bytes(3),
                checksum: checksum, chain: chain)
        }
    }

    /// Where the group that holds the event after an offset has to go on.
    func anchor(at offset: Int) throws(StorageError) -> ChainAnchor {
        let found = try selectAnchor.first(.integer(offset)) { row throws(StorageError) in
            try Self.anchor(row.integer(0), row.bytes(1))
        }
        if let found { return found }
        return try trimmed()
    }

    /// The oldest groups up to an offset: their ends, and the marks of their producers.
    func groupEnds(
        through offset: Int, limit: Int
    ) throws(StorageError) -> [(anchor: ChainAnchor, marks: [ProducerMark])] {
        try selectTrimmable.all(.integer(offset), .integer(limit)) { row throws(StorageError) in
            let anchor = try Self.anchor(row.integer(0), row.bytes(1))
            guard let marks = ProducerMark.marks(in: row.bytes(2)) else {
                throw .damaged(
                    what: "the journal", place: "the producers' marks at event \(anchor.offset)")
            }
            return (anchor, marks)
        }
    }

    /// Forgets what lies at or below an anchor; the journal then begins after it.
    func trim(through anchor: ChainAnchor) throws(StorageError) {
        try deleteGroups.run(.integer(anchor.offset))
        try deleteDigests.run(.integer(anchor.offset))
        try setTrimmed(anchor)
    }

    func setTrimmed(_ anchor: ChainAnchor) throws(StorageError) {
        try putMeta.run(.text("trimmed"), .bytes(anchor.bytes))
    }

    /// Where the journal begins.
    func trimmed() throws(StorageError) -> ChainAnchor {
        let bytes = try getMeta.first(.text("trimmed")) { $0.bytes(0) }
        guard let bytes else { return .start }
        guard let anchor = ChainAnchor(bytes: bytes) else {
            throw .damaged(what: "the journal", place: "the note of where it begins")
        }
        return anchor
    }

    /// Writes something that changes nothing, so that a commit has something to sync.
    func touch() throws(StorageError) {
        try putMeta.run(.text("synced"), .integer(0))
    }

    func setWriter(_ version: String) throws(StorageError) {
        try putMeta.run(.text("writer"), .text(version))
    }

    func writer() throws(StorageError) -> String {
        try getMeta.first(.text("writer")) { $0.text(0) ?? "" } ?? ""
    }

    private static func anchor(_ offset: Int, _ chain: [UInt8]) throws(StorageError) -> ChainAnchor {
        guard let chain = Digest(bytes: chain) else {
            throw .damaged(what: "the journal", place: "the chain at event \(offset)")
        }
        return ChainAnchor(offset: offset, chain: chain)
    }
}

// MARK: - Producers, checkpoints, digests

extension JournalTables {
    /// Keeps a mark whose group is trimmed.
    func keep(_ mark: ProducerMark) throws(StorageError) {
        try putProducer.run(.text(mark.producer), .bytes(ProducerMark.bytes(of: [mark])))
    }

    /// The marks of trimmed groups, by name.
    ///
    /// - Parameter limit: How many to read at most.
    func keptMarks(
        on connection: borrowing Connection, limit: Int
    ) throws(StorageError) -> [ProducerMark] {
        let statement = try Statement(
            "SELECT name, mark FROM producers ORDER BY name LIMIT ?", on: connection)
        return try statement.all(.integer(limit)) { row throws(StorageError) in
            guard let mark = ProducerMark.marks(in: row.bytes(1))?.first,
                mark.producer == row.text(0)
            else {
                throw .damaged(
                    what: "the journal", place: "the mark of producer \(row.text(0) ?? "")")
            }
            return mark
        }
    }

    func insert(
        _ checkpoint: Checkpoint, after anchor: ChainAnchor
    ) throws(StorageError) {
        try insertCheckpoint.run(
            .integer(checkpoint.offset), .integer(checkpoint.samples),
            .integer(checkpoint.structure), .bytes(anchor.bytes),
            .bytes(checkpoint.digest(after: anchor).bytes), .bytes(checkpoint.state))
    }

    func removeCheckpoint(at offset: Int) throws(StorageError) {
        try deleteCheckpoint.run(.integer(offset))
    }

    /// The newest first.
    func checkpointOffsets() throws(StorageError) -> [Int] {
        try selectCheckpointOffsets.all { $0.integer(0) }
    }

    /// The checkpoint at an offset and where the group after it goes on.
    ///
    /// - Throws: ``StorageError/damaged(what:place:)`` when it is not what was written.
    func checkpoint(
        at offset: Int
    ) throws(StorageError) -> (checkpoint: Checkpoint, anchor: ChainAnchor) {
        let found = try selectCheckpoint.first(.integer(offset)) { row throws(StorageError) in
            let checkpoint = Checkpoint(
                offset: offset, samples: row.integer(0), structure: row.integer(1),
                state: row.bytes(4))
            guard let anchor = ChainAnchor(bytes: row.bytes(2)),
                let digest = Digest(bytes: row.bytes(3)),
                checkpoint.digest(after: anchor) == digest
            else {
                throw .damaged(
                    what: "the checkpoint at offset \(offset)", place: "its digest is wrong")
            }
            return (checkpoint: checkpoint, anchor: anchor)
        }
        guard let found else {
            throw .damaged(what: "the checkpoint at offset \(offset)", place: "it is gone")
        }
        return found
    }

    func insert(_ digest: StateDigest) throws(StorageError) {
        try insertDigest.run(.integer(digest.offset), .bytes(digest.digest.bytes))
    }

    func digests(after offset: Int) throws(StorageError) -> [StateDigest] {
        try selectDigests.all(.integer(offset)) { row throws(StorageError) in
            guard let digest = Digest(bytes: row.bytes(1)) else {
                throw .damaged(
                    what: "the journal", place: "the state digest at event \(row.integer(0))")
            }
            return StateDigest(offset: row.integer(0), digest: digest)
        }
    }

    /// Pages of the database, and how many of them are free to be used again.
    func pages() throws(StorageError) -> (count: Int, free: Int) {
        let count = try pageCount.first { $0.integer(0) } ?? 0
        let free = try freePageCount.first { $0.integer(0) } ?? 0
        return (count, free)
    }
}
