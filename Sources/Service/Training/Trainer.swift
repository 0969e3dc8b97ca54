import Features
import Learner
import Synchronization
import WireFormat
import ZeroMQ

/// The thread that owns the learner. It takes no lock: what comes in and what goes out passes through
/// rings, and predictions are answered elsewhere from snapshots.
struct Trainer {
    private var learner: Learner
    private let inbox: Ring<TrainerMessage>
    private let outbox: Ring<TrainerReply>
    /// Blocks that are learned go back to be filled anew.
    private let spentBlocks: Ring<AdmittedBlock>
    private let snapshots: LatestValue<Snapshot>
    /// The same snapshots for the HTTP server, when there is one.
    private let httpSnapshots: LatestValue<Snapshot>?
    private let predictorNotifier: EventDescriptor
    /// To the thread that makes checkpoints of them; `nil` without a storage directory.
    private let checkpoints: Ring<LearnerSnapshot>?
    private let gauges: Gauges

    /// The last event in the learner.
    private var offset: Int
    private var effects: [Effect] = []
    private var replies: [TrainerReply] = []
    private var finishedSamples: Int
    /// Samples in the snapshot that was published last; 0 when there is none.
    private var publishedSamples = 0
    private var publishTime: ContinuousClock.Instant
    /// A command may change what predictions look like without a sample.
    private var mustPublish = false

    /// Samples learned before the trainer looks up.
    private static let sliceSize = 32
    /// A model of at most so many bytes is copied in microseconds, so that whenever the trainer has
    /// nothing else to do, predictions get what it has learned.
    private static let smallModelBytes = 262_144
    /// While samples stream in, a snapshot is made at most this often, and only when it is wanted;
    /// so is that of a large model at any time.
    private static let wantedInterval = Duration.milliseconds(1)
    /// While samples stream in and nobody asks, a snapshot is made this often, so that the first
    /// who asks gets no old answer.
    private static let unwantedInterval = Duration.milliseconds(50)

    /// Spent blocks that are kept, and the numbers that one may have: together no more than 8 MiB.
    static let spentBlockCapacity = 16
    private static let spentBlockNumbers = 65_536

    init(parts: DaemonParts) {
        learner = parts.start.learner
        offset = parts.start.offset
        finishedSamples = parts.start.takenSamples
        inbox = parts.trainerInbox
        outbox = parts.trainerOutbox
        spentBlocks = parts.network.spentBlocks
        snapshots = parts.snapshots
        httpSnapshots = parts.network.hub == nil ? nil : parts.httpSnapshots
        predictorNotifier = parts.predictorNotifier
        checkpoints = parts.journal?.snapshots
        gauges = parts.gauges
        publishTime = .now
    }

    /// Works until it is told to finish.
    mutating func run() {
        while true {
            if let message = inbox.receive() {
                guard handle(message) else { return }
                publish(isIdle: inbox.count == 0)
                flushReplies()
            } else {
                publish(isIdle: true)
                sleep()
            }
            giveWantedReport()
            giveWantedCheckpoint()
        }
    }

    /// - Returns: Whether the thread goes on.
    private mutating func handle(_ message: TrainerMessage) -> Bool {
        switch message {
        case .samples(let block, let arrival, let offset, let isAwaited):
            let start = ContinuousClock.now
            gauges.lagNanoseconds.store(
                Int((start - arrival) / .nanoseconds(1)), ordering: .relaxed)
            learn(block)
            let end = ContinuousClock.now
            gauges.learnLatency.record(
                nanoseconds: Int((end - arrival) / .nanoseconds(1)), count: block.rows.count)
            gauges.busyNanoseconds.add(Int((end - start) / .nanoseconds(1)), ordering: .relaxed)
            self.offset = offset
            if isAwaited { reply(.learned(offset: offset)) }
            if block.values.count <= Self.spentBlockNumbers { _ = spentBlocks.send(block) }
        case .command(let command, let offset):
            learner.handle(.command(command), effects: &effects)
            self.offset = offset
            mustPublish = true
            // The door sends these of its own accord and waits for no answer.
            if case .allow = command { replyEffects() } else { answerCommand() }
        case .tick(let measurements, let offset):
            let structure = learner.counts.structure
            learner.handle(.tick(measurements), effects: &effects)
            self.offset = offset
            if learner.counts.structure != structure { mustPublish = true }
            replyEffects()
        case .report:
            reply(.report(learner.report()))
        case .schema:
            reply(.schema(SchemaReport(learner)))
        case .state:
            reply(.state(learner.stateBytes(), offset: offset))
        case .checkpoint:
            sendSnapshot(for: .awaited)
        case .export:
            reply(.exportable(learner.predictor()))
        case .finish:
            sendSnapshot(for: .final)
            mustPublish = true
            publish(isIdle: true)
            reply(.periodicReport(learner.report()))
            reply(.finished)
            flushReplies()
            return false
        }
        return true
    }

    /// Learns a block in slices, between which predictions get a newer snapshot and the status its
    /// report.
    private mutating func learn(_ block: AdmittedBlock) {
        guard !block.rows.isEmpty else {
            // It says how late it is, and a replay hears that too.
            learner.learn(block, rows: 0..<0, effects: &effects)
            return
        }
        var start = 0
        while start < block.rows.count {
            let end = min(start + Self.sliceSize, block.rows.count)
            learner.learn(block, rows: start..<end, effects: &effects)
            finishedSamples += end - start
            gauges.finishedSamples.store(finishedSamples, ordering: .releasing)
            replyEffects()
            start = end
            guard start < block.rows.count else { return }
            publish(isIdle: false)
            giveWantedReport()
        }
    }

    /// Says what a command came to, behind what the world is told of it.
    private mutating func answerCommand() {
        var answer = TrainerReply.done
        for effect in effects {
            switch effect {
            case .structure(let change):
                answer = .changed(change)
                reply(.effect(effect))
            case .distillationStarted: answer = .started
            case .refused(let refusal): answer = .refused(refusal)
            default: reply(.effect(effect))
            }
        }
        effects.removeAll(keepingCapacity: true)
        reply(answer)
    }

    private mutating func giveWantedReport() {
        gauges.givePulse()
        if gauges.isSchemaWanted.load(ordering: .relaxed) {
            gauges.isSchemaWanted.store(false, ordering: .relaxed)
            reply(.periodicSchema(SchemaReport(learner)))
            flushReplies()
        }
        guard gauges.isReportWanted.load(ordering: .relaxed) else { return }
        gauges.isReportWanted.store(false, ordering: .relaxed)
        reply(.periodicReport(learner.report()))
        flushReplies()
    }

    private func giveWantedCheckpoint() {
        guard gauges.isCheckpointWanted.load(ordering: .relaxed) else { return }
        gauges.isCheckpointWanted.store(false, ordering: .relaxed)
        sendSnapshot(for: .periodic)
    }

    /// Hands a copy of the learner on. It shares its storage until the next update, which then
    /// copies the weights once.
    private func sendSnapshot(for purpose: LearnerSnapshot.Purpose) {
        guard let checkpoints else { return }
        let isSent = checkpoints.send(
            LearnerSnapshot(learner: learner, offset: offset, purpose: purpose, time: .now))
        precondition(isSent, "more snapshots wait than there are reasons for one")
    }

    private mutating func replyEffects() {
        for effect in effects { reply(.effect(effect)) }
        effects.removeAll(keepingCapacity: true)
    }

    private mutating func reply(_ reply: TrainerReply) { replies.append(reply) }

    /// Sends what was answered, behind the snapshot: who hears that a sample is learned may ask for
    /// a prediction at once.
    private mutating func flushReplies() {
        for reply in replies {
            // The network thread empties the outbox whenever it wakes and never waits for the
            // trainer, so a full one is a matter of microseconds.
            while !outbox.send(reply), !outbox.isClosed { outbox.notifier.signal() }
        }
        replies.removeAll(keepingCapacity: true)
    }

    private mutating func publish(isIdle: Bool) {
        guard finishedSamples != publishedSamples || mustPublish else { return }
        let time = ContinuousClock.now
        let isDue =
            publishedSamples == 0 || mustPublish
            || (isIdle && learner.predictionByteCount <= Self.smallModelBytes)
            || time - publishTime >= interval(isIdle: isIdle)
        guard isDue else { return }
        let snapshot = Snapshot(
            predictor: learner.predictor(), finishedSamples: finishedSamples, time: time)
        httpSnapshots?.publish(snapshot)
        snapshots.publish(snapshot)
        publishedSamples = finishedSamples
        publishTime = time
        mustPublish = false
        gauges.isSnapshotWanted.store(false, ordering: .relaxed)
        if gauges.isPredictorWaiting.load(ordering: .sequentiallyConsistent) {
            predictorNotifier.signal()
        }
    }

    private func interval(isIdle: Bool) -> Duration {
        let isWanted =
            gauges.isSnapshotWanted.load(ordering: .relaxed)
            || gauges.isPredictorWaiting.load(ordering: .relaxed)
        return isWanted || isIdle ? Self.wantedInterval : Self.unwantedInterval
    }

    /// Waits for messages, or until a snapshot that came too early for its interval is due.
    private func sleep() {
        guard inbox.prepareToSleep() else { return }
        let isUnpublished = finishedSamples != publishedSamples
        inbox.notifier.wait(timeout: isUnpublished ? Self.wantedInterval : nil)
        inbox.wake()
    }
}
