import Randomness
import Testing

@testable import Service

@Suite("A window of latencies") struct LatencyWindowTests {
    private let start = ContinuousClock.now

    @Test(
        "has percentiles within one percent of those of the sorted values",
        arguments: [1, 2, 3, 4] as [UInt64])
    func percentiles(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var window = LatencyWindow(start: start)
        var values: [Int] = []
        for _ in 0..<20_000 {
            // From some microseconds to some seconds, most of them short.
            let u = generator.nextUniformDouble()
            let value = Int(5_000 / (1 - 0.9999 * u))
            values.append(value)
            window.record(nanoseconds: value, at: start)
        }
        values.sort()
        let found = window.percentiles(at: start)
        expectClose(found.median, values[9_999])
        expectClose(found.p99, values[19_799])
        expectClose(found.maximum, values[19_999])
    }

    /// Two significant digits: one percent of the value.
    private func expectClose(_ found: Int, _ expected: Int) {
        let difference = Double((found - expected).magnitude)
        #expect(difference <= 0.01 * Double(expected) + 100, "\(found), not \(expected)")
    }

    @Test("says nothing before there is something")
    func empty() {
        var window = LatencyWindow(start: start)
        #expect(window.percentiles(at: start) == .init())
        #expect(window.percentiles(at: start + .seconds(3_600)) == .init())
    }

    @Test("forgets a value between half a minute and a minute after it", arguments: 0..<30)
    func forgetting(second: Int) {
        var window = LatencyWindow(start: start)
        let time = start + .seconds(second)
        window.record(nanoseconds: 1_000_000, at: time)
        for later in 1...90 {
            let found = window.percentiles(at: time + .seconds(later)).maximum
            if later < 30 { #expect(found > 0, "after \(later) s") }
            if later >= 60 { #expect(found == 0, "after \(later) s") }
        }
    }

    @Test(
        "takes values beyond its range as the nearest that it can hold",
        arguments: [Int.min, -1, 0, 1, .max])
    func range(value: Int) {
        var window = LatencyWindow(start: start)
        window.record(nanoseconds: value, at: start)
        let found = window.percentiles(at: start)
        // A minute, to two digits.
        #expect((0...60_600_000_000).contains(found.maximum))
        #expect(found.median <= found.p99 && found.p99 <= found.maximum)
    }
}
