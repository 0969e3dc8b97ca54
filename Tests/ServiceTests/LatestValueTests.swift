import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite("The latest value") struct LatestValueTests {
    /// Two arrays that were made together: a mixture of two values would show.
    private struct Pair: Sendable {
        let number: Int
        let first: [Int]
        let second: [Int]

        init(_ number: Int) {
            self.number = number
            first = [Int](repeating: number, count: 20)
            second = first
        }

        var isWhole: Bool { first == second && first[0] == number && first.count == 20 }
    }

    @Test("is taken once, and only the newest")
    func newest() {
        let latest = LatestValue<Int>()
        #expect(latest.take() == nil)
        latest.publish(1)
        latest.publish(2)
        latest.publish(3)
        #expect(latest.take() == 3)
        #expect(latest.take() == nil)
        latest.publish(4)
        #expect(latest.take() == 4)
    }

    @Test("does not keep values alive that nobody can take any more")
    func release() {
        final class Token: Sendable {}
        let latest = LatestValue<Token>()
        weak var first: Token?
        weak var second: Token?
        do {
            let token = Token()
            first = token
            latest.publish(token)
        }
        #expect(first != nil)
        do {
            let token = Token()
            second = token
            latest.publish(token)
        }
        #expect(first == nil && second != nil)
        _ = latest.take()
        #expect(second == nil)
    }

    @Test("never goes back and is never torn between threads", .timeLimit(.minutes(2)))
    func threads() {
        let count = 500_000
        let latest = LatestValue<Pair>()
        let taken = Atomic<Int>(0)
        let faults = Atomic<Int>(0)
        let reader = BackgroundThread {
            var last = 0
            while last < count {
                guard let pair = latest.take() else {
                    yieldThread()
                    continue
                }
                if pair.number <= last || !pair.isWhole {
                    faults.add(1, ordering: .relaxed)
                }
                last = pair.number
                taken.add(1, ordering: .relaxed)
            }
        }
        for number in 1...count { latest.publish(Pair(number)) }
        reader.join()
        #expect(faults.load(ordering: .relaxed) == 0)
        // The last one was taken, or the reader would still be there.
        #expect((1...count).contains(taken.load(ordering: .relaxed)))
    }
}
