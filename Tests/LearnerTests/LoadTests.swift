import Testing

@testable import Learner

@Suite("Under load") struct LoadTests {
    private static let stream = Streams.sums(40, seed: 1)

    private static func single(batch: Int? = nil, maxBatch: Int = 64) -> Run {
        Run {
            $0.makePlain(rate: 0.05)
            $0.learning.batch = batch
            $0.learning.maxBatch = maxBatch
        }
    }

    @Test("as many samples share an update as there is time for, up to the limit")
    func sharesUpdates() throws {
        var asked = Self.single(batch: 10)
        asked.take(Self.stream)
        var loaded = Self.single(maxBatch: 10)
        loaded.obey(.allow(Allowance(members: .max, replays: true, batch: 1_000)))
        loaded.take(Self.stream)
        #expect(loaded.learner.lead == asked.learner.lead)
        #expect(loaded.learner.lead?.network.stepCount == 4)
    }

    @Test("what waits for its batch is learned as soon as there is time again")
    func flushes() throws {
        var run = Self.single()
        run.obey(.allow(Allowance(members: .max, replays: true, batch: 64)))
        run.take(Self.stream)
        #expect(run.learner.lead?.network.stepCount == 0)
        run.obey(.allow(.everything))
        var whole = Self.single(batch: Self.stream.count)
        whole.take(Self.stream)
        #expect(run.learner.lead == whole.learner.lead)
        #expect(run.learner.lead?.network.stepCount == 1)
    }

    @Test("a batch that was set by number stays as it is")
    func keepsNumber() throws {
        var run = Self.single(batch: 5)
        run.obey(.allow(Allowance(members: .max, replays: true, batch: 64)))
        run.take(Self.stream)
        #expect(run.learner.lead?.network.stepCount == 8)
    }
}
