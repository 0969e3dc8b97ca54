import NeuralNetwork
import Randomness
import StateCoding
import Testing

@Suite("Network")
struct NetworkTests {
    private static func network(
        _ hidden: [Int], _ activation: Activation, inputCount: Int = 24, seed: UInt64 = 1
    ) -> Network {
        var generator = SeededGenerator(seed: seed)
        return Network(
            inputCount: inputCount, hidden: hidden, outputCount: 2, activation: activation,
            loss: .crossEntropy, optimizer: OptimizerConfiguration(), generator: &generator)
    }

    @Test("a linear model starts from zero and draws nothing")
    func linearModelsStartFromZero() {
        var generator = SeededGenerator(seed: 1)
        let network = Network(
            inputCount: 4, hidden: [], outputCount: 1, activation: .relu, loss: .logistic,
            optimizer: OptimizerConfiguration(), generator: &generator)
        #expect(network.nonzeroParameterCount == 0)
        #expect(network.prediction([1, 2, 3, 4]) == [0.5])
        #expect(generator == SeededGenerator(seed: 1))
    }

    @Test(
        "hidden weights fill the He or Glorot range, outputs ±0.01, biases keep rectifiers alive",
        arguments: Activation.allCases)
    func drawsInitialWeights(activation: Activation) {
        let network = Self.network([40, 8], activation)
        let counts = [24, 40, 8, 2]
        for layer in 0..<3 {
            let sum = Float(counts[layer] + counts[layer + 1])
            let hidden =
                activation == .relu || activation == .leakyReLU
                ? (6 / Float(counts[layer])).squareRoot() : (6 / sum).squareRoot()
            let bound = layer == 2 ? 0.01 : hidden
            // Rectified units start alive, so that they can learn from an input that is zero yet.
            let bias: Float = activation == .relu || activation == .leakyReLU ? 0.01 : 0
            let weights = (0..<counts[layer + 1]).flatMap { unit in
                (0..<counts[layer]).map { network.weight(layer: layer, unit: unit, input: $0) }
            }
            let largest = weights.reduce(0) { max($0, abs($1)) }
            #expect(largest <= bound)
            // All of n uniform draws miss the outer fifth with probability 0.8ⁿ; n is 16 at least.
            #expect(largest > 0.8 * bound)
            #expect((weights.min() ?? 0) < 0)
            for unit in 0..<counts[layer + 1] {
                #expect(network.bias(layer: layer, unit: unit) == (layer < 2 ? bias : 0))
            }
        }
    }

    @Test("counts parameters, those that are not zero, and bytes")
    func counts() {
        let network = Self.network([40, 8], .relu)
        #expect(network.parameterCount == 25 * 40 + 41 * 8 + 9 * 2)
        // A draw is zero once in 2²⁴; the biases of the rectified units are not zero.
        #expect(network.nonzeroParameterCount == 24 * 40 + 40 * 8 + 8 * 2 + 40 + 8)
        // RMSprop keeps one more number per parameter.
        #expect(network.byteCount >= 8 * network.parameterCount)
        #expect(network.hidden == [40, 8])
    }

    @Test(
        "predictions agree with the reference in Double",
        arguments: Activation.allCases, Loss.allCases)
    func predicts(activation: Activation, loss: Loss) {
        for width in [1, 15, 16, 17, 40] {
            let problem = Problem(
                inputCount: width, hidden: [width, 9], activation: activation, loss: loss,
                outputCount: width, optimizer: .unclipped(.sgd), sampleCount: 4, spread: 0.4,
                seed: UInt64(width))
            let reference = ReferenceNetwork(problem.network)
            for input in problem.inputs {
                let expected = reference.prediction(input.map(Double.init))
                let sums = reference.weightedSums(input.map(Double.init))
                // A rounding per term and function, times the largest value on the way.
                let size = sums.joined().reduce(1) { max($0, abs($1)) }
                let tolerance = Double(3 * width + 40) * size * Double(Float.ulpOfOne) / 2
                for (value, wanted) in zip(problem.network.prediction(input), expected) {
                    #expect(abs(Double(value) - wanted) <= tolerance)
                }
            }
        }
    }

    @Test("many samples at once are predicted as one by one, and as by a prediction copy")
    func predictsSeveral() {
        let problem = Problem(
            hidden: [20], activation: .sigmoid, loss: .crossEntropy, optimizer: .unclipped(.sgd),
            sampleCount: 7, seed: 2)
        let inputs = problem.inputs.flatMap { $0 }
        var workspace = Workspace()
        var together = [Float](repeating: 0, count: 21)
        var span = together.mutableSpan
        problem.network.predict(inputs.span, into: &span, using: &workspace)
        #expect(together == problem.inputs.flatMap { problem.network.prediction($0) })

        var copied = [Float](repeating: 0, count: 21)
        var copiedSpan = copied.mutableSpan
        problem.network.forPrediction().predict(inputs.span, into: &copiedSpan, using: &workspace)
        #expect(copied == together)
    }

    @Test("a copy for predictions does not see later learning")
    func copiesAreSnapshots() {
        var problem = Problem(
            hidden: [20], activation: .relu, loss: .squared, optimizer: .unclipped(.sgd), seed: 2)
        let before = problem.network
        let snapshot = problem.network.forPrediction()
        _ = problem.learn(rate: 0.1)
        #expect(snapshot == before.forPrediction())
        #expect(snapshot != problem.network.forPrediction())
    }

    @Test(
        "probabilities and losses stay finite at huge logits", arguments: [Float(1e3), 1e30, -1e30])
    func isStable(size: Float) {
        for loss in [Loss.logistic, .crossEntropy] {
            var generator = SeededGenerator(seed: 1)
            var network = Network(
                inputCount: 1, hidden: [], outputCount: loss == .logistic ? 1 : 2,
                activation: .relu, loss: loss, optimizer: .unclipped(.sgd),
                generator: &generator)
            network[.weight(layer: 0, unit: network.outputCount - 1, input: 0)] = size
            let likely: Float = size > 0 ? 1 : 0
            #expect(network.prediction([1]).last == likely)
            // Sure and right costs nothing; sure and wrong costs the logit itself.
            #expect(network.learn([[1]], [[likely]], [1], rate: 0).loss == 0)
            #expect(network.learn([[1]], [[1 - likely]], [1], rate: 0).loss == abs(size))
        }
    }

    @Test("NaN in an input is NaN in the prediction", arguments: Activation.allCases)
    func doesNotHideNaN(activation: Activation) {
        let network = Self.network([4], activation, inputCount: 2)
        #expect(network.prediction([.nan, 0]).allSatisfy { $0.isNaN })
    }

    @Test("a network without inputs learns its biases")
    func learnsWithoutInputs() {
        var network = Self.network([3], .tanh, inputCount: 0)
        for _ in 0..<200 { #expect(network.learn([[]], [[1]], [1], rate: 0.01).applied) }
        #expect(network.prediction([])[1] > 0.9)
    }

    @Test("bytes that end early, at any place, are refused")
    func refusesTruncatedState() throws {
        var problem = Problem(
            hidden: [3], activation: .relu, loss: .squared, optimizer: .unclipped(.adam), seed: 1)
        _ = problem.learn(rate: 0.1)
        let bytes = problem.network.stateBytes
        for count in bytes.indices {
            var reader = StateReader(bytes: Array(bytes[..<count]))
            #expect(throws: StateError.self) { try Network(from: &reader) }
        }
    }

    @Test("counts of units that no bytes stand for are refused before memory is taken")
    func refusesAbsurdShapes() {
        for counts in [[1 << 40, 1 << 40, 1], [Int.max, 1], [3, 0, 1], [-1, 2], [4], []] {
            var writer = StateWriter()
            writer.write("relu")
            writer.write("squared")
            writer.write(OptimizerConfiguration())
            writer.write(counts)
            writer.write([Float](repeating: 0, count: 100))
            var reader = StateReader(bytes: writer.bytes)
            #expect(throws: StateError.self) { try Network(from: &reader) }
        }
    }

    @Test("an optimiser's state of another kind than its name is refused")
    func refusesForeignMoments() throws {
        let problem = Problem(
            hidden: [3], activation: .relu, loss: .squared, optimizer: .unclipped(.adam), seed: 1)
        var writer = StateWriter()
        writer.write("relu")
        writer.write("squared")
        writer.write(OptimizerConfiguration.unclipped(.sgd))
        var rest = StateReader(bytes: problem.network.stateBytes)
        _ = try rest.readString()
        _ = try rest.readString()
        _ = try rest.read(OptimizerConfiguration.self)
        let bytes = writer.bytes + problem.network.stateBytes.suffix(rest.remainingCount)
        var reader = StateReader(bytes: bytes)
        #expect(throws: StateError.self) { try Network(from: &reader) }
    }
}
