import Learner
import Testing

@testable import Service

@Suite("What load leaves of the committee") struct LoadLadderTests {
    private let start = ContinuousClock.now

    private func ladder(
        committee: Int? = nil, replay: Double? = nil, current: Allowance = .everything
    ) -> LoadLadder {
        var learning = LearningConfiguration()
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

    @Test("shrinks step by step while the queue stays long, and at once when it is half full")
    func descent() {
        var gradual = ladder()
        #expect(
            gradual.observe(queued: 251, at: start) == Allowance(members: 3, replays: false))
        #expect(gradual.observe(queued: 251, at: start + .milliseconds(99)) == nil)
        #expect(gradual.observe(queued: 251, at: start + .milliseconds(100)) == .leadAlone)
        #expect(gradual.observe(queued: 900, at: start + .seconds(9)) == nil)
        var urgent = ladder()
        #expect(urgent.observe(queued: 501, at: start) == .leadAlone)
    }

    @Test("comes back step by step after a calm second each")
    func ascent() {
        var ladder = ladder(current: .leadAlone)
        #expect(ladder.observe(queued: 0, at: start) == nil)
        #expect(ladder.observe(queued: 0, at: start + .milliseconds(999)) == nil)
        let middle = ladder.observe(queued: 15, at: start + .seconds(1))
        #expect(middle == Allowance(members: 3, replays: false))
        #expect(ladder.observe(queued: 16, at: start + .seconds(2)) == nil)
        #expect(ladder.observe(queued: 15, at: start + .seconds(3)) == nil)
        #expect(ladder.observe(queued: 0, at: start + .seconds(4)) == .everything)
    }

    @Test("waits twice as long when coming back was too much")
    func backoff() {
        var ladder = ladder(current: .leadAlone)
        _ = ladder.observe(queued: 0, at: start)
        _ = ladder.observe(queued: 0, at: start + .seconds(1))
        #expect(ladder.observe(queued: 600, at: start + .seconds(2)) == .leadAlone)
        #expect(ladder.observe(queued: 0, at: start + .seconds(3)) == nil)
        #expect(ladder.observe(queued: 0, at: start + .seconds(4)) == nil)
        #expect(ladder.observe(queued: 0, at: start + .seconds(5)) != nil)
    }

    @Test("is never less than what is set by number")
    func fixed() {
        var single = ladder(committee: 1)
        #expect(single.observe(queued: 1_000, at: start) == nil)
        var four = ladder(committee: 4)
        #expect(
            four.observe(queued: 1_000, at: start) == Allowance(members: .max, replays: false))
        var both = ladder(committee: 4, replay: 2)
        #expect(both.observe(queued: 1_000, at: start) == nil)
    }
}
