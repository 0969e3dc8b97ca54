import Learner
import Testing

@testable import Service

@Suite("What load leaves of the committee") struct LoadLadderTests {
    private let start = ContinuousClock.now

    private func ladder(
        committee: Int? = nil, replay: Double? = nil, batch: Int? = nil, maxBatch: Int = 64,
        current: Allowance = .everything
    ) -> LoadLadder {
        var learning = LearningConfiguration()
        learning.batch = batch
        learning.maxBatch = maxBatch
        learning.committee = committee
        learning.replay = replay
        return LoadLadder(learning: learning, queueCapacity: 1_000, current: current)
    }

    @Test("is everything while the queue is short")
    func calm() {
        var ladder = ladder()
        for second in 0..<100 {
            #expect(ladder.observe(queued: 250, at: start + .seconds(second)) == nil)
        }
    }

    @Test("goes down when senders are all but held back, however many places are left")
    func heldBack() {
        var ladder = ladder()
        #expect(ladder.observe(queued: 75, limit: 100, at: start) == nil)
        #expect(ladder.observe(queued: 76, limit: 100, at: start) == small)
        // Not more than a step in a while: what is held back waits with the senders.
        #expect(ladder.observe(queued: 100, limit: 100, at: start) == nil)
    }

    private let small = Allowance(members: .max, replays: true, batch: 4)
    private let few = Allowance(members: 3, replays: false, batch: 16)
    private let alone = Allowance(members: 1, replays: false, batch: 16)
    private let least = Allowance(members: 1, replays: false, batch: 64)

    @Test("makes micro-batches, then shrinks step by step while the queue stays long")
    func descent() {
        var ladder = ladder()
        #expect(ladder.observe(queued: 251, at: start) == small)
        #expect(ladder.observe(queued: 251, at: start + .milliseconds(99)) == nil)
        #expect(ladder.observe(queued: 251, at: start + .milliseconds(100)) == few)
        #expect(ladder.observe(queued: 251, at: start + .milliseconds(200)) == alone)
        #expect(ladder.observe(queued: 251, at: start + .milliseconds(300)) == least)
        #expect(ladder.observe(queued: 900, at: start + .seconds(9)) == nil)
    }

    @Test("is the least at once when the queue is half full")
    func urgent() {
        var ladder = ladder()
        #expect(ladder.observe(queued: 501, at: start) == least)
    }

    @Test("comes back step by step after a calm second each")
    func ascent() {
        var ladder = ladder(current: alone)
        #expect(ladder.observe(queued: 0, at: start) == nil)
        #expect(ladder.observe(queued: 0, at: start + .milliseconds(999)) == nil)
        #expect(ladder.observe(queued: 15, at: start + .seconds(1)) == few)
        #expect(ladder.observe(queued: 16, at: start + .seconds(2)) == nil)
        #expect(ladder.observe(queued: 15, at: start + .seconds(3)) == nil)
        #expect(ladder.observe(queued: 0, at: start + .seconds(4)) == small)
        #expect(ladder.observe(queued: 0, at: start + .seconds(5)) == nil)
        #expect(ladder.observe(queued: 0, at: start + .seconds(6)) == .everything)
    }

    @Test("waits twice as long when coming back was too much")
    func backoff() {
        var ladder = ladder(current: least)
        _ = ladder.observe(queued: 0, at: start)
        _ = ladder.observe(queued: 0, at: start + .seconds(1))
        #expect(ladder.observe(queued: 600, at: start + .seconds(2)) == least)
        #expect(ladder.observe(queued: 0, at: start + .seconds(3)) == nil)
        #expect(ladder.observe(queued: 0, at: start + .seconds(4)) == nil)
        #expect(ladder.observe(queued: 0, at: start + .seconds(5)) != nil)
    }

    @Test("is never less than what is set by number")
    func fixed() {
        var single = ladder(committee: 1, batch: 1)
        #expect(single.observe(queued: 1_000, at: start) == nil)
        var four = ladder(committee: 4, batch: 8)
        #expect(
            four.observe(queued: 1_000, at: start) == Allowance(members: .max, replays: false))
        var both = ladder(committee: 4, replay: 2, batch: 1)
        #expect(both.observe(queued: 1_000, at: start) == nil)
    }

    @Test("has batches up to the limit only, with a single network too")
    func batches() {
        var ladder = ladder(committee: 1, maxBatch: 24)
        for expected in [4, 16, 24] {
            let time = start + .seconds(expected)
            #expect(ladder.observe(queued: 251, at: time)?.batch == expected)
        }
        var none = self.ladder(committee: 1, maxBatch: 1)
        #expect(none.observe(queued: 1_000, at: start) == nil)
    }
}
