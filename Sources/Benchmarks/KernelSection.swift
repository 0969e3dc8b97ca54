import Kernels
import NeuralNetwork

/// Nanoseconds of one step of a bare network, and what share of it the machine's limits leave no
/// way around.
///
/// The floor of a step with one sample is a pass that reads all weights and a pass that reads and
/// writes them and the optimiser's memory; that of a prediction is one pass that reads them; that
/// of a micro-batch is the time in which its operations can be done. A step that passes over resting
/// units can be faster than its floor.
struct KernelSection {
    let effort: Effort

    /// Inputs, hidden layers, outputs.
    private static let shapes = [
        [10, 32, 2], [50, 128, 64, 2], [784, 256, 10], [54, 256, 256, 7], [100, 1024, 1024, 10],
    ]
    private static let batch = KernelBench.batchCount

    func run(into report: inout Report) {
        let limits = MachineLimits(effort: effort)
        let peak = limits.operationsPerNanosecond()
        for shape in Self.shapes {
            let name = shape.map(String.init).joined(separator: "-")
            let weightCount = zip(shape, shape.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
            let reading = limits.read(weightCount)
            for (optimizer, activation) in Self.cases {
                var bench = KernelBench(shape: shape, optimizer: optimizer, activation: activation)
                let updating = limits.update(weightCount * (1 + optimizer.moments))
                add(
                    "\(name) \(optimizer.rawValue) \(activation)", into: &report,
                    Stopwatch.nanosecondsPerOperation(effort) { bench.learn($0) },
                    floor: zip(reading, updating).map { $0 + $1 })
            }
            predict(shape, name, floor: reading, into: &report)
            let operations = 6 * weightCount - 2 * shape[0] * shape[1]
            for optimizer in [OptimizerConfiguration.Name.sgd, .rmsprop] {
                var bench = KernelBench(shape: shape, optimizer: optimizer, activation: .relu)
                let batches = Stopwatch.nanosecondsPerOperation(effort) {
                    bench.learn($0, batch: Self.batch)
                }
                add(
                    "\(name) \(optimizer.rawValue), batches of \(Self.batch)", into: &report,
                    batches.map { $0 / Double(Self.batch) },
                    floor: peak.map { Double(operations) / $0 })
            }
        }
    }

    private func predict(
        _ shape: [Int], _ name: String, floor: [Double], into report: inout Report
    ) {
        var bench = KernelBench(shape: shape, optimizer: .sgd, activation: .relu)
        let alone = Stopwatch.nanosecondsPerOperation(effort) { bench.predict($0) }
        let together = Stopwatch.nanosecondsPerOperation(effort) {
            bench.predictBatches($0)
        }.map { $0 / Double(Self.batch) }
        add("\(name) predict", into: &report, alone, floor: floor)
        let title = "\(name) predict, \(Self.batch) together"
        report.add(.kernels, title, .nanosecondsPerSample, together)
        report.add(
            .kernels, "\(title): gain over one by one", .ratio,
            zip(alone, together).map { $0 / $1 })
    }

    /// Every optimiser behind ReLU, where half the units rest; and plain SGD where none does.
    private static let cases: [(OptimizerConfiguration.Name, Activation)] =
        OptimizerConfiguration.Name.allCases.map { ($0, .relu) } + [(.sgd, .tanh)]

    private func add(
        _ name: String, into report: inout Report, _ values: [Double], floor: [Double]
    ) {
        report.add(.kernels, name, .nanosecondsPerSample, values)
        report.add(.kernels, "\(name): share of the floor", .ratio, zip(floor, values).map(/))
    }
}

extension OptimizerConfiguration.Name {
    /// Numbers that the optimiser keeps per weight.
    fileprivate var moments: Int {
        switch self {
        case .sgd: 0
        case .momentum, .nesterov, .adagrad, .rmsprop: 1
        case .adam: 2
        }
    }
}
