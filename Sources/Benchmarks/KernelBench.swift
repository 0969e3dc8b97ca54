import Kernels
import NeuralNetwork
import Randomness

/// A network with samples to work on.
struct KernelBench {
    private var network: Network
    private var workspace = Workspace()
    /// Shape `[samples, inputs]`.
    private let inputs: [Float]
    private let targets: [Float]
    private let importances: [Float]
    private var outputs: [Float]
    /// Shape `[batchCount, outputs]`.
    private var batchOutputs: [Float]
    private static let sampleCount = 64
    /// Samples of a batch.
    static let batchCount = 32

    init(shape: [Int], optimizer name: OptimizerConfiguration.Name, activation: Activation) {
        var generator = SeededGenerator(seed: 1)
        var optimizer = OptimizerConfiguration()
        optimizer.name = name
        let outputCount = shape[shape.count - 1]
        network = Network(
            inputCount: shape[0], hidden: Array(shape[1..<shape.count - 1]),
            outputCount: outputCount, activation: activation, loss: .crossEntropy,
            optimizer: optimizer, generator: &generator)
        inputs = (0..<Self.sampleCount * shape[0]).map { _ in Float(generator.nextNormal()) }
        targets = (0..<Self.sampleCount).map { _ in
            Float(generator.nextIndex(below: outputCount))
        }
        importances = [Float](repeating: 1, count: Self.sampleCount)
        outputs = [Float](repeating: 0, count: outputCount)
        batchOutputs = [Float](repeating: 0, count: Self.batchCount * outputCount)
    }

    /// Predicts so many samples, one by one.
    mutating func predict(_ count: Int) {
        for step in 0..<count {
            let sample = step % Self.sampleCount
            network.predict(
                sample..<sample + 1, of: inputs, into: &outputs, using: &workspace)
        }
    }

    /// Predicts so many batches of ``batchCount``, each in one call.
    mutating func predictBatches(_ count: Int) {
        for step in 0..<count {
            let start = step * Self.batchCount % Self.sampleCount
            network.predict(
                start..<start + Self.batchCount, of: inputs, into: &batchOutputs,
                using: &workspace)
        }
    }

    /// Learns so many samples, one by one.
    mutating func learn(_ count: Int) {
        for step in 0..<count {
            let sample = step % Self.sampleCount
            learn(samples: sample..<sample + 1)
        }
    }

    /// Learns so many batches.
    mutating func learn(_ count: Int, batch: Int) {
        for step in 0..<count {
            let start = step * batch % Self.sampleCount
            learn(samples: start..<start + batch)
        }
    }

    private mutating func learn(samples: Range<Int>) {
        // Copies of three references: spans of fields cannot stand beside a change of another one.
        let (inputs, targets, importances) = (inputs, targets, importances)
        let width = network.inputCount
        let outcome = network.learn(
            inputs: inputs.span.extracting(samples.lowerBound * width..<samples.upperBound * width),
            targets: targets.span.extracting(samples),
            importances: importances.span.extracting(samples), learningRate: 0.001,
            using: &workspace)
        precondition(outcome.applied, "a step of the benchmark was not finite")
    }
}

extension Network {
    /// Predicts the samples at some indices of `inputs`, whose shape is `[samples, inputCount]`.
    fileprivate func predict(
        _ samples: Range<Int>, of inputs: [Float], into outputs: inout [Float],
        using workspace: inout Workspace
    ) {
        var span = outputs.mutableSpan
        predict(
            inputs.span.extracting(
                samples.lowerBound * inputCount..<samples.upperBound * inputCount),
            into: &span, using: &workspace)
    }
}
