import Synchronization

/// How often something took how long, counted from the start. One thread counts, others read.
///
/// The bounds are fixed, from a microsecond to ten seconds, so that histograms of several daemons
/// can be added up.
final class LatencyHistogram: Sendable {
    /// Upper bounds, in nanoseconds; what is longer counts in one more.
    static let boundsNanoseconds: [Int] = {
        var bounds: [Int] = []
        var decade = 1_000
        while decade < 10_000_000_000 {
            bounds += [decade, decade * 5 / 2, decade * 5]
            decade *= 10
        }
        return bounds + [decade]
    }()

    /// A reading; the counts are not summed up.
    struct Reading: Equatable, Sendable {
        /// One for each bound, and one for what is longer than all of them.
        var counts: [Int]
        var sumNanoseconds: Int
    }

    private final class Cell: Sendable {
        let value = Atomic<Int>(0)
    }

    private let cells = LatencyHistogram.boundsNanoseconds.map { _ in Cell() } + [Cell()]
    private let sumNanoseconds = Atomic<Int>(0)

    init() {}

    /// Counts a latency.
    ///
    /// - Parameter count: How many had it; a batch is counted at once.
    func record(nanoseconds: Int, count: Int = 1) {
        let duration = max(0, nanoseconds)
        let bounds = Self.boundsNanoseconds
        var index = 0
        while index < bounds.count, duration > bounds[index] { index += 1 }
        cells[index].value.add(count, ordering: .relaxed)
        sumNanoseconds.add(duration &* count, ordering: .relaxed)
    }

    /// The counts as they are now. Made while somebody counts it may miss the latest, never lose any.
    func reading() -> Reading {
        Reading(
            counts: cells.map { $0.value.load(ordering: .relaxed) },
            sumNanoseconds: sumNanoseconds.load(ordering: .relaxed))
    }
}
