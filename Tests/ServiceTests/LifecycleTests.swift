import TestSupport
import Testing
import ZeroMQ

@testable import Service

@Suite("The wish to stop") struct LifecycleTests {
    @Test("is remembered, wakes its thread, and a second one is told from the first")
    func twice() throws {
        let notifier = try EventDescriptor()
        let lifecycle = LifecycleSignals(notifier: notifier)
        #expect(!lifecycle.isStopRequested)
        #expect(!lifecycle.requestStop())
        #expect(lifecycle.isStopRequested)
        #expect(notifier.clear() == 1)
        #expect(lifecycle.requestStop())
        #expect(notifier.clear() == 1)
    }

    @Test("of many threads at once has exactly one first")
    func manyThreads() throws {
        let lifecycle = LifecycleSignals(notifier: try EventDescriptor())
        let threads = (0..<8).map { _ in
            ServiceThread(name: "test") { lifecycle.requestStop() }
        }
        #expect(threads.map { $0.join() }.count { !$0 } == 1)
    }

    @Test("reaches one thread by its flag")
    func stopFlag() throws {
        let notifier = try EventDescriptor()
        let flag = StopFlag(notifier: notifier)
        #expect(!flag.isRequested)
        let thread = ServiceThread(name: "test") {
            notifier.wait(timeout: nil)
            return flag.isRequested
        }
        flag.request()
        #expect(thread.join())
    }

    @Test("a promise is waited for until it is kept")
    func promise() {
        let promise = Promise<Int>()
        let thread = ServiceThread(name: "test") { promise.wait() }
        promise.deliver(42)
        #expect(thread.join() == 42)
    }

    @Test("the next status is due after its interval, and missed ones are left out")
    func statusClock() {
        let start = ContinuousClock.now
        var clock = StatusClock(interval: .seconds(1), start: start)
        #expect(clock.isDue(at: start))
        clock.advance(at: start)
        #expect(!clock.isDue(at: start + .milliseconds(999)))
        #expect(clock.timeUntilDue(at: start + .milliseconds(400)) == .milliseconds(600))
        #expect(clock.isDue(at: start + .seconds(1)))
        // A late look does not shift the times to come, unless whole intervals are over.
        clock.advance(at: start + .milliseconds(1_300))
        #expect(clock.isDue(at: start + .seconds(2)))
        clock.advance(at: start + .seconds(60))
        #expect(!clock.isDue(at: start + .milliseconds(60_999)))
        #expect(clock.isDue(at: start + .seconds(61)))
    }
}
