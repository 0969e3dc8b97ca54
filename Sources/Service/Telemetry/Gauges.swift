import Synchronization

/// Figures that one thread writes and others read. No figure depends on another: whoever needs two
/// that agree asks the thread that owns them.
final class Gauges: Sendable {
    /// Samples that were put into the trainer's ring since the start. Written by the network thread.
    let acceptedSamples = Atomic<Int>(0)
    /// Samples that the trainer has finished since the start.
    let finishedSamples = Atomic<Int>(0)
    /// How long the sample that was learned last had waited, in nanoseconds.
    let lagNanoseconds = Atomic<Int>(0)
    /// Set by the network thread, answered by the trainer with a report.
    let isReportWanted = Atomic<Bool>(false)
    /// Set by the predictor when it has answered from its snapshot, cleared with the next one.
    let isSnapshotWanted = Atomic<Bool>(false)
    /// Whether a prediction waits for a newer snapshot.
    let isPredictorWaiting = Atomic<Bool>(false)
    /// Predictions answered since the start.
    let servedPredictions = Atomic<Int>(0)
    let predictMedianNanoseconds = Atomic<Int>(0)
    let predictP99Nanoseconds = Atomic<Int>(0)
    let predictMaximumNanoseconds = Atomic<Int>(0)
    /// Age of the newest snapshot when it was last used, in nanoseconds.
    let snapshotAgeNanoseconds = Atomic<Int>(0)
    /// Latencies of requests on the predict socket, written by the predictor.
    let predictLatency = LatencyHistogram()
    /// From the arrival of a sample to its having been learned, written by the trainer.
    let learnLatency = LatencyHistogram()
    /// Set by the HTTP server, answered by the trainer with the features' statistics.
    let isSchemaWanted = Atomic<Bool>(false)
    /// Replies that were dropped because their client did not read.
    let droppedReplies = Atomic<Int>(0)

    /// Set by the announcer, answered by the trainer between two slices of work.
    let isPulseWanted = Atomic<Bool>(false)
    /// Signs of life that the trainer has given.
    let pulses = Atomic<Int>(0)

    /// Set by the journal thread, answered by the trainer with a snapshot of the learner.
    let isCheckpointWanted = Atomic<Bool>(false)
    /// The last event that survives a power cut.
    let durableOffset = Atomic<Int>(0)
    /// Bytes that the journal and its checkpoints take.
    let journalBytes = Atomic<Int>(0)
    /// Samples in the newest checkpoint.
    let lastCheckpointSamples = Atomic<Int>(0)
    /// Written by the network thread once in a while, read for a checkpoint.
    private let rejectionCounts = Mutex<[Int]>([])

    init() {}

    /// The trainer's sign of life, when one is wanted.
    func givePulse() {
        guard isPulseWanted.load(ordering: .relaxed) else { return }
        isPulseWanted.store(false, ordering: .relaxed)
        pulses.add(1, ordering: .releasing)
    }

    /// Refusals by code, in the order of `Refusal.Code.allCases`.
    var rejections: [Int] { rejectionCounts.withLock { $0 } }

    func noteRejections(_ counts: [Int]) { rejectionCounts.withLock { $0 = counts } }

    /// Samples that wait to be learned.
    var queuedSamples: Int {
        // The finished ones first: the difference can then only be too large, never negative.
        let finished = finishedSamples.load(ordering: .acquiring)
        return acceptedSamples.load(ordering: .acquiring) - finished
    }
}
