import Randomness
import Testing

@testable import StructureControl

/// What the controller does with the shipped policy where everybody knows what is right. Each
/// probability is over situations that are drawn evenly within what their name says.
@Suite struct ShippedPolicyTests {
    private enum Situation { case overloaded, starving }

    private func draw(
        _ situation: Situation, _ generator: inout SeededGenerator
    ) -> (Observation, ChoiceSet) {
        func uniform(_ low: Float, _ high: Float) -> Float {
            low + (high - low) * generator.nextUniform()
        }
        var seen = Observation()
        seen[.latency] = -1
        seen[.memory] = -1
        seen[.size] = uniform(0.35, 0.7)
        seen[.width] = uniform(0.17, 0.6)
        seen[.depth] = 0.125
        seen[.rest] = uniform(0.05, 1)
        seen[.members] = 1
        seen[.trend] = uniform(-0.1, 0.1)
        seen[.slope] = uniform(-0.3, 0.3)
        seen[.prune] = uniform(0, 0.3)
        switch situation {
        case .overloaded:
            seen[.load] = uniform(0, 1)
            seen[.lag] = uniform(0, 1)
            seen[.queue] = seen[.lag] / 4
            seen[.loss] = uniform(0.1, 0.7)
            seen[.growth] = uniform(0, 0.8)
            seen[.trainShare] = -uniform(0, 0.5)
            // What is to come in two ticks of the length of a quarter of the allowed lag.
            seen[.pressure] = seen[.lag] + seen[.load] / 2
            // The highest load of late is no lower than this one, of 1 to 8.
            seen[.peak] = uniform(0, 0.5)
            seen[.peakLag] = uniform(seen[.lag], 1)
            guard seen.isOverloaded else { return draw(situation, &generator) }
            return (seen, ChoiceSet(Action.allCases.filter { $0 != .refresh && $0 != .restore }))
        case .starving:
            seen[.load] = uniform(-0.97, -0.7)
            seen[.loss] = uniform(0.4, 0.8)
            seen[.growth] = uniform(0.6, 0.9)
            seen[.peak] = uniform(-0.8, -0.25)
            seen[.calm] = uniform(0.1, 1)
            // The shield lets nobody narrow while there is room.
            return (seen, ChoiceSet([.none, .widen, .deepen]))
        }
    }

    /// Share of situations in which an action of a kind is chosen, the draws of exploration
    /// included.
    private func share(
        _ situation: Situation, where matches: (Action) -> Bool
    ) -> Double {
        var generator = SeededGenerator(seed: 11)
        var configuration = ControlConfiguration()
        configuration.policy = .dqn
        var controller = StructureController(
            configuration: configuration, policy: Policy.shipped(), seed: 3)
        var count = 0
        for _ in 0..<2_000 {
            let (seen, legal) = draw(situation, &generator)
            if matches(controller.choose(seen, legal: legal).action) { count += 1 }
        }
        return Double(count) / 2_000
    }

    @Test("overloaded, it sheds or shrinks")
    func relieves() { #expect(share(.overloaded) { $0.isRelief } > 0.8) }

    @Test("overloaded, it does not grow")
    func doesNotGrow() { #expect(share(.overloaded) { $0.isGrowth } < 0.05) }

    @Test("with room and errors that new units could follow, it grows")
    func grows() { #expect(share(.starving) { $0.isGrowth } > 0.5) }

    @Test("a policy read from its own text values everything alike")
    func textRoundTrip() throws {
        let policy = Policy.shipped()
        let text = try #require(policy.text(notes: ["a note"]))
        let read = try Policy(text: text, capacity: 10, seed: 3)
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20 {
            let (seen, _) = draw(.overloaded, &generator)
            #expect(read.values(of: seen) == policy.values(of: seen))
        }
    }

    @Test(
        "text that is no policy is refused in words",
        arguments: [
            "", "hello", "osier-policy 2 dqn 23 13 32,32", "osier-policy 1 dqn 5 2 32,32\n",
            "osier-policy 1 dqn 29 13 32,32\n3f800000\n",
            "osier-policy 1 dqn 29 13 32,32\nnonsense\n",
            "osier-policy 1 dqn 29 13 0\n",
        ])
    func refusesNonsense(text: String) {
        #expect(throws: PolicyTextError.self) {
            try Policy(text: text, capacity: 10, seed: 1)
        }
    }
}
