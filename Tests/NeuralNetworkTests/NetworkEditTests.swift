import NeuralNetwork
import Randomness
import Testing

@Suite("Edits of a network")
struct NetworkEditTests {
    typealias Name = OptimizerConfiguration.Name

    /// A network that has learned for a while, and samples.
    private static func learned(
        _ loss: Loss, hidden: [Int] = [18, 5], inputCount: Int = 15, name: Name = .adam,
        activation: Activation = .relu
    ) -> Problem {
        var problem = Problem(
            inputCount: inputCount, hidden: hidden, activation: activation, loss: loss,
            optimizer: .unclipped(name), sampleCount: 30, seed: 9)
        for _ in 0..<5 { _ = problem.learn(rate: 0.01) }
        return problem
    }

    @Test(
        "new inputs change no prediction, whatever they say",
        arguments: [0, 1, 2, 17], Activation.allCases)
    func appendsInputs(count: Int, activation: Activation) {
        let problem = Self.learned(.crossEntropy, activation: activation)
        var wider = problem.network
        wider.appendInputs(count)
        #expect(wider.inputCount == 15 + count)
        #expect(wider.parameterCount == problem.network.parameterCount + 18 * count)
        #expect(wider.nonzeroParameterCount == problem.network.nonzeroParameterCount)
        var generator = SeededGenerator(seed: 4)
        for input in problem.inputs {
            let more = (0..<count).map { _ in Float(generator.nextNormal()) }
            #expect(wider.prediction(input + more) == problem.network.prediction(input))
        }
    }

    @Test(
        "new inputs leave the optimiser's state of the others as it was", arguments: Name.allCases)
    func keepsStateWhenAppending(name: Name) {
        let before = Self.learned(.squared, name: name).network
        var after = before
        after.appendInputs(3)
        for position in before.positions {
            #expect(after[position] == before[position])
            #expect(after.firstMoment(at: position) == before.firstMoment(at: position))
            #expect(after.secondMoment(at: position) == before.secondMoment(at: position))
        }
        #expect(after.age(ofUnit: 14, level: 0) == 5)
        #expect(after.age(ofUnit: 15, level: 0) == 0)
        #expect(after.age(ofUnit: 0, level: 1) == 5)
    }

    /// Epsilon is far below the roots that it is added to, so that a first step is the rate itself.
    private static var adamWithoutEpsilon: OptimizerConfiguration {
        var configuration = OptimizerConfiguration.unclipped(.adam)
        configuration.epsilon = 1e-20
        return configuration
    }

    @Test("Adam's first step of a new weight is no longer than the learning rate")
    func correctsNewWeightsByTheirOwnAge() {
        var problem = Self.learned(.squared, hidden: [], name: .adam)
        problem.network.setOptimizer(Self.adamWithoutEpsilon)
        problem.network.appendInputs(2)
        let inputs = problem.inputs.map { $0 + [1, -2] }
        for _ in 0..<200 {
            _ = problem.network.learn(
                problem.inputs.map { $0 + [0, 0] }, problem.targets, problem.importances,
                rate: 0.01)
        }
        // These are older than the next two, and their moments are still zero.
        problem.network.appendInputs(1)
        let before = problem.network
        _ = problem.network.learn(
            inputs.map { $0 + [3] }, problem.targets, problem.importances, rate: 0.01)
        for unit in 0..<3 {
            let new = ParameterPosition.weight(layer: 0, unit: unit, input: 17)
            // With m = (1 − β₁)g and s = (1 − β₂)g² at age 1, the corrected step is the rate.
            let change = abs(problem.network[new] - before[new])
            #expect(abs(change - 0.01) <= 0.01 * 16 * Float.ulpOfOne)
        }
    }

    @Test("Adam follows the formulas of each weight's own age in hidden layers as well")
    func agesAreThoseOfTheYoungerUnit() {
        var problem = Self.learned(.squared, hidden: [4], name: .adam)
        problem.network.setOptimizer(Self.adamWithoutEpsilon)
        problem.network.appendOutputs(1)
        let targets = problem.targets.map { $0 + [50] }
        let before = problem.network
        _ = problem.network.learn(problem.inputs, targets, problem.importances, rate: 0.01)
        for input in 0..<4 {
            let new = ParameterPosition.weight(layer: 1, unit: 3, input: input)
            #expect(
                abs(abs(problem.network[new] - before[new]) - 0.01) <= 0.01 * 16 * Float.ulpOfOne)
        }
        let bias = ParameterPosition.bias(layer: 1, unit: 3)
        #expect(abs(problem.network[bias] - 0.01) <= 0.01 * 16 * Float.ulpOfOne)
    }

    @Test("without its removed inputs a network predicts as if they were 0", arguments: [15, 33])
    func removesInputs(inputCount: Int) {
        let problem = Self.learned(.huber, inputCount: inputCount)
        var narrower = problem.network
        let removed = [inputCount - 1, 0, 7]
        narrower.removeInputs(removed)
        #expect(narrower.inputCount == inputCount - 3)
        for input in problem.inputs {
            var zeroed = input
            for index in removed { zeroed[index] = 0 }
            let kept = input.indices.filter { !removed.contains($0) }.map { input[$0] }
            let (got, expected) = (
                narrower.prediction(kept), problem.network.prediction(zeroed)
            )
            // The same terms, summed in other lanes: a rounding per term and level, on values of
            // a few units.
            for (a, b) in zip(got, expected) {
                #expect(abs(a - b) <= Float(inputCount + 30) * Float.ulpOfOne * max(1, abs(b)))
            }
        }
    }

    @Test("inputs that were appended can be removed again without a trace")
    func appendAndRemoveCancel() {
        let before = Self.learned(.absolute).network
        var after = before
        after.appendInputs(2)
        after.removeInputs([15, 16])
        #expect(after.positions == before.positions)
        for position in before.positions {
            #expect(after[position].bitPattern == before[position].bitPattern)
            #expect(after.firstMoment(at: position) == before.firstMoment(at: position))
            #expect(after.secondMoment(at: position) == before.secondMoment(at: position))
        }
    }

    @Test(
        "one logit becomes two with the same probabilities, and more with the same odds",
        arguments: [2, 3, 17], [[], [18, 5]])
    func becomesSoftmax(outputCount: Int, hidden: [Int]) {
        let problem = Self.learned(.logistic, hidden: hidden)
        var softmax = problem.network
        softmax.becomeSoftmax(outputCount: outputCount)
        #expect(softmax.loss == .crossEntropy)
        #expect(softmax.outputCount == outputCount)
        for input in problem.inputs {
            let before = problem.network.prediction(input)[0]
            let after = softmax.prediction(input)
            let share = after[1] / (after[0] + after[1])
            // Halves are exact; exponentials, a sum and quotients round, some ten times in all.
            #expect(abs(share - before) <= 5 * Float.ulpOfOne)
            #expect(abs(after.reduce(0, +) - 1) <= Float(outputCount) * Float.ulpOfOne)
            for other in after.dropFirst(2) { #expect(other == after.last) }
        }
    }

    @Test(
        "the softmax inherits velocities, mirrored for class 0, and squares",
        arguments: Name.allCases)
    func softmaxInheritsMoments(name: Name) {
        let before = Self.learned(.logistic, name: name).network
        var after = before
        after.becomeSoftmax(outputCount: 3)
        for input in 0..<5 {
            let source = ParameterPosition.weight(layer: 2, unit: 0, input: input)
            let one = ParameterPosition.weight(layer: 2, unit: 1, input: input)
            let first = before.firstMoment(at: source)
            #expect(after.firstMoment(at: source) == first.map { -$0 })
            #expect(after.firstMoment(at: one) == first)
            #expect(after.secondMoment(at: source) == before.secondMoment(at: source))
            #expect(after.secondMoment(at: one) == before.secondMoment(at: source))
        }
        #expect(after.age(ofUnit: 1, level: 3) == 5)
        #expect(after.age(ofUnit: 2, level: 3) == 0)
    }

    @Test("new outputs are zero and leave the others' values alone", arguments: [0, 1, 15])
    func appendsOutputs(count: Int) {
        let problem = Self.learned(.squared)
        var more = problem.network
        more.appendOutputs(count)
        for input in problem.inputs {
            let expected = problem.network.prediction(input) + [Float](repeating: 0, count: count)
            // A wide layer lies otherwise in memory and sums in another order: a rounding per
            // term and level.
            for (a, b) in zip(more.prediction(input), expected) {
                #expect(abs(a - b) <= 32 * Float.ulpOfOne * max(1, abs(b)))
            }
        }
    }

    @Test("a network goes on learning after every edit", arguments: Name.allCases)
    func learnsAfterEdits(name: Name) {
        var problem = Self.learned(.logistic, name: name)
        problem.network.appendInputs(4)
        problem.network.becomeSoftmax(outputCount: 2)
        problem.network.appendOutputs(2)
        problem.network.removeInputs([1])
        let inputs = problem.inputs.map { Array($0.dropFirst()) + [0, 1, -1, 0.5] }
        let targets = problem.inputs.indices.map { [Float($0 % 4)] }
        var losses: [Float] = []
        for _ in 0..<300 {
            let outcome = problem.network.learn(
                inputs, targets, problem.importances, rate: 0.005)
            #expect(outcome.applied)
            losses.append(outcome.loss)
        }
        #expect(losses[299] < losses[0])
    }
}
