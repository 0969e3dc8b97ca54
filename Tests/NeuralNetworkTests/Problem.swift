import NeuralNetwork
import Randomness
import StateCoding

/// A network and samples for it, drawn from a seed.
struct Problem {
    var network: Network
    let inputs: [[Float]]
    let targets: [[Float]]
    let importances: [Float]

    /// - Parameter spread: Half the width of the range that weights and biases are redrawn from,
    ///   so that no symmetry of the first weights can hide a mistake.
    init(
        inputCount: Int = 5, hidden: [Int], activation: Activation, loss: Loss,
        outputCount: Int? = nil, optimizer: OptimizerConfiguration, sampleCount: Int = 1,
        spread: Float = 0.7, seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        let outputCount = loss == .logistic ? 1 : outputCount ?? 3
        network = Network(
            inputCount: inputCount, hidden: hidden, outputCount: outputCount,
            activation: activation, loss: loss, optimizer: optimizer, generator: &generator)
        for position in network.positions {
            network[position] = spread * (2 * generator.nextUniform() - 1)
        }
        let classCount = loss == .logistic ? 2 : outputCount
        inputs = (0..<sampleCount).map { _ in
            (0..<inputCount).map { _ in Float(generator.nextNormal()) }
        }
        targets = (0..<sampleCount).map { _ in
            loss.isClassification
                ? [Float(generator.nextIndex(below: classCount))]
                : (0..<outputCount).map { _ in 2 * Float(generator.nextNormal()) }
        }
        importances = (0..<sampleCount).map { _ in 0.5 + generator.nextUniform() }
    }

    /// Learns all samples as one batch.
    mutating func learn(rate: Float) -> StepOutcome {
        network.learn(inputs, targets, importances, rate: rate)
    }
}

extension OptimizerConfiguration {
    /// Without clipping, so that steps are the bare formulas.
    static func unclipped(_ name: Name) -> OptimizerConfiguration {
        var configuration = OptimizerConfiguration()
        configuration.name = name
        configuration.gradientClip = 0
        // What PyTorch's formulas and the golden table are computed with.
        configuration.rho = 0.9
        configuration.epsilon = 1e-8
        return configuration
    }
}

extension Network {
    /// Learns a batch that is held in arrays of arrays.
    mutating func learn(
        _ inputs: [[Float]], _ targets: [[Float]], _ importances: [Float], rate: Float
    ) -> StepOutcome {
        var workspace = Workspace()
        return learn(inputs, targets, importances, rate: rate, using: &workspace)
    }

    /// Learns a batch that is held in arrays of arrays.
    mutating func learn(
        _ inputs: [[Float]], _ targets: [[Float]], _ importances: [Float], rate: Float,
        using workspace: inout Workspace
    ) -> StepOutcome {
        let inputs = inputs.flatMap { $0 }
        let targets = targets.flatMap { $0 }
        return learn(
            inputs: inputs.span, targets: targets.span, importances: importances.span,
            learningRate: rate, using: &workspace)
    }

    /// The prediction for one sample.
    func prediction(_ input: [Float]) -> [Float] {
        var workspace = Workspace()
        var output = [Float](repeating: 0, count: outputCount)
        var span = output.mutableSpan
        predict(input.span, into: &span, using: &workspace)
        return output
    }

    /// Every weight and bias, in the order of ``positions``.
    var values: [Float] { positions.map { self[$0] } }

    /// The complete state, to the last bit.
    var stateBytes: [UInt8] {
        var writer = StateWriter()
        encode(to: &writer)
        return writer.bytes
    }
}
