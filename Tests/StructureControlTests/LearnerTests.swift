import Randomness
import StructureControl
import Testing

@Suite struct PolicyLearnerTests {
    /// The best choice in every state by a learner's values.
    private func greedy(_ values: (Int) -> [Float]) -> [Int] {
        (0..<DecisionProcess.stateCount).map { state in
            let legal = DecisionProcess.legal(in: state)
            let all = values(state)
            return (0..<all.count).filter { legal.contains($0) }.max { all[$0] < all[$1] }!
        }
    }

    private func features(of state: Int) -> [Float] {
        (0..<DecisionProcess.stateCount).map { $0 == state ? 1 : 0 }
    }

    /// Walks through the process, a fifth of the choices drawn.
    private func walk(
        steps: Int, seed: UInt64, choose: (Int) -> [Float],
        learn: (_ state: Int, _ choice: Int, _ reward: Float, _ next: Int, _ wasBest: Bool) -> Void
    ) {
        var generator = SeededGenerator(seed: seed)
        var state = 0
        for _ in 0..<steps {
            let legal = (0..<3).filter { DecisionProcess.legal(in: state).contains($0) }
            let values = choose(state)
            let best = legal.max { values[$0] < values[$1] }!
            let choice =
                generator.nextUniformDouble() < 0.2
                ? legal[generator.nextIndex(below: legal.count)] : best
            let outcomes = DecisionProcess.outcomes(state: state, choice: choice)
            let next =
                generator.nextUniformDouble() < outcomes[0].probability
                ? outcomes[0].state : outcomes[1].state
            let reward = DecisionProcess.reward(state: state, choice: choice)
            learn(state, choice, Float(reward), next, choice == best)
            state = next
        }
    }

    @Test("no fixed choice comes near the optimum of the process")
    func processNeedsAPolicy() {
        let stay = [Int](repeating: 1, count: DecisionProcess.stateCount)
        let grow = (0..<10).map { $0 % 5 < 4 ? 2 : 1 }
        let shrink = (0..<10).map { $0 % 5 > 0 ? 0 : 1 }
        for policy in [stay, grow, shrink] {
            #expect(DecisionProcess.worth(policy) < 0.9 * DecisionProcess.worth(nil))
        }
    }

    @Test("a table reaches 95 % of the optimal return in 20,000 steps", arguments: [1, 2, 3, 4])
    func tableFindsTheOptimum(seed: UInt64) {
        var table = TableLearner(stateCount: 10, choiceCount: 3, start: 10)
        walk(
            steps: 20_000, seed: seed, choose: { Array(table.values(of: $0)) },
            learn: { state, choice, reward, next, wasBest in
                table.learn(
                    state: state, choice: choice, reward: reward,
                    discount: Float(DecisionProcess.discount), next: next,
                    legal: DecisionProcess.legal(in: next), wasBest: wasBest)
            })
        let worth = DecisionProcess.worth(greedy { Array(table.values(of: $0)) })
        #expect(worth >= 0.95 * DecisionProcess.worth(nil))
    }

    @Test(
        "a value network reaches 95 % of the optimal return in 6,000 steps", arguments: [1, 2, 3])
    func networkFindsTheOptimum(seed: UInt64) {
        var learner = DeepLearner(
            featureCount: 10, choiceCount: 3, hidden: [32, 32], capacity: 5_000, seed: seed)
        learner.learningRate = 0.002
        walk(
            steps: 6_000, seed: seed, choose: { learner.values(of: features(of: $0)) },
            learn: { state, choice, reward, next, _ in
                learner.learn(
                    .init(
                        features: features(of: state), choice: choice, reward: reward,
                        discount: Float(DecisionProcess.discount), next: features(of: next),
                        legal: DecisionProcess.legal(in: next)))
            })
        let worth = DecisionProcess.worth(greedy { learner.values(of: features(of: $0)) })
        #expect(worth >= 0.95 * DecisionProcess.worth(nil))
    }

    @Test("a decision that lasts longer counts its future for less")
    func durationDiscountsTheFuture() {
        // One state pays 1 and ends; the way there takes one tick or twenty.
        for (ticks, expected) in [(1, Float(0.9)), (20, 0.121_576_65)] {
            var discount: Float = 1
            for _ in 0..<ticks { discount *= 0.9 }
            var table = TableLearner(stateCount: 2, choiceCount: 1, start: 0)
            for _ in 0..<200 {
                table.learn(
                    state: 1, choice: 0, reward: 1, discount: 1, next: nil,
                    legal: ChoiceSet(first: 1), wasBest: true)
                table.learn(
                    state: 0, choice: 0, reward: 0, discount: discount, next: 1,
                    legal: ChoiceSet(first: 1), wasBest: true)
                table.learn(
                    state: 1, choice: 0, reward: 1, discount: 1, next: nil,
                    legal: ChoiceSet(first: 1), wasBest: true)
            }
            #expect(abs(table.values(of: 0).first! - expected) < 1e-3)
        }
    }

    @Test("only legal choices are drawn, each as often")
    func drawsAreLegal() {
        var policy = Policy(.dqn, capacity: 10, seed: 3)
        var generator = SeededGenerator(seed: 9)
        let legal = ChoiceSet([.none, .widen, .trainLess])
        var counts = [Int](repeating: 0, count: Action.allCases.count)
        for _ in 0..<3_000 {
            let choice = policy.choose(
                Observation(), legal: legal, epsilon: 1, using: &generator)
            counts[choice.action.index] += 1
        }
        for action in Action.allCases {
            let count = counts[action.index]
            // A third of 3,000 draws, within four standard deviations of a binomial.
            #expect(legal.contains(action) ? abs(count - 1_000) < 104 : count == 0)
        }
    }
}
