import CSodium
import Glibc

/// Every event that the learner handles, in order, on disk.
///
/// A record is bytes made by the user, one event or a run of them; the journal numbers the events,
/// and returns from ``commit(durable:)`` when they are safe. Records, the producers' marks, checkpoints and trimming share a transaction, so
/// after a crash all of a group is there or nothing of it.
///
/// Opening verifies: a journal that is damaged, or shorter than it once was, does not open unless
/// the loss is accepted.
public struct Journal: ~Copyable {
    /// What opening found.
    public let recovery: Recovery
    public let configuration: JournalConfiguration

    /// The last event that was appended; 0 before the first.
    public var appendedOffset: Int { committed.offset + group.eventCount }
    /// The last event that survives the end of the process.
    public var committedOffset: Int { committed.offset }
    /// The last event that survives a power cut.
    public internal(set) var durableOffset: Int
    /// Bytes that records and checkpoints take in the database.
    public internal(set) var usedByteCount: Int

    /// The largest record.
    public static let maxRecordByteCount = 64 << 20
    /// The most that a group may hold before it must be committed.
    static let maxGroupByteCount = 256 << 20

    let database: JournalDatabase
    let watermark: WatermarkFile
    var group = OpenGroup()
    var committed: ChainAnchor
    var trimmed: ChainAnchor
    /// Where the verified part began at opening. Rows before it may be damaged; this value is not.
    let verified: ChainAnchor
    /// Of all events, the open group's among them.
    var producers: ProducerTable
    /// The newest first.
    var checkpointOffsets: [Int]
    /// To be removed with the next checkpoint.
    var damagedCheckpointOffsets: [Int]
    var pendingCheckpoint: Checkpoint?
    var pendingDigests: [StateDigest] = []
    var isSyncing = true
    /// Set once: the journal then refuses everything.
    var failure: StorageError?

    private var recoveredCheckpoint: Checkpoint?
    /// Given back last, when the database is closed.
    private let lock: DirectoryLock

    /// Opens the journal in a directory, creating both where there are none.
    ///
    /// - Parameters:
    ///   - directory: Only this journal's; its parent exists.
    ///   - writer: Version of this Osier; a file that a later form has made names its writer.
    ///   - acceptDataLoss: Whether to go on without what is damaged or missing. The damaged
    ///     database is kept beside the new one.
    /// - Throws: ``StorageError``; nothing in the directory was then changed, except that it and
    ///   an empty journal may have been created.
    public init(
        directory: String, configuration: JournalConfiguration = JournalConfiguration(),
        writer: String, acceptDataLoss: Bool = false
    ) throws(StorageError) {
        guard sodium_init() >= 0 else {
            throw .unavailable(path: "libsodium", reason: "it does not start")
        }
        if unsafe mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw .system(errno, path: directory, action: "create \(directory)")
        }
        let lock = try DirectoryLock(directory: directory)
        let path = Self.databasePath(in: directory)
        var notes: [Recovery.Note] = []
        if acceptDataLoss {
            notes = try Self.salvage(path, configuration: configuration, writer: writer)
        }

        let database = try JournalDatabase(
            path: path, writer: nil,
            acceptsLogDamage: acceptDataLoss || !configuration.isAlwaysDurable)
        // Until all is well, nothing is written: neither here nor behind a throw.
        database.connection.keepLogOnClose()
        let scan = try RecoveryScan(database, configuration: configuration)
        // After a salvage only a lost model is left to be accepted, and that is noted.
        if let damage = scan.damage, !(acceptDataLoss && scan.checkpoint == nil) { throw damage }
        let watermark = WatermarkFile(directory: directory)
        notes += scan.notes.filter { !notes.contains($0) }
        notes += try Self.check(watermark, endingAt: scan.end.offset, accept: acceptDataLoss)

        // What is in the log was read, but a process that was killed may not have synced it.
        database.connection.keepLogOnClose(false)
        try database.tables.setWriter(writer)
        try database.synchronize()
        let used = try database.usedByteCount()
        let offsets = try database.tables.checkpointOffsets()

        recovery = Recovery(
            checkpoint: scan.checkpoint?.checkpoint.summary, lastOffset: scan.end.offset,
            firstOffset: scan.trimmed.offset + 1, producers: scan.producers.marks,
            digests: scan.digests, notes: notes)
        self.configuration = configuration
        checkpointOffsets = offsets
        damagedCheckpointOffsets = scan.notes.compactMap { note in
            guard case .damagedCheckpoint(let offset, _) = note else { return nil }
            return offset
        }
        recoveredCheckpoint = scan.checkpoint?.checkpoint
        committed = scan.end
        trimmed = scan.trimmed
        verified = scan.begin
        producers = scan.producers
        usedByteCount = used
        durableOffset = scan.end.offset
        self.watermark = watermark
        self.database = database
        self.lock = lock
    }

    static func databasePath(in directory: String) -> String { "\(directory)/journal.db" }

    /// Replaces a damaged database by what is intact of it; leaves a sound one alone.
    private static func salvage(
        _ path: String, configuration: JournalConfiguration, writer: String
    ) throws(StorageError) -> [Recovery.Note] {
        let scan: RecoveryScan
        let reason: String
        let copy: String
        do {
            let database = try JournalDatabase(path: path, writer: nil, acceptsLogDamage: true)
            // A damaged log is kept as it is; a sound one is copied back.
            if database.logDamage != nil { database.connection.keepLogOnClose() }
            scan = try RecoveryScan(database, configuration: configuration)
            // Damage may also lie where only the next write would meet it.
            let check = try database.connection.text("PRAGMA quick_check(1)") ?? ""
            guard scan.damage != nil || check != "ok" else { return [] }
            reason = scan.damage?.reason ?? check
            copy = try JournalSalvage.copy(scan, from: database, writer: writer)
        }
        let offset = scan.end.offset
        let damaged = try JournalSalvage.replace(path, with: copy, endingAt: offset)
        return scan.notes + [.cut(afterOffset: offset, reason: reason, damagedFile: damaged)]
    }

    private static func check(
        _ watermark: WatermarkFile, endingAt lastOffset: Int, accept: Bool
    ) throws(StorageError) -> [Recovery.Note] {
        switch try watermark.read() {
        case .absent:
            return []
        case .unreadable:
            return [.unreadableWatermark]
        case .offset(let offset) where offset <= lastOffset:
            return []
        case .offset(let offset):
            guard accept else {
                throw .endsEarly(lastOffset: lastOffset, watermark: offset)
            }
            try watermark.write(lastOffset)
            return [.endsEarly(lastOffset: lastOffset, watermark: offset)]
        }
    }

    /// Hands over the checkpoint to start from, once; its memory is then the caller's.
    public mutating func takeCheckpoint() -> Checkpoint? {
        defer { recoveredCheckpoint = nil }
        return recoveredCheckpoint
    }
}

// The database connection may move between threads, but not be used by two at a time. The value
// cannot be copied, and everything that reaches the connection is mutating: exclusive access.
extension Journal: @unchecked Sendable {}
