import TestSupport
import Testing
import ZeroMQ

@testable import Service

@Suite("A ring between two threads") struct RingTests {
    /// An element with a reference, so that a torn hand-over would show as more than a number.
    private struct Element: Sendable {
        let number: Int
        let text: [Int]

        init(_ number: Int) {
            self.number = number
            text = [number, -number]
        }

        var isWhole: Bool { text == [number, -number] }
    }

    @Test("has room for a power of two", arguments: [(1, 1), (2, 2), (3, 4), (1_000, 1_024)])
    func capacity(asked: Int, given: Int) throws {
        let ring = Ring<Int>(capacity: asked, notifier: try EventDescriptor())
        #expect(ring.capacity == given)
        for number in 0..<given { #expect(ring.send(number)) }
        #expect(!ring.send(given))
        #expect(ring.count == given)
        for number in 0..<given { #expect(ring.receive() == number) }
        #expect(ring.receive() == nil)
        #expect(ring.count == 0)
    }

    @Test("keeps its order around the end of its storage")
    func wrapAround() throws {
        let ring = Ring<Int>(capacity: 4, notifier: try EventDescriptor())
        var next = 0
        for number in 0..<1_000 {
            #expect(ring.send(number))
            if number % 3 != 0 || ring.count == 4 {
                #expect(ring.receive() == next)
                next += 1
            }
        }
    }

    @Test("lets go of what was received")
    func release() throws {
        final class Token: Sendable {}
        let ring = Ring<Token>(capacity: 8, notifier: try EventDescriptor())
        weak var token: Token?
        do {
            let sent = Token()
            token = sent
            #expect(ring.send(sent))
        }
        #expect(token != nil)
        _ = ring.receive()
        #expect(token == nil)
    }

    @Test("refuses to be without room")
    func noRoom() async {
        await #expect(processExitsWith: .failure) {
            _ = Ring<Int>(capacity: 0, notifier: try EventDescriptor())
        }
    }

    /// The receiver sleeps whenever it finds nothing; a lost wake-up would hang the test.
    @Test(
        "hands over every element once and in order", .timeLimit(.minutes(2)),
        arguments: [1, 8, 1_024])
    func handOver(capacity: Int) throws {
        let count = capacity == 1 ? 100_000 : 1_000_000
        let ring = Ring<Element>(capacity: capacity, notifier: try EventDescriptor())
        let sender = BackgroundThread {
            for number in 0..<count {
                while !ring.send(Element(number)) { yieldThread() }
            }
        }
        var next = 0
        var faults = 0
        while next < count {
            if let element = ring.receive() {
                if element.number != next || !element.isWhole { faults += 1 }
                next += 1
                if ring.count > ring.capacity { faults += 1 }
            } else if ring.prepareToSleep() {
                ring.notifier.wait(timeout: nil)
                ring.wake()
            }
        }
        sender.join()
        #expect(faults == 0)
        #expect(ring.receive() == nil)
    }

    @Test("wakes a receiver that announced its sleep, and no other")
    func wakeUp() throws {
        let notifier = try EventDescriptor()
        let ring = Ring<Int>(capacity: 8, notifier: notifier)
        #expect(ring.send(1))
        #expect(notifier.clear() == 0)
        // Something is there already, so there is no reason to sleep.
        #expect(!ring.prepareToSleep())
        #expect(ring.receive() == 1)
        #expect(ring.prepareToSleep())
        #expect(ring.send(2))
        #expect(ring.send(3))
        #expect(notifier.clear() == 1)
        ring.wake()
    }
}
