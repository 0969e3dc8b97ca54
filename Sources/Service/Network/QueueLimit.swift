import Synchronization

/// How many samples may wait to be learned: as many as the queue has places for, and no more than are
/// learned within half of the lag that the budget allows.
///
/// A tick stands behind the samples that came before it, since the journal keeps the order in which
/// events are handled. So a short queue is what lets the controller hear of a burst in time, and what
/// keeps the lag within its limit while the controller has not answered yet.
struct QueueLimit {
    private let capacity: Int
    private var lastFinished = 0
    private var lastBusy = 0
    private var readingTime: ContinuousClock.Instant
    /// Seconds that a sample took of late; 0 before it was measured.
    private var serviceSeconds = 0.0
    /// Samples that may wait now.
    private(set) var samples: Int

    /// The rest is for what a sample takes longer than the last ones did.
    private static let lagShare = 0.5
    /// Fewer would leave the trainer idle before the next ones are decoded.
    private static let leastSamples = 256
    private static let interval = Duration.milliseconds(20)
    /// A mean over fewer says little.
    private static let leastReading = 32

    /// - Parameter capacity: Places for samples. At least 1.
    init(capacity: Int, gauges: Gauges, start: ContinuousClock.Instant) {
        self.capacity = capacity
        samples = capacity
        readingTime = start
        lastFinished = gauges.finishedSamples.load(ordering: .relaxed)
        lastBusy = gauges.busyNanoseconds.load(ordering: .relaxed)
    }

    /// Takes note of how long samples take.
    ///
    /// - Parameter maxLagSeconds: How far learning may fall behind. Above 0.
    mutating func observe(
        _ gauges: Gauges, maxLagSeconds: Double, at time: ContinuousClock.Instant
    ) {
        guard time - readingTime >= Self.interval else { return }
        let finished = gauges.finishedSamples.load(ordering: .acquiring)
        let busy = gauges.busyNanoseconds.load(ordering: .relaxed)
        guard finished - lastFinished >= Self.leastReading, busy > lastBusy else { return }
        let present = Double(busy - lastBusy) / 1e9 / Double(finished - lastFinished)
        // A burst ends the processor's calm within milliseconds, so what takes longer counts at once.
        serviceSeconds =
            present > serviceSeconds ? present : serviceSeconds + (present - serviceSeconds) / 8
        (readingTime, lastFinished, lastBusy) = (time, finished, busy)
        // Compared as numbers, since the quotient may be beyond any integer.
        let allowed = Self.lagShare * maxLagSeconds / serviceSeconds
        samples = allowed < Double(capacity) ? max(Self.leastSamples, Int(allowed)) : capacity
        samples = min(samples, capacity)
    }
}
