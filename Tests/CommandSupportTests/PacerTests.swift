import CommandSupport
import Features
import Testing

@Suite struct PacerTests {
    private static func rows(_ times: [Double?]) -> [SampleBlock.Row] {
        times.enumerated().map { .init(shape: .absent, time: $1, index: $0) }
    }

    /// Sends everything on a clock that only the waits move: when each row went out.
    private static func run(
        _ pace: Pacer.Pace, _ times: [Double?], messageLimit: Int
    ) -> [Double] {
        var pacer = Pacer(pace, messageLimit: messageLimit)
        let rows = rows(times)
        var sent: [Double] = []
        var elapsed = 0.0
        while sent.count < rows.count {
            switch pacer.next(rows[sent.count...], elapsed: elapsed) {
            case .send(let count):
                #expect((1...messageLimit).contains(count))
                sent += Array(repeating: elapsed, count: count)
            case .wait(let seconds):
                #expect(seconds > 0)
                // A sleep is never shorter than asked for.
                elapsed += seconds + 1e-9
            case .timeMissing:
                return sent
            }
        }
        return sent
    }

    @Test("without a pace everything goes at once, in full messages")
    func unlimited() {
        var pacer = Pacer(.unlimited, messageLimit: 64)
        let rows = Self.rows(Array(repeating: nil, count: 100))
        #expect(pacer.next(rows[0...], elapsed: 0) == .send(64))
        #expect(pacer.next(rows[64...], elapsed: 0) == .send(36))
    }

    @Test(
        "a rate is kept to within one message", arguments: [0.5, 3, 250, 5_000, 1e6], [1, 64])
    func rates(rate: Double, messageLimit: Int) {
        let times = Self.run(
            .rate(rate), Array(repeating: nil, count: 500), messageLimit: messageLimit)
        #expect(times.count == 500)
        for (index, time) in times.enumerated() {
            // Never early; late at most by the message that it waits for.
            #expect(time >= Double(index) / rate)
            #expect(time <= (Double(index) + 64) / rate + 1e-3)
            if rate <= 100 { #expect(time <= Double(index) / rate + 1e-3) }
        }
    }

    @Test("after the daemon has held back, a rate is caught up in full messages")
    func catchingUp() {
        var pacer = Pacer(.rate(10), messageLimit: 64)
        let rows = Self.rows(Array(repeating: nil, count: 300))
        #expect(pacer.next(rows[0...], elapsed: 0) == .send(1))
        #expect(pacer.next(rows[1...], elapsed: 20) == .send(64))
    }

    @Test("event times are kept, so many times faster", arguments: [1.0, 4.0])
    func eventTimes(speedup: Double) {
        let sent = Self.run(
            .eventTime(speedup: speedup), [100, 101, 101, 103.5, 109], messageLimit: 64)
        for (time, expected) in zip(sent, [0, 1, 1, 3.5, 9]) {
            #expect(abs(time - expected / speedup) < 1e-6)
        }
        #expect(sent.count == 5)
    }

    @Test("a sample out of order goes with its neighbours and does not turn time back")
    func disorder() {
        let sent = Self.run(.eventTime(speedup: 1), [10, 12, 9, 13], messageLimit: 64)
        #expect(sent.map { ($0 * 1e3).rounded() } == [0, 2_000, 2_000, 3_000])
    }

    @Test("a sample without a time is told, once those before it are gone")
    func missingTime() {
        #expect(Self.run(.eventTime(speedup: 1), [1, 2, nil, 3], messageLimit: 64).count == 2)
    }
}
