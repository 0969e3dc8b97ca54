import Settings
import Testing

@testable import Service

@Suite("The journal's clock") struct JournalClockTests {
    private let start = ContinuousClock.now

    private func clock(_ change: (inout Settings) -> Void = { _ in }) -> JournalClock {
        var settings = Settings()
        settings.checkpoint.intervalSeconds = 60
        settings.checkpoint.intervalSamples = 1_000
        change(&settings)
        return JournalClock(settings: settings, checkpointOffset: 10, start: start)
    }

    @Test("syncs always, at intervals, or never, as it is told")
    func syncs() {
        var interval = clock {
            $0.journal.sync = .interval
            $0.journal.syncIntervalMilliseconds = 50
        }
        #expect(clock { $0.journal.sync = .always }.isSyncDue(at: start))
        #expect(!clock { $0.journal.sync = .never }.isSyncDue(at: start + .seconds(1_000)))
        #expect(!interval.isSyncDue(at: start + .milliseconds(49)))
        #expect(interval.isSyncDue(at: start + .milliseconds(50)))
        interval.noteSync(at: start + .milliseconds(50))
        #expect(!interval.isSyncDue(at: start + .milliseconds(99)))
    }

    @Test("asks for a checkpoint by time, by samples, by bytes, and when room is needed")
    func asks() {
        func isDue(
            offset: Int, isFull: Bool = false, after: Duration = .zero, byteCount: Int = 0
        ) -> Bool {
            var clock = clock { $0.journal.maxBytes = 8_000 }
            clock.note(byteCount: byteCount)
            return clock.takeCheckpoint(offset: offset, isFull: isFull, at: start + after)
        }
        #expect(!isDue(offset: 1_009))
        #expect(isDue(offset: 1_010))
        #expect(!isDue(offset: 11, after: .seconds(59)))
        #expect(isDue(offset: 11, after: .seconds(60)))
        #expect(isDue(offset: 11, isFull: true))
        // Three checkpoints are kept: an eighth of the limit.
        #expect(!isDue(offset: 11, byteCount: 999))
        #expect(isDue(offset: 11, byteCount: 1_000))
        // Nothing has happened since the last one.
        #expect(!isDue(offset: 10, isFull: true, after: .seconds(600), byteCount: 5_000))
    }

    @Test("asks for one checkpoint at a time")
    func asksOnce() {
        var clock = clock()
        func ask(_ offset: Int, after seconds: Int) -> Bool {
            clock.takeCheckpoint(offset: offset, isFull: false, at: start + .seconds(seconds))
        }
        let first = ask(11, after: 61)
        let second = ask(5_000, after: 61)
        #expect(first && !second)
        clock.noteCheckpoint(offset: 11, isPeriodic: true, at: start + .seconds(61))
        let early = ask(12, after: 120)
        let due = ask(12, after: 121)
        #expect(!early && due)
    }

    @Test("tries again in due time what was refused")
    func triesAgain() {
        var clock = clock()
        func ask(_ offset: Int, after seconds: Int) -> Bool {
            clock.takeCheckpoint(offset: offset, isFull: false, at: start + .seconds(seconds))
        }
        let first = ask(11, after: 61)
        clock.noteRefusal(offset: 11, isPeriodic: true, at: start + .seconds(62))
        let early = ask(12, after: 121)
        let due = ask(12, after: 122)
        #expect(first && !early && due)
    }

    @Test("wakes for the watermark, and sooner for what is volatile or due")
    func wakes() {
        var clock = clock {
            $0.journal.sync = .interval
            $0.journal.syncIntervalMilliseconds = 200
            $0.checkpoint.intervalSeconds = 0.5
        }
        func wait(_ offset: Int, durable: Int, after seconds: Double = 1) -> Duration {
            clock.timeUntilDue(
                offset: offset, durableOffset: durable, at: start + .seconds(seconds))
        }
        #expect(wait(10, durable: 10, after: 0) == .milliseconds(100))
        let isTaken = clock.takeWatermark(durableOffset: 10, at: start + .seconds(1))
        let isTakenAgain = clock.takeWatermark(durableOffset: 10, at: start + .seconds(2))
        #expect(isTaken && !isTakenAgain)
        // Nothing new: it sleeps.
        #expect(wait(10, durable: 10) == .seconds(1))
        // The watermark of the last tenth of a second is enough.
        let isTooEarly = clock.takeWatermark(durableOffset: 11, at: start + .seconds(1.05))
        #expect(!isTooEarly && wait(10, durable: 11) == .milliseconds(100))
        clock.noteSync(at: start + .seconds(1))
        #expect(wait(10, durable: 9) == .milliseconds(200))
        #expect(wait(10, durable: 9, after: 9) == .zero)
        clock.noteCheckpoint(offset: 10, isPeriodic: true, at: start + .seconds(2))
        let isLast = clock.takeWatermark(durableOffset: 11, at: start + .seconds(2))
        #expect(isLast && wait(11, durable: 11, after: 2) == .seconds(0.5))
    }
}
