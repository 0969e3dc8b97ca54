import NeuralNetwork
import Randomness
import Testing

@Suite("Optimisers")
struct OptimizerTests {
    typealias Name = OptimizerConfiguration.Name

    /// A linear model with one input of 1 and a target of 1. Its bias is put back to 0 after each
    /// step, so that the weight alone learns, as in the table.
    private func weightAfter(steps: Int, _ name: Name, _ loss: Loss, rate: Float) -> Float {
        var generator = SeededGenerator(seed: 1)
        var network = Network(
            inputCount: 1, hidden: [], outputCount: 1, activation: .relu, loss: loss,
            optimizer: .unclipped(name), generator: &generator)
        for _ in 0..<steps {
            #expect(network.learn([[1]], [[1]], [1], rate: rate).applied)
            network[.bias(layer: 0, unit: 0)] = 0
        }
        return network.weight(layer: 0, unit: 0, input: 0)
    }

    @Test(
        "the weight after a step or two is that of the golden table",
        arguments: [
            (Name.sgd, Loss.squared, 1, Float(0.2)), (.sgd, .squared, 2, 0.36),
            (.sgd, .logistic, 1, 0.05), (.adam, .squared, 2, 0.1995877),
            (.adagrad, .squared, 2, 0.1668965), (.rmsprop, .squared, 2, 0.5011294),
        ])
    func agreesWithGoldenTable(name: Name, loss: Loss, steps: Int, expected: Float) {
        // The table has seven decimals; Float adds a rounding of half an ulp for some ten
        // operations on numbers below 1.
        let tolerance = 0.5e-7 + 5 * Float.ulpOfOne
        let weight = weightAfter(steps: steps, name, loss, rate: 0.1)
        #expect(abs(weight - expected) <= tolerance, "\(weight)")
    }

    @Test(
        "fifty steps follow PyTorch's formulas in Double",
        arguments: Name.allCases, [Float(0), 0.01])
    func followsTheFormulas(name: Name, weightDecay: Float) {
        var configuration = OptimizerConfiguration.unclipped(name)
        configuration.weightDecay = weightDecay
        var problem = Problem(
            inputCount: 3, hidden: [], activation: .relu, loss: .squared, outputCount: 2,
            optimizer: configuration, sampleCount: 50, seed: 3)
        var reference = ReferenceNetwork(problem.network)
        var optimizers = reference.parameters.map { _ in ReferenceOptimizer(configuration) }
        let positions = problem.network.positions

        for (input, target) in zip(problem.inputs, problem.targets) {
            _ = problem.network.learn([input], [target], [1], rate: 0.01)

            let input = input.map(Double.init)
            let outputs = reference.prediction(input)
            for (index, position) in positions.enumerated() {
                // Squared loss, mean over two outputs: the derivative is 2 · error / 2.
                var gradient = outputs[position.unit] - Double(target[position.unit])
                if let source = position.input {
                    gradient *= input[source]
                    gradient += Double(weightDecay) * reference.parameters[index]
                }
                reference.parameters[index] = optimizers[index].step(
                    reference.parameters[index], gradient, rate: Double(Float(0.01)))
            }
        }
        // Every step rounds some eight times, by half an ulp of numbers of about 1, and a convex
        // problem does not blow earlier roundings up.
        let tolerance = 50 * 8 * Double(Float.ulpOfOne) / 2
        for (value, expected) in zip(problem.network.values, reference.parameters) {
            #expect(abs(Double(value) - expected) <= tolerance * max(1, abs(expected)))
        }
        #expect(problem.network.stepCount == 50)
    }

    @Test("an optimiser of another kind starts from zero, one of the same kind goes on")
    func changesOptimizers() {
        var problem = Problem(
            hidden: [4], activation: .tanh, loss: .squared, optimizer: .unclipped(.adam), seed: 5)
        for _ in 0..<3 { _ = problem.learn(rate: 0.01) }
        var network = problem.network
        let position = ParameterPosition.weight(layer: 0, unit: 1, input: 2)

        var changed = network.optimizer
        changed.beta2 = 0.99
        network.setOptimizer(changed)
        #expect(network.secondMoment(at: position) == problem.network.secondMoment(at: position))
        #expect(network.age(ofUnit: 1, level: 1) == 3)

        network.setOptimizer(.unclipped(.momentum))
        #expect(network.values == problem.network.values)
        #expect(network.firstMoment(at: position) == 0)
        #expect(network.secondMoment(at: position) == nil)

        network.setOptimizer(.unclipped(.adam))
        #expect(network.age(ofUnit: 1, level: 1) == 0)
        #expect(network.age(ofUnit: 2, level: 0) == 0)
    }
}
