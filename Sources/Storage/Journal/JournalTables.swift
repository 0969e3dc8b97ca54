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
            "SELECT last_offset, chain FROM record_groups WHERE last_offset <= ? "
                + "ORDER BY last_offset LIMIT 1 OFFSET ?", on: connection)
        deleteGroups = try Statement(
            "DELETE FROM record_groups WHERE last_offset <= ?", on: connection)
        deleteDigests = try Statement("DELETE FROM digests WHERE offset <= ?", on: connection)
        putMeta = try Statement("INSERT OR REPLACE INTO meta VALUES (?, ?)", on: connection)
        getMeta = try Statement("SELECT value FROM meta WHERE key = ?", on: connection)
        insertCheckpoint = try Statement(
            "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)", on: connection)
        deleteCheckpoint = try Statement(
            "DELETE FROM checkpoints WHERE offset = ?", on: connection)
        selectCheckpointOffsets = try Statement(
            "SELECT offset FROM checkpoints ORDER BY offset DESC", on: connection)
        selectCheckpoint = try Statement(
            "SELECT header, digest, state FROM checkpoints WHERE offset = ?", on: connection)
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

    /// The end of the last of the `count` oldest groups that end at or before an offset; nil when
    /// there are fewer.
    func end(ofOldest count: Int, through offset: Int) throws(StorageError) -> ChainAnchor? {
        try selectTrimmable.first(.integer(offset), .integer(count - 1)) {
            row throws(StorageError) in
            try Self.anchor(row.integer(0), row.bytes(1))
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

    private static func anchor(_ offset: Int, _ chain: [UInt8]) throws(StorageError) -> ChainAnchor
    {
        guard let chain = Digest(bytes: chain) else {
            throw .damaged(what: "the journal", place: "the chain at event \(offset)")
        }
        return ChainAnchor(offset: offset, chain: chain)
    }
}

// MARK: - Checkpoints and digests

extension JournalTables {
    func insert(_ stored: StoredCheckpoint) throws(StorageError) {
        try insertCheckpoint.run(
            .integer(stored.checkpoint.offset), .bytes(stored.header),
            .bytes(stored.digest.bytes), .bytes(stored.checkpoint.state))
    }

    func removeCheckpoint(at offset: Int) throws(StorageError) {
        try deleteCheckpoint.run(.integer(offset))
    }

    /// The newest first.
    func checkpointOffsets() throws(StorageError) -> [Int] {
        try selectCheckpointOffsets.all { $0.integer(0) }
    }

    /// - Throws: ``StorageError/damaged(what:place:)`` when it is not what was written.
    func checkpoint(at offset: Int) throws(StorageError) -> StoredCheckpoint {
        let found = try selectCheckpoint.first(.integer(offset)) { row throws(StorageError) in
            try StoredCheckpoint(
                offset: offset, header: row.bytes(0), digest: row.bytes(1), state: row.bytes(2))
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
