/// What a storage directory holds, for `osier inspect`, verified as at a start.
public struct JournalSummary: Equatable, Sendable {
    /// Form of the database.
    public let formatVersion: Int
    /// The Osier that last wrote it.
    public let writer: String
    public let firstOffset: Int
    /// The last intact event.
    public let lastOffset: Int
    /// Why a start would refuse the journal.
    public let damage: StorageError?
    public let groupCount: Int
    /// Bytes of the database and its log.
    public let fileByteCount: Int
    /// The newest first.
    public let checkpoints: [CheckpointSummary]
    /// Offsets of checkpoints whose digest is wrong.
    public let damagedCheckpoints: [Int]
    /// The newest mark of each producer.
    public let producers: [ProducerMark]
    public let stateDigestCount: Int
    /// Nil when there is no watermark, or none that can be read.
    public let watermark: Int?

    /// Looks into a directory that no daemon is using.
    ///
    /// - Throws: ``StorageError``, ``StorageError/inUse(path:holder:)`` among them: a running
    ///   daemon answers for itself.
    public init(
        directory: String, configuration: JournalConfiguration = JournalConfiguration()
    ) throws(StorageError) {
        let path = Journal.databasePath(in: directory)
        guard File.byteCount(of: path) > 0 else {
            throw .unavailable(path: path, reason: "there is no journal")
        }
        let lock = try DirectoryLock(directory: directory)
        defer { withExtendedLifetime(lock) {} }
        let database = try JournalDatabase(path: path, writer: nil)
        database.connection.keepLogOnClose()
        try self.init(database, configuration: configuration, directory: directory)
    }

    private init(
        _ database: borrowing JournalDatabase, configuration: JournalConfiguration,
        directory: String
    ) throws(StorageError) {
        let path = database.connection.path
        formatVersion = try database.connection.integer("PRAGMA user_version")
        writer = try database.tables.writer()
        let scan = try RecoveryScan(database, configuration: configuration)
        firstOffset = scan.trimmed.offset + 1
        lastOffset = scan.end.offset
        damage = scan.damage
        producers = scan.producers.marks
        groupCount = try database.connection.integer("SELECT count(*) FROM record_groups")
        stateDigestCount = try database.connection.integer("SELECT count(*) FROM digests")
        fileByteCount = File.byteCount(of: path) + File.byteCount(of: path + "-wal")

        var intact: [CheckpointSummary] = []
        var damaged: [Int] = []
        for offset in try database.tables.checkpointOffsets() {
            do throws(StorageError) {
                intact.append(try database.tables.checkpoint(at: offset).checkpoint.summary)
            } catch .damaged {
                damaged.append(offset)
            }
        }
        checkpoints = intact
        damagedCheckpoints = damaged

        guard case .offset(let offset) = try WatermarkFile(directory: directory).read() else {
            watermark = nil
            return
        }
        watermark = offset
    }
}
