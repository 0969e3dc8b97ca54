import Features
import NeuralNetwork
import Randomness
import Testing

@testable import Learner

@Suite("Shrinking") struct ShrinkTests {
    /// The weights of a network that moves by nothing but shrinking, before and after some samples.
    ///
    /// - Parameter age: Updates that the network has behind it.
    private func weights(
        age: Int, samples: Int, hidden: [Int] = [3], share: Double = 0.5
    ) throws -> (before: [Float], after: [Float], isBias: [Bool]) {
        var run = Run {
            $0.makePlain(rate: 1e-30)
            $0.schedule.floor = 0
            $0.features.oneHot = 0
            $0.model.hidden = hidden
            $0.learning.shrink = share
        }
        func values(_ network: Network) -> [Float] { network.positions.map { network[$0] } }
        run.take([Sample([1, 1], .number(1))])
        run.learner.leads[0].updateCount = age
        let before = try #require(run.learner.lead?.network)
        for step in 0..<samples { run.take([Sample([Double(step % 7), 1], .number(1))]) }
        let after = try #require(run.learner.lead?.network)
        return (values(before), values(after), before.positions.map { $0.input == nil })
    }

    private func expectLeft(
        _ left: Float, of result: (before: [Float], after: [Float], isBias: [Bool])
    ) {
        for (index, weight) in result.before.enumerated() {
            let expected = result.isBias[index] ? weight : left * weight
            // A few roundings, and what updates at such a rate add.
            let tolerance = 4 * Float.ulpOfOne * weight.magnitude + 1e-20
            #expect((result.after[index] - expected).magnitude <= tolerance)
        }
    }

    @Test("takes its share of each weight every 1,000 updates, and none of a bias")
    func share() throws {
        expectLeft(0.25, of: try weights(age: 200_000, samples: 2_999))
        expectLeft(1, of: try weights(age: 200_000, samples: 999))
    }

    @Test("spares the first 50,000 updates, and is complete after 100,000")
    func comesGradually() throws {
        expectLeft(1, of: try weights(age: 0, samples: 3_000))
        expectLeft(1, of: try weights(age: 49_500, samples: 1_000))
        // 1,000 of the 50,000 updates that lead up to half of a weight; half the way; all of it.
        expectLeft(1 - 0.5 * 0.02, of: try weights(age: 50_500, samples: 1_000))
        expectLeft(1 - 0.5 * 0.5, of: try weights(age: 74_500, samples: 1_000))
        expectLeft(1 - 0.5, of: try weights(age: 99_500, samples: 1_000))
    }

    @Test("leaves alone what it is switched off for, and a linear model: that cannot tire")
    func spares() throws {
        expectLeft(1, of: try weights(age: 200_000, samples: 2_000, share: 0))
        var run = Run { $0.makePlain(rate: 0.01) }
        var other = Run {
            $0.makePlain(rate: 0.01)
            $0.learning.shrink = 0
        }
        let samples = (0..<2_000).map { Sample([Double($0 % 7), 1], .number(Double($0 % 3))) }
        for index in samples.indices {
            run.take([samples[index]])
            other.take([samples[index]])
            if index > 0 { continue }
            run.learner.leads[0].updateCount = 200_000
            other.learner.leads[0].updateCount = 200_000
        }
        #expect(run.learner.lead?.network == other.learner.lead?.network)
    }

    @Test("is the same for a lead and its twin, and after a restart")
    func isState() throws {
        var run = Run {
            $0.makeSmall()
            $0.learning.committee = 2
            $0.learning.shrink = 0.5
        }
        var generator = SeededGenerator(seed: 9)
        func samples(_ count: Int) -> [Sample] {
            (0..<count).map { _ in
                let x = [generator.nextNormal(), generator.nextNormal()]
                return Sample(x, .label(.integer(x[0] > x[1] ? 1 : 0)))
            }
        }
        run.take(samples(700))
        run.learner.leads[0].updateCount += 100_000
        _ = run.learner.addTwin()
        var other = try run.restored()
        let more = samples(900)
        run.take(more)
        other.take(more)
        #expect(run.learner.stateBytes() == other.learner.stateBytes())
        let twin = try #require(run.learner.committee.others.last)
        #expect(twin.role == .twin && twin.network == run.learner.lead?.network)
    }
}
