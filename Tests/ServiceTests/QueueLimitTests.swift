import Testing

@testable import Service

@Suite("How many samples may wait") struct QueueLimitTests {
    private let start = ContinuousClock.now

    /// A limit that has seen so many samples take so long each.
    private func limit(
        capacity: Int = 10_000, maxLagSeconds: Double, microseconds: Int, samples: Int = 1_000
    ) -> Int {
        let gauges = Gauges()
        var limit = QueueLimit(capacity: capacity, gauges: gauges, start: start)
        gauges.finishedSamples.store(samples, ordering: .relaxed)
        gauges.busyNanoseconds.store(samples * microseconds * 1_000, ordering: .relaxed)
        limit.observe(gauges, maxLagSeconds: maxLagSeconds, at: start + .seconds(1))
        return limit.samples
    }

    @Test("is the queue's capacity before anything was measured, and for a few samples")
    func unmeasured() {
        #expect(QueueLimit(capacity: 77, gauges: Gauges(), start: start).samples == 77)
        #expect(limit(maxLagSeconds: 0.01, microseconds: 1_000, samples: 31) == 10_000)
    }

    @Test(
        "is what is learned within half of the lag",
        arguments: [(1.0, 100, 5_000), (0.5, 100, 2_500), (1.0, 500, 1_000)])
    func halfOfTheLag(lag: Double, microseconds: Int, samples: Int) {
        #expect(limit(maxLagSeconds: lag, microseconds: microseconds) == samples)
    }

    @Test("never exceeds the capacity, and never starves the trainer")
    func bounds() {
        #expect(limit(maxLagSeconds: 1e300, microseconds: 1) == 10_000)
        #expect(limit(maxLagSeconds: 1e-9, microseconds: 1_000) == 256)
        #expect(limit(capacity: 10, maxLagSeconds: 1e-9, microseconds: 1_000) == 10)
    }

    @Test(
        "follows a sample's time at once where it rises, by an eighth where it falls",
        arguments: [(400, 1_666), (160, 5_263)])
    func follows(busyMilliseconds: Int, samples: Int) {
        let gauges = Gauges()
        var limit = QueueLimit(capacity: 100_000, gauges: gauges, start: start)
        for (reading, busy) in [100, busyMilliseconds].enumerated() {
            gauges.finishedSamples.store(1_000 * (reading + 1), ordering: .relaxed)
            gauges.busyNanoseconds.store(busy * 1_000_000, ordering: .relaxed)
            limit.observe(gauges, maxLagSeconds: 1, at: start + .seconds(reading + 1))
        }
        // 100 µs, then 300 µs or 60 µs: 300 µs and 95 µs count.
        #expect(limit.samples == samples)
    }
}
