import Settings
import Storage
import Synchronization
import ZeroMQ

/// The thread that owns the journal. It writes what comes in and tells the network thread how far
/// it has come; neither learning nor predictions ever wait for it.
///
/// Everything that came in while one commit was running is in the next: groups grow as the disk
/// slows down, and a single request on an idle machine waits for nobody.
struct JournalLoop: ~Copyable {
    private var journal: Journal
    private let inbox: Ring<JournalMessage>
    private let checkpoints: Ring<EncodedCheckpoint>
    private let outbox: Ring<JournalReply>
    private let notifier: EventDescriptor
    private let trainerNotifier: EventDescriptor
    private let gauges: Gauges

    private var clock: JournalClock
    private let sizeLimit: Int
    /// Does not fit into the open group.
    private var postponed: JournalMessage?
    /// Waits until the journal has got as far, then for the commit.
    private var openCheckpoints: [EncodedCheckpoint] = []
    /// Went into the open transaction.
    private var writtenCheckpoint: EncodedCheckpoint?
    private var groupByteCount = 0
    private var toldOffset: Int
    private var hold: JournalHold?
    private var isFinishing = false

    /// More than this is not gathered before it is committed, so that a commit stays short.
    private static let maxGroupByteCount = 4 << 20
    /// How often a full disk is tried again.
    private static let fullDiskInterval = Duration.milliseconds(100)
    /// How long the end waits for room on a full disk.
    private static let lastPatience = Duration.seconds(2)

    /// - Parameter notifier: Wakes this thread; of `inbox` and of `checkpoints`.
    init(
        journal: consuming Journal, rings: JournalRings, trainerNotifier: EventDescriptor,
        gauges: Gauges, settings: Settings
    ) {
        clock = JournalClock(
            settings: settings, checkpointOffset: journal.recovery.checkpoint?.offset ?? 0,
            start: .now)
        toldOffset = journal.committedOffset
        self.journal = journal
        inbox = rings.inbox
        checkpoints = rings.checkpoints
        outbox = rings.outbox
        notifier = rings.inbox.notifier
        self.trainerNotifier = trainerNotifier
        self.gauges = gauges
        sizeLimit = settings.journal.maxBytes
    }

    /// Works until the last checkpoint is written, or the journal fails.
    mutating func run() -> Result<Void, StorageError> {
        do throws(StorageError) {
            try serve()
            try journal.writeWatermark()
            publishGauges()
            send(.finished)
            return .success(())
        } catch {
            send(.failed(error))
            inbox.close()
            checkpoints.close()
            return .failure(error)
        }
    }

    private mutating func serve() throws(StorageError) {
        var patienceEnd: ContinuousClock.Instant?
        while true {
            try takeEntries()
            takeCheckpoints()
            do throws(StorageError) {
                try commit()
            } catch .full(let action) {
                try holdForDisk(action, &patienceEnd)
                continue
            }
            release(.diskFull)
            if isFinishing, isDone { return }
            try watchSize()
            askForCheckpoint()
            try writeWatermark()
            if inbox.count == 0, try trim() { continue }
            sleep()
        }
    }

    private var isDone: Bool {
        inbox.count == 0 && checkpoints.count == 0 && postponed == nil && openCheckpoints.isEmpty
    }
}

// MARK: - One turn

extension JournalLoop {
    private mutating func takeEntries() throws(StorageError) {
        while groupByteCount < Self.maxGroupByteCount,
            let message = postponed.take() ?? inbox.receive()
        {
            let bytes = message.entry.bytes
            do throws(StorageError) {
                let offset = try journal.append(bytes, eventCount: message.entry.eventCount)
                precondition(offset == message.offset, "the journal and the door count apart")
            } catch .full {
                // What is in the group must be committed first.
                postponed = message
                return
            }
            groupByteCount += bytes.count
            clock.note(byteCount: bytes.count)
            if case .event(_, let producer?) = message.entry, let sequence = message.sequence {
                try journal.mark(producer: producer, sequence: sequence, offset: message.offset)
            }
        }
    }

    private mutating func takeCheckpoints() {
        while let encoded = checkpoints.receive() { openCheckpoints.append(encoded) }
        guard writtenCheckpoint == nil, hasReadyCheckpoint else { return }
        let next = openCheckpoints.removeFirst()
        if case .final = next.purpose { isFinishing = true }
        if let defect = next.defect {
            refuse(next, defect)
            return
        }
        journal.putCheckpoint(next.checkpoint)
        journal.putDigest(StateDigest(offset: next.checkpoint.offset, digest: next.digest))
        writtenCheckpoint = next
    }

    private mutating func commit() throws(StorageError) {
        let now = ContinuousClock.now
        let isDurable = writtenCheckpoint != nil || isFinishing || clock.isSyncDue(at: now)
        try journal.commit(durable: isDurable)
        if isDurable { clock.noteSync(at: now) }
        groupByteCount = 0
        // Who is answered because of this commit may ask for the status at once.
        publishGauges()
        if journal.committedOffset > toldOffset {
            toldOffset = journal.committedOffset
            send(.committed(offset: toldOffset))
        }
        guard let encoded = writtenCheckpoint.take() else { return }
        note(encoded)
    }

    /// A checkpoint that no restart could use is not written: the journal stays, and leads to the
    /// same state.
    private mutating func refuse(_ encoded: EncodedCheckpoint, _ defect: String) {
        clock.noteRefusal(
            offset: encoded.checkpoint.offset, isPeriodic: encoded.isPeriodic, at: .now)
        send(.checkpointRefused(reason: defect, isAwaited: encoded.isAwaited))
    }

    private mutating func note(_ encoded: EncodedCheckpoint) {
        let now = ContinuousClock.now
        clock.noteCheckpoint(
            offset: encoded.checkpoint.offset, isPeriodic: encoded.isPeriodic, at: now)
        gauges.lastCheckpointSamples.store(encoded.checkpoint.samples, ordering: .relaxed)
        send(
            .checkpoint(
                encoded.checkpoint.summary, seconds: (now - encoded.time) / .seconds(1),
                isAwaited: encoded.isAwaited))
    }

    /// A full disk holds senders back until there is room; at the end it is waited for a while.
    private mutating func holdForDisk(
        _ action: String, _ patienceEnd: inout ContinuousClock.Instant?
    ) throws(StorageError) {
        if hold != .diskFull {
            hold = .diskFull
            send(.held(.diskFull, message: "\(StorageError.full(action: action))"))
        }
        if isFinishing {
            let end = patienceEnd ?? .now + Self.lastPatience
            patienceEnd = end
            guard ContinuousClock.now < end else { throw .full(action: action) }
        }
        publishGauges()
        notifier.wait(timeout: Self.fullDiskInterval)
    }

    private mutating func release(_ kind: JournalHold) {
        guard hold == kind else { return }
        hold = nil
        send(.released(kind))
    }

    /// Holds senders back while the journal is at its limit.
    private mutating func watchSize() throws(StorageError) {
        guard journal.isFull else {
            release(.sizeLimit)
            return
        }
        guard hold == nil else { return }
        hold = .sizeLimit
        send(
            .held(
                .sizeLimit,
                message: "the journal has \(journal.usedByteCount) bytes, journal.max_bytes = "
                    + "\(sizeLimit); a checkpoint will make room: raise the limit if this stays"))
    }

    private mutating func askForCheckpoint() {
        let isDue = clock.takeCheckpoint(
            offset: journal.committedOffset, isFull: hold == .sizeLimit, at: .now)
        guard isDue else { return }
        gauges.isCheckpointWanted.store(true, ordering: .relaxed)
        trainerNotifier.signal()
    }

    private mutating func writeWatermark() throws(StorageError) {
        guard clock.takeWatermark(durableOffset: journal.durableOffset, at: .now) else { return }
        do throws(StorageError) {
            try journal.writeWatermark()
        } catch .full {
            // The next one will do; the journal itself is what counts.
            return
        }
    }

    /// Trims a little.
    ///
    /// - Returns: Whether there is more to trim.
    private mutating func trim() throws(StorageError) -> Bool {
        do throws(StorageError) {
            return try journal.trim()
        } catch .full {
            return false
        }
    }

    private func publishGauges() {
        gauges.durableOffset.store(journal.durableOffset, ordering: .relaxed)
        gauges.journalBytes.store(journal.usedByteCount, ordering: .relaxed)
    }

    /// Whether a checkpoint waits for nothing but the next turn: each takes one.
    private var hasReadyCheckpoint: Bool {
        guard let next = openCheckpoints.first else { return false }
        return next.checkpoint.offset <= journal.appendedOffset
    }

    private mutating func sleep() {
        // It has left its ring, so nothing would wake this thread for it.
        guard !hasReadyCheckpoint, inbox.prepareToSleep() else { return }
        defer { inbox.wake() }
        guard checkpoints.prepareToSleep() else { return }
        defer { checkpoints.wake() }
        notifier.wait(
            timeout: clock.timeUntilDue(
                offset: journal.committedOffset, durableOffset: journal.durableOffset, at: .now))
    }

    /// Tells the network thread, which empties the ring whenever it wakes and never waits for this
    /// one.
    private func send(_ reply: JournalReply) {
        while !outbox.send(reply), !outbox.isClosed { outbox.notifier.signal() }
    }
}
