import Kernels
import NeuralNetwork
import Randomness

/// Nanoseconds of one step of a bare network: predict, then learn.
struct KernelSection {
    let effort: Effort

    /// Inputs, hidden layers, outputs.
    private static let shapes = [
        [10, 32, 2], [50, 128, 64, 2], [784, 256, 10], [54, 256, 256, 7], [100, 1024, 1024, 10],
    ]
    private static let batch = 32

    func run(into report: inout Report) {
        for shape in Self.shapes {
            let name = shape.map(String.init).joined(separator: "-")
            for optimizer in OptimizerConfiguration.Name.allCases {
                var bench = KernelBench(shape: shape, optimizer: optimizer)
                report.add(
                    .kernels, "\(name) \(optimizer.rawValue)", .nanosecondsPerSample,
                    Stopwatch.nanosecondsPerOperation(effort) { bench.learn($0) })
            }
            var bench = KernelBench(shape: shape, optimizer: .sgd)
            report.add(
                .kernels, "\(name) predict only", .nanosecondsPerSample,
                Stopwatch.nanosecondsPerOperation(effort) { bench.predict($0) })
            let batches = Stopwatch.nanosecondsPerOperation(effort) {
                bench.learn($0, batch: Self.batch)
            }
            report.add(
                .kernels, "\(name) sgd, learn only, batches of \(Self.batch)",
                .nanosecondsPerSample, batches.map { $0 / Double(Self.batch) })
        }
    }
}

/// A network with samples to work on.
private struct KernelBench {
    private var network: Network
    private var workspace = Workspace()
    /// Shape `[samples, inputs]`.
    private let inputs: [Float]
    private let targets: [Float]
    private let importances: [Float]
    private var outputs: [Float]
    private static let sampleCount = 64

    init(shape: [Int], optimizer name: OptimizerConfiguration.Name) {
        var generator = SeededGenerator(seed: 1)
        var optimizer = OptimizerConfiguration()
        optimizer.name = name
        let outputCount = shape[shape.count - 1]
        network = Network(
            inputCount: shape[0], hidden: Array(shape[1..<shape.count - 1]),
            outputCount: outputCount, activation: .relu, loss: .crossEntropy,
            optimizer: optimizer, generator: &generator)
        inputs = (0..<Self.sampleCount * shape[0]).map { _ in Float(generator.nextNormal()) }
        targets = (0..<Self.sampleCount).map { _ in
            Float(generator.nextIndex(below: outputCount))
        }
        importances = [Float](repeating: 1, count: Self.sampleCount)
        outputs = [Float](repeating: 0, count: outputCount)
    }

    mutating func predict(_ count: Int) {
        for step in 0..<count { predict(sample: step % Self.sampleCount) }
    }

    mutating func learn(_ count: Int) {
        for step in 0..<count {
            let sample = step % Self.sampleCount
            predict(sample: sample)
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

    private mutating func predict(sample: Int) {
        network.predict(sample, of: inputs, into: &outputs, using: &workspace)
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
    /// Predicts the sample at an index of `inputs`, whose shape is `[samples, inputCount]`.
    fileprivate func predict(
        _ sample: Int, of inputs: [Float], into outputs: inout [Float],
        using workspace: inout Workspace
    ) {
        var span = outputs.mutableSpan
        predict(
            inputs.span.extracting(sample * inputCount..<(sample + 1) * inputCount), into: &span,
            using: &workspace)
    }
}
