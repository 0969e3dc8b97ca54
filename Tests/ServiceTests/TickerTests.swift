import StructureControl
import Testing

@testable import Service

@Suite("When the controller is told of the load") struct TickerTests {
    private let start = ContinuousClock.now
    private let gauges = Gauges()

    /// Says what has come and what was done since the start, a sample in so many microseconds.
    private func set(accepted: Int, finished: Int, microseconds: Int = 100) {
        gauges.acceptedSamples.store(accepted, ordering: .relaxed)
        gauges.finishedSamples.store(finished, ordering: .relaxed)
        gauges.busyNanoseconds.store(finished * microseconds * 1_000, ordering: .relaxed)
    }

    private func measure(
        _ ticker: inout Ticker, after time: Duration, maxLagSeconds: Double = 0.5
    ) -> Measurements? {
        ticker.measure(at: start + time, queueCapacity: 10_000, maxLagSeconds: maxLagSeconds)
    }

    /// A ticker that has measured 100 µs a sample in its first second.
    private func measured() -> Ticker {
        var ticker = Ticker(gauges: gauges, start: start)
        set(accepted: 500, finished: 500)
        let first = measure(&ticker, after: .seconds(1))
        #expect(first?.serviceSeconds == 100e-6)
        return ticker
    }

    @Test("is once a second, however little came, and never when nothing did")
    func everySecond() {
        var ticker = measured()
        set(accepted: 501, finished: 501)
        #expect(measure(&ticker, after: .milliseconds(1_999)) == nil)
        let due = measure(&ticker, after: .seconds(2))
        #expect(due?.arrivedSamples == 1)
        let idle = measure(&ticker, after: .seconds(3))
        #expect(idle == nil)
    }

    @Test(
        "is at two hundred samples, or when learning has fallen behind by a tenth of what is allowed",
        arguments: [(199, 199, false), (200, 200, true), (149, 0, false), (151, 0, true)])
    func underLoad(arrived: Int, learned: Int, isDue: Bool) {
        var ticker = measured()
        set(accepted: 500 + arrived, finished: 500 + learned)
        // A tenth of 0.15 s are 150 samples of 100 µs.
        let found = measure(
            &ticker, after: .milliseconds(1_020), maxLagSeconds: 0.15)
        #expect((found != nil) == isDue)
        if isDue { #expect(found?.arrivedSamples == arrived) }
    }

    @Test("counts what learning has fallen behind since the last time only")
    func sinceTheLastTick() {
        var ticker = measured()
        set(accepted: 1_100, finished: 500)
        #expect(
            measure(&ticker, after: .milliseconds(1_020))?
                .lagSeconds == 600 * 100e-6)
        // No two hundred more have come, and they are no tenth of 0.5 s.
        set(accepted: 1_299, finished: 500)
        let next = measure(&ticker, after: .milliseconds(1_040))
        #expect(next == nil)
    }

    @Test(
        "is not sooner than 20 ms, or a twenty-fifth of an allowed lag that is shorter than 0.5 s",
        arguments: [(0.5, 19, false), (0.5, 20, true), (0.1, 3, false), (0.1, 4, true)])
    func notTooSoon(maxLagSeconds: Double, milliseconds: Int, isDue: Bool) {
        var ticker = measured()
        set(accepted: 3_500, finished: 500)
        let found = measure(
            &ticker, after: .milliseconds(1_000 + milliseconds), maxLagSeconds: maxLagSeconds)
        #expect((found != nil) == isDue)
    }
}
