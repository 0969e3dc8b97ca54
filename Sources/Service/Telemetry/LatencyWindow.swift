import Histogram

/// Latency percentiles over the last half minute to minute.
///
/// Two histograms: one fills while the other still counts, and they change places every half
/// minute, so that the figures follow the present and never start from nothing.
struct LatencyWindow {
    struct Percentiles: Equatable, Sendable {
        var median = 0
        var p99 = 0
        var maximum = 0
    }

    private static let period = Duration.seconds(30)
    private var current = LatencyWindow.emptyHistogram()
    private var previous = LatencyWindow.emptyHistogram()
    private var periodStart: ContinuousClock.Instant

    init(start: ContinuousClock.Instant) { periodStart = start }

    /// Counts one latency, in nanoseconds, at most a minute.
    mutating func record(nanoseconds: Int, at time: ContinuousClock.Instant) {
        turnOver(at: time)
        current.record(UInt64(min(max(nanoseconds, 1), 60_000_000_000)))
    }

    /// Percentiles in nanoseconds; zeros when nothing was counted.
    mutating func percentiles(at time: ContinuousClock.Instant) -> Percentiles {
        turnOver(at: time)
        var merged = previous
        merged.add(current)
        guard merged.totalCount > 0 else { return Percentiles() }
        return Percentiles(
            median: Int(merged.valueAtPercentile(50)),
            p99: Int(merged.valueAtPercentile(99)),
            maximum: Int(merged.max))
    }

    private mutating func turnOver(at time: ContinuousClock.Instant) {
        let elapsed = time - periodStart
        guard elapsed >= Self.period else { return }
        // After a long silence both halves are old.
        previous = elapsed >= Self.period * 2 ? Self.emptyHistogram() : current
        current = Self.emptyHistogram()
        periodStart = time
    }

    /// One nanosecond to a minute at two significant digits: 16 KiB.
    private static func emptyHistogram() -> Histogram<UInt32> {
        Histogram<UInt32>(
            lowestDiscernibleValue: 100, highestTrackableValue: 60_000_000_000,
            numberOfSignificantValueDigits: .two)
    }
}
