/// What a storage directory holds, for `osier inspect`. Nothing is verified except checkpoints.
public struct JournalSummary: Equatable, Sendable {
    /// Form of the database.
    public let formatVersion: Int
    /// The Osier that last wrote it.
    public let writer: String
    public let firstOffset: Int
    public let lastOffset: Int
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
        firstOffset = try database.tables.trimmed().offset + 1
        lastOffset = try database.tables.anchor(at: .max).offset
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

        let limit = configuration.maxProducerCount
        var table = ProducerTable(limit: limit)
        for mark in try database.tables.keptMarks(on: database.connection, limit: limit + 1) {
            try table.fold(mark)
        }
        for group in try database.tables.groupEnds(through: .max, limit: .max) {
            for mark in group.marks { try table.fold(mark) }
        }
        producers = table.marks
        guard case .offset(let offset) = try WatermarkFile(directory: directory).read() else {
            watermark = nil
            return
        }
        watermark = offset
    }
}
