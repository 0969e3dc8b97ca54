/// Reads a storage directory that no daemon is using, and changes nothing in it.
public struct JournalReader: ~Copyable {
    /// The first event that the journal still has.
    public let firstOffset: Int
    /// The last event that is intact.
    public let lastOffset: Int
    /// What stands behind the last event, if that is not the end; nil in a sound journal.
    public let damage: StorageError?
    /// Offsets of the checkpoints, the oldest first.
    public let checkpointOffsets: [Int]
    private let database: JournalDatabase
    private let trimmed: ChainAnchor
    /// Given back last, when the database is closed.
    private let lock: DirectoryLock

    /// - Throws: ``StorageError``, ``StorageError/inUse(path:holder:)`` among them: a running
    ///   daemon answers for itself.
    public init(directory: String) throws(StorageError) {
        let path = Journal.databasePath(in: directory)
        guard File.byteCount(of: path) > 0 else {
            throw .unavailable(path: path, reason: "there is no journal")
        }
        let lock = try DirectoryLock(directory: directory)
        let database = try JournalDatabase(path: path, writer: nil)
        database.connection.keepLogOnClose()
        let scan = try RecoveryScan(database, configuration: JournalConfiguration())
        let offsets = try database.tables.checkpointOffsets()
        var damage = scan.damage
        if damage == nil { damage = try Self.lost(directory, endingAt: scan.end.offset) }
        trimmed = scan.trimmed
        firstOffset = scan.trimmed.offset + 1
        lastOffset = scan.end.offset
        self.damage = damage
        checkpointOffsets = offsets.sorted()
        self.database = database
        self.lock = lock
    }

    /// A flipped bit in the log makes SQLite end the journal there without a word; the watermark
    /// knows better.
    private static func lost(
        _ directory: String, endingAt lastOffset: Int
    ) throws(StorageError) -> StorageError? {
        guard case .offset(let offset) = try WatermarkFile(directory: directory).read(),
            offset > lastOffset
        else { return nil }
        return .endsEarly(lastOffset: lastOffset, watermark: offset)
    }

    /// A checkpoint, and the place behind it.
    ///
    /// - Throws: ``StorageError/damaged(what:place:)``.
    public borrowing func checkpoint(
        at offset: Int
    ) throws(StorageError) -> (
        checkpoint: Checkpoint, producers: [ProducerMark], cursor: JournalCursor
    ) {
        let stored = try database.tables.checkpoint(at: offset)
        return (
            stored.checkpoint, stored.producers.filter { $0.offset <= offset },
            JournalCursor(offset: offset, anchor: stored.anchor)
        )
    }

    /// The place before the first event that the journal has.
    public borrowing func start() -> JournalCursor {
        JournalCursor(offset: trimmed.offset, anchor: trimmed)
    }

    /// The digests of the learner's state that were recorded after an event, by offset.
    public borrowing func digests(after offset: Int) throws(StorageError) -> [StateDigest] {
        try database.tables.digests(after: offset)
    }

    /// The next group, verified; nil at the end.
    ///
    /// - Throws: ``StorageError/damaged(what:place:)`` naming the events.
    public borrowing func next(
        _ cursor: inout JournalCursor
    ) throws(StorageError) -> JournalGroup? {
        guard let row = try database.tables.group(after: cursor.anchor.offset) else { return nil }
        try row.verify(following: cursor.anchor)
        let group = try JournalGroup(row, after: cursor.offset)
        cursor.anchor = row.anchor
        return group
    }
}
