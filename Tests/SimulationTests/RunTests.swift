import Randomness
import StructureControl
import Testing

@testable import Simulation

@Suite struct RunTests {
    private func scenario(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario(name: "test")
        scenario.samples = 6_000
        scenario.hidden = [16]
        scenario.rungs = [4, 32]
        change(&scenario)
        return scenario
    }

    @Test("the same seed gives the same run, another one another")
    func isDeterministic() {
        var results: [RunResult] = []
        for seed in [UInt64(1), 1, 2] {
            var run = Run(scenario(), .rules, seed: seed)
            results.append(run.finish())
        }
        #expect(results[0] == results[1])
        #expect(results[0] != results[2])
    }

    @Test("a network that no load reaches is never late, and all that is right counts")
    func calm() {
        var run = Run(scenario(), .fixed(32), seed: 1)
        let result = run.finish()
        #expect(result.late == 0)
        #expect(abs(result.utility - result.accuracy) < 1e-9)
        #expect(result.segments.count == 6)
    }

    /// Ten times the service rate: nine of ten samples cannot be answered in time.
    @Test("a fixed network at ten times its speed is late nearly always")
    func overload() {
        let busy = scenario {
            let cost = $0.cost.seconds(parameterCount: 32 * 25 + 8, isLearned: true)
            $0.arrival.rate = 10 / cost
            $0.budget.maxLagSeconds = 100 * cost
        }
        var run = Run(busy, .fixed(32), seed: 1)
        let result = run.finish()
        #expect(result.late > 0.8)
        #expect(result.utility < result.accuracy)
    }

    @Test("where a burst asks for more than a network can, the rules are late less often")
    func rulesHelp() {
        let busy = bursts(of: 4_000, in: 20_000, factor: 20, lag: 400)
        var fixed = Run(busy, .fixed(64), seed: 1)
        var ruled = Run(busy, .rules, seed: 1)
        let (still, moved) = (fixed.finish(), ruled.finish())
        #expect(moved.late < still.late)
        #expect(moved.utility > still.utility)
        #expect(moved.shed > 0)
    }

    @Test("the oracle is at least as good as the best fixed width, for each seed")
    func oracle() {
        let comparison = Comparison(scenario(), seeds: [1, 2])
        // Both are means of the same numbers, added in another order.
        #expect(comparison.headroom.low >= -1e-12)
        #expect(comparison.lines.map(\.name) == ["fixed-4", "fixed-32"])
        #expect(comparison.lines.allSatisfy { $0.regretToOracle.low >= -1e-12 })
    }

    /// Bursts that only those live through who learn less, with as much quiet before each.
    ///
    /// - Parameter lag: The largest allowed, in samples of a network of 64 units.
    private func bursts(of length: Int, in samples: Int, factor: Double, lag: Double) -> Scenario {
        scenario {
            $0.samples = samples
            $0.hidden = [64]
            let cost = $0.cost.seconds(parameterCount: 64 * 25 + 8, isLearned: true)
            $0.arrival.kind = .bursts
            $0.arrival.rate = 0.1 / cost
            $0.arrival.factor = factor
            $0.arrival.quietSamples = length
            $0.arrival.burstSamples = length
            $0.budget.maxLagSeconds = lag * cost
        }
    }

    private var shortBursts: Scenario { bursts(of: 3_000, in: 12_000, factor: 15, lag: 300) }

    @Test("looking at what choices would bring changes nothing of the run itself")
    func rolloutsOnlyLook() {
        var contender = Contender.rules
        contender.control.isLearning = false
        var plain = Run(shortBursts, contender, seed: 3)
        var watched = plain
        _ = plain.finish()
        var generator = SeededGenerator(seed: 1)
        let found = watched.finishByRollouts(horizon: 1_000, share: 0.5, using: &generator)
        #expect(found.count > 5)
        #expect(watched.learner.stateBytes() == plain.learner.stateBytes())
    }

    @Test("where all is late without it, relief brings more than doing nothing on the same samples")
    func rolloutsSeeRelief() throws {
        var generator = SeededGenerator(seed: 1)
        var contender = Contender.rules
        contender.control.isLearning = false
        var run = Run(shortBursts, contender, seed: 3)
        let found = run.finishByRollouts(horizon: 2_000, share: 1, using: &generator)
        let load = try #require(Observation.names.firstIndex(of: "load"))
        let gains = found.compactMap { state -> Float? in
            func earned(_ action: Action) -> Float? {
                state.returns.first { $0.choice == action.index }?.reward
            }
            guard state.features[load] > 0, let none = earned(.none) else { return nil }
            let reliefs = Action.allCases.filter(\.isRelief).compactMap(earned)
            return reliefs.max().map { $0 - none }
        }
        #expect(!gains.isEmpty)
        #expect(gains.reduce(0, +) > 0)
    }

    @Test("training with the same seed gives the same policy")
    func training() {
        let texts = (0..<2).map { _ in
            var trainer = PolicyTrainer(episodes: 2, seed: 5)
            return trainer.train { _ in }.text(notes: [])
        }
        #expect(texts[0] != nil && texts[0] == texts[1])
    }

    @Test("the interval of a mean holds it, and shrinks to a point without spread")
    func bootstrap() {
        let estimate = Estimate([0.1, 0.2, 0.3, 0.4])
        #expect(estimate.low < 0.25 && estimate.high > 0.25)
        #expect(abs(estimate.mean - 0.25) < 1e-12)
        #expect(Estimate([0.5, 0.5]) == Estimate([0.5]))
    }
}
