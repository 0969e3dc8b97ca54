import Settings

/// When the journal is to be synced, its watermark written, and a checkpoint taken.
struct JournalClock {
    private let sync: JournalSettings.Synchronization
    private let syncInterval: Duration
    private let checkpointInterval: Duration
    private let checkpointSamples: Int
    private let checkpointBytes: Int

    private var lastSync: ContinuousClock.Instant
    private var lastWatermark: ContinuousClock.Instant
    /// What the watermark says; less than any offset before the first.
    private var watermarkOffset = -1
    private var lastCheckpoint: ContinuousClock.Instant
    private var lastCheckpointOffset: Int
    private var bytesSinceCheckpoint = 0
    private var isCheckpointUnderway = false

    /// How much of the journal's end may be missing at a restart without anybody noticing. Thirty
    /// bytes that are not synced cost next to nothing.
    private static let watermarkInterval = Duration.milliseconds(100)
    /// How long the thread sleeps when nothing is due at all.
    private static let idleInterval = Duration.seconds(1)

    init(settings: Settings, checkpointOffset: Int, start: ContinuousClock.Instant) {
        sync = settings.journal.sync
        syncInterval = .milliseconds(settings.journal.syncIntervalMilliseconds)
        checkpointInterval = .seconds(settings.checkpoint.intervalSeconds)
        checkpointSamples = settings.checkpoint.intervalSamples
        // Only what lies below the oldest kept checkpoint is trimmed. With the journal cut into
        // pieces of this size, kept checkpoints and the piece being written stay near half of the
        // limit, so that senders are seldom held back.
        checkpointBytes = settings.journal.maxBytes / (2 * (settings.checkpoint.keep + 1))
        lastSync = start
        lastWatermark = start
        lastCheckpoint = start
        lastCheckpointOffset = checkpointOffset
    }

    /// Whether a commit is to return only when a power cut cannot undo it.
    func isSyncDue(at time: ContinuousClock.Instant) -> Bool {
        switch sync {
        case .always: true
        case .interval: time - lastSync >= syncInterval
        case .never: false
        }
    }

    mutating func noteSync(at time: ContinuousClock.Instant) { lastSync = time }

    mutating func note(byteCount: Int) { bytesSinceCheckpoint += byteCount }

    /// Whether it is time to write the watermark, which counts as done.
    ///
    /// - Parameter durableOffset: The last event that a power cut cannot undo.
    mutating func takeWatermark(durableOffset: Int, at time: ContinuousClock.Instant) -> Bool {
        guard durableOffset > watermarkOffset, time - lastWatermark >= Self.watermarkInterval
        else { return false }
        lastWatermark = time
        watermarkOffset = durableOffset
        return true
    }

    /// Whether it is time to ask for a checkpoint, which counts as done.
    ///
    /// - Parameters:
    ///   - offset: The last event in the journal.
    ///   - isFull: Whether room is needed at once.
    mutating func takeCheckpoint(
        offset: Int, isFull: Bool, at time: ContinuousClock.Instant
    ) -> Bool {
        guard !isCheckpointUnderway, offset > lastCheckpointOffset else { return false }
        guard
            isFull || time - lastCheckpoint >= checkpointInterval
                || offset - lastCheckpointOffset >= checkpointSamples
                || bytesSinceCheckpoint >= checkpointBytes
        else { return false }
        isCheckpointUnderway = true
        return true
    }

    /// A checkpoint is written.
    mutating func noteCheckpoint(
        offset: Int, isPeriodic: Bool, at time: ContinuousClock.Instant
    ) {
        if isPeriodic { isCheckpointUnderway = false }
        lastCheckpoint = time
        lastCheckpointOffset = offset
        bytesSinceCheckpoint = 0
    }

    /// A checkpoint was not written. The next one is tried when its time has come again.
    mutating func noteRefusal(
        offset: Int, isPeriodic: Bool, at time: ContinuousClock.Instant
    ) {
        if isPeriodic { isCheckpointUnderway = false }
        lastCheckpoint = time
        lastCheckpointOffset = offset
        bytesSinceCheckpoint = 0
    }

    /// How long the thread may sleep when nothing comes in.
    ///
    /// - Parameters:
    ///   - offset: The last event in the journal.
    ///   - durableOffset: The last event that a power cut cannot undo.
    func timeUntilDue(
        offset: Int, durableOffset: Int, at time: ContinuousClock.Instant
    ) -> Duration {
        var due = Self.idleInterval
        if durableOffset > watermarkOffset {
            due = lastWatermark + Self.watermarkInterval - time
        }
        if durableOffset < offset, sync == .interval {
            due = min(due, lastSync + syncInterval - time)
        }
        if !isCheckpointUnderway, offset > lastCheckpointOffset {
            due = min(due, lastCheckpoint + checkpointInterval - time)
        }
        return max(due, .zero)
    }
}
