import NeuralNetwork
import Randomness
import StateCoding
import TestSupport
import Testing

@Suite("Layers in the form of other programs")
struct DenseLayerTests {
    private static func network(_ hidden: [Int], _ loss: Loss, outputs: Int) -> Network {
        var generator = SeededGenerator(seed: 3)
        var network = Network(
            inputCount: 7, hidden: hidden, outputCount: outputs, activation: .tanh, loss: loss,
            optimizer: OptimizerConfiguration(), generator: &generator)
        for position in network.positions { network[position] = Float(generator.nextNormal()) }
        return network
    }

    @Test(
        "A network made of another one's layers gives the same bits",
        arguments: [[], [1], [17, 4], [9, 9, 9]], [Loss.logistic, .crossEntropy, .huber])
    func roundTrip(hidden: [Int], loss: Loss) {
        let network = Self.network(hidden, loss, outputs: loss == .logistic ? 1 : 3)
        let layers = network.forPrediction().layers
        #expect(layers.map(\.unitCount) == network.hidden + [network.outputCount])
        let copy = Network(
            layers: layers, activation: .tanh, loss: loss, optimizer: OptimizerConfiguration())
        let input: [Float] = [1, -2, 0.5, 0, 3, -0.25, 1e-3]
        #expect(copy.prediction(input) == network.prediction(input))
        #expect(copy.forPrediction().layers == layers)
    }

    @Test("Weights lie unit by unit, as PyTorch has them")
    func layout() {
        let layer = DenseLayer(inputCount: 2, weights: [1, 2, 3, 4, 5, 6], biases: [10, 20, 30])
        let network = Network(
            layers: [layer], activation: .relu, loss: .squared,
            optimizer: OptimizerConfiguration())
        // By hand: W x + b.
        #expect(network.prediction([1, 100]) == [211, 423, 635])
    }

    @Test("Layers that do not follow each other are no network")
    func mismatch() {
        let layer = DenseLayer(inputCount: 2, weights: [1, 2], biases: [1])
        #expect(!Network.form([], network: .squared))
        #expect(!Network.form([layer, layer], network: .squared))
        let wide = DenseLayer(inputCount: 1, weights: [1, 2], biases: [1, 2])
        #expect(Network.form([layer, wide], network: .crossEntropy))
        #expect(!Network.form([layer, wide], network: .logistic))
    }

    @Test("A layer whose counts disagree is refused", arguments: [-1, 0, 1, 3, Int.max])
    func refuses(inputCount: Int) {
        var writer = StateWriter()
        writer.write(inputCount)
        writer.write([Float](repeating: 1, count: 4))
        writer.write([Float](repeating: 1, count: 2))
        #expect(throws: StateError.self) {
            _ = try value(DenseLayer.self, fromState: writer.bytes)
        }
    }
}
