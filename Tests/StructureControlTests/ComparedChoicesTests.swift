import Randomness
import StructureControl
import Testing

/// Learning from choices that were tried side by side: what a state is worth by itself is ten times
/// as large as what any choice adds, and different each time.
@Suite struct ComparedChoicesTests {
    /// Choice 1 adds 0.3 where the first number is positive and costs as much where it is not;
    /// choice 2 always costs 0.1.
    private func gain(_ choice: Int, _ features: [Float]) -> Float {
        switch choice {
        case 1: features[0] > 0 ? 0.3 : -0.3
        case 2: -0.1
        default: 0
        }
    }

    private func draw(
        _ choices: [Int], barred: ChoiceSet = ChoiceSet(), using generator: inout SeededGenerator
    ) -> ComparedChoices {
        let features = (0..<4).map { _ in 2 * generator.nextUniform() - 1 }
        var known = ComparedChoices(features: features, barred: barred)
        let worth = 3 * Float(generator.nextNormal())
        known.returns = choices.map { .init(choice: $0, reward: worth + gain($0, features)) }
        return known
    }

    private func learner(
        _ choices: [Int], barred: ChoiceSet = ChoiceSet()
    ) -> (DeepLearner, SeededGenerator) {
        var generator = SeededGenerator(seed: 5)
        let known = (0..<600).map { _ in draw(choices, barred: barred, using: &generator) }
        var learner = DeepLearner(featureCount: 4, choiceCount: 3, capacity: 1, seed: 2)
        for _ in 0..<3_000 { learner.learn(known) }
        return (learner, generator)
    }

    @Test("the better choice is found in nine of ten states that were never seen")
    func findsTheBest() {
        var (learner, generator) = learner([0, 1, 2])
        let count = 1_000
        let right = (0..<count).count { _ in
            let state = draw([0], using: &generator)
            let values = learner.values(of: state.features)
            return (values[1] > values[0]) == (gain(1, state.features) > 0) && values[2] < values[0]
        }
        #expect(right > 9 * count / 10)
    }

    @Test("without the first choice, the others are still told apart")
    func comparesTheOthers() {
        var (learner, generator) = learner([1, 2])
        let count = 1_000
        let right = (0..<count).count { _ in
            let state = draw([1], using: &generator)
            let values = learner.values(of: state.features)
            return (values[1] > values[2]) == (gain(1, state.features) > gain(2, state.features))
        }
        #expect(right > 9 * count / 10)
    }

    @Test("what is not allowed stays below all that was tried")
    func barred() {
        var (learner, generator) = learner([0, 1], barred: ChoiceSet(bits: 0b100))
        for _ in 0..<200 {
            let values = learner.values(of: draw([0], using: &generator).features)
            #expect(values[2] < min(values[0], values[1]) || values[2] < values[0] - 0.1)
        }
    }
}
