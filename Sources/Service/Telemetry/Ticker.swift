import StructureControl
import Synchronization

/// Measures what the controller is told: once a second, every two hundred samples, and whenever learning
/// has fallen behind by another tenth of what is allowed.
struct Ticker {
    private let gauges: Gauges
    private var resources = ResourceProbe()
    private var reading = ResourceProbe.Reading()
    private var readingTime: ContinuousClock.Instant
    private var lastTime: ContinuousClock.Instant
    private var lastAccepted: Int
    private var lastFinished: Int
    private var lastBusy = 0
    /// Seconds per sample, as it was when there was one.
    private var serviceSeconds = 0.0
    /// How far behind learning was at the last tick, in seconds.
    private var lastLag = 0.0

    private static let interval = Duration.seconds(1)
    /// How often the operating system is asked.
    private static let readingInterval = Duration.milliseconds(500)
    /// Closer ticks would measure noise; in parts of the allowed lag where that is short.
    private static let leastInterval = (time: Duration.milliseconds(20), lagParts: 25.0)

    init(gauges: Gauges, start: ContinuousClock.Instant) {
        self.gauges = gauges
        (lastTime, readingTime) = (start, start)
        lastAccepted = gauges.acceptedSamples.load(ordering: .relaxed)
        lastFinished = gauges.finishedSamples.load(ordering: .relaxed)
    }

    func timeUntilDue(at time: ContinuousClock.Instant) -> Duration {
        max(.zero, lastTime + Self.interval - time)
    }

    /// - Parameters:
    ///   - queueCapacity: Samples that may wait.
    ///   - maxLagSeconds: How far learning may fall behind. Above 0.
    /// - Returns: What was measured since the last tick; `nil` while none is due, or nothing came
    ///   and nothing waits.
    mutating func measure(
        at time: ContinuousClock.Instant, queueCapacity: Int, maxLagSeconds: Double
    ) -> Measurements? {
        let accepted = gauges.acceptedSamples.load(ordering: .relaxed)
        let finished = gauges.finishedSamples.load(ordering: .acquiring)
        let elapsed = time - lastTime
        let lag = Double(accepted - finished) * serviceSeconds
        let least = min(
            Self.leastInterval.time, .seconds(maxLagSeconds / Self.leastInterval.lagParts))
        let isSoon =
            accepted - lastAccepted >= StructureController.tickSamples
            || lag - lastLag > StructureController.lagStep * maxLagSeconds
        guard elapsed >= Self.interval || isSoon && elapsed >= least else { return nil }
        let busy = gauges.busyNanoseconds.load(ordering: .relaxed)
        defer {
            (lastTime, lastAccepted, lastFinished, lastBusy) = (time, accepted, finished, busy)
        }
        guard accepted > lastAccepted || accepted > finished else { return nil }
        if finished > lastFinished, busy > lastBusy {
            let present = Double(busy - lastBusy) / 1e9 / Double(finished - lastFinished)
            serviceSeconds = serviceSeconds > 0 ? (serviceSeconds + present) / 2 : present
        }
        if time - readingTime >= Self.readingInterval {
            reading = resources.read(at: time)
            readingTime = time
        }
        let waiting = accepted - finished
        lastLag = Double(waiting) * serviceSeconds
        return Measurements(
            elapsedSeconds: elapsed / .seconds(1), arrivedSamples: accepted - lastAccepted,
            serviceSeconds: serviceSeconds,
            queueFill: min(1, Double(waiting) / Double(max(1, queueCapacity))),
            // What the sample that comes next will have waited.
            lagSeconds: lastLag, cpuFraction: reading.cpuFraction,
            memoryBytes: reading.residentBytes,
            predictP99Microseconds:
                Double(gauges.predictP99Nanoseconds.load(ordering: .relaxed)) / 1_000)
    }
}

extension NetworkLoop {
    /// Tells the learner what the machine shows, in the order of the samples.
    mutating func tickIfDue() {
        let now = ContinuousClock.now
        intake.isControlled = control.policy != nil
        intake.measureService(at: now, maxLagSeconds: control.budget.maxLagSeconds)
        if phase == .running { intake.followLoad(at: now) }
        guard control.policy != nil, phase == .running,
            let measurements = ticker.measure(
                at: now, queueCapacity: intake.queueLimit,
                maxLagSeconds: control.budget.maxLagSeconds)
        else { return }
        intake.submit(measurements)
    }
}
