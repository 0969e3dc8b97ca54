import Features
import Testing

@testable import Learner

@Suite("The plateau schedule") struct PlateauTests {
    /// Labels that nothing explains: the validation loss cannot fall for long.
    static func run(holdout: Double, every: Int = 500, samples: Int = 8_000) -> Run {
        var run = Run {
            $0.makePlain(rate: 0.01)
            $0.schedule.name = .plateau
            $0.schedule.every = every
            $0.schedule.factor = 0.5
            $0.schedule.floor = 0.001
            $0.learning.holdout = holdout
        }
        run.take(Streams.noise(samples, seed: 3))
        return run
    }

    @Test("lowers the rate to its floor where the loss has stopped falling", arguments: [0, 0.1])
    func lowers(holdout: Double) {
        let rate = Self.run(holdout: holdout).learner.report().model?.learningRate
        #expect(rate == 0.001)
    }

    @Test("acts on the samples that were held out, and on no others")
    func actsOnValidation() throws {
        // One held-out sample in two thousand: there is no second look at the loss yet.
        let run = Self.run(holdout: 0.0005)
        try #require(run.learner.counts.heldOut < 16)
        #expect(run.learner.report().model?.learningRate == 0.01)
    }

    @Test("waits as long as it is told to")
    func waits() {
        let run = Self.run(holdout: 0.1, every: 100_000)
        #expect(run.learner.report().model?.learningRate == 0.01)
    }

    @Test("goes on from its state as it was")
    func restores() throws {
        var run = Self.run(holdout: 0.1)
        var copy = try run.restored()
        run.take(Streams.noise(1_000, seed: 4))
        copy.take(Streams.noise(1_000, seed: 4))
        #expect(run.learner.stateBytes() == copy.learner.stateBytes())
    }
}

extension Streams {
    /// Two classes by the toss of a coin.
    fileprivate static func noise(_ count: Int, seed: UInt64) -> [Sample] {
        let points = classes(count, seed: seed)
        let labels = classes(count, seed: seed + 1_000)
        return zip(points, labels).map { Sample($0.features, $1.target) }
    }
}
