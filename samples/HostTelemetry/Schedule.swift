import ZeroMQ

/// Evenly spaced moments, numbered from 1, that do not drift. One that is missed is left out.
struct Schedule {
    /// The last moment that was waited for.
    private(set) var tick = 0
    /// Above 0 once a moment was waited for.
    private(set) var secondsSinceLastTick = 0.0
    private let interval: Duration
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant

    /// - Parameter rate: Moments per second, above 0.
    init(rate: Double) {
        interval = .seconds(1 / rate)
        start = clock.now
        last = start
    }

    /// Waits for the next moment.
    ///
    /// - Returns: `false` when a signal came first.
    mutating func waitForTick(orSignal signals: SignalDescriptor) throws -> Bool {
        let missed = Int(start.duration(to: clock.now) / interval)
        tick = max(tick, missed) + 1
        let due = start + interval * tick
        var poller = Poller()
        poller.add(fileDescriptor: signals.fileDescriptor)
        while clock.now < due {
            if try poller.wait(timeout: clock.now.duration(to: due)) > 0 { return false }
        }
        let now = clock.now
        let elapsed = last.duration(to: now)
        secondsSinceLastTick = elapsed / .seconds(1)
        last = now
        return true
    }
}
