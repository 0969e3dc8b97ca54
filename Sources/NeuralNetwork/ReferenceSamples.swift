import Kernels

/// Samples that edits are judged on, as a network gets them.
public struct ReferenceSamples: Equatable, Sendable {
    public struct Sample: Equatable, Sendable {
        /// `[inputs]`.
        public var inputs: [Float]
        /// A class index, or `[outputs]` values.
        public var targets: [Float]

        public init(inputs: [Float], targets: [Float]) {
            self.inputs = inputs
            self.targets = targets
        }
    }

    public private(set) var samples: [Sample] = []

    public init() {}

    public init(_ samples: some Sequence<Sample>) { self.samples = Array(samples) }

    public var isEmpty: Bool { samples.isEmpty }

    /// At most so many of them, evenly spread.
    func thinned(to count: Int) -> ReferenceSamples {
        guard samples.count > count, count > 0 else { return self }
        return ReferenceSamples((0..<count).map { samples[$0 * samples.count / count] })
    }
}

extension Network {
    /// Whether the network can be asked about a sample: one of a class that it gets only with the
    /// next update is passed over.
    func suits(_ sample: ReferenceSamples.Sample) -> Bool {
        guard sample.inputs.count == inputCount else { return false }
        guard loss == .crossEntropy else {
            return sample.targets.count == (loss == .logistic ? 1 : outputCount)
        }
        return sample.targets.count == 1 && sample.targets[0] >= 0
            && sample.targets[0] < Float(outputCount)
    }

    /// The samples that an edit may spend its time on: a pass over many would hold learning up.
    func affordable(_ samples: ReferenceSamples, passes: Int = 1) -> ReferenceSamples {
        let budget = 1 << 27
        let count = budget / max(1, parameterCount * passes)
        return ReferenceSamples(samples.samples.filter(suits)).thinned(to: max(16, count))
    }

    /// Looks at samples.
    func probe(_ samples: ReferenceSamples, connections: Bool = false) -> NetworkProbe {
        var probe = NetworkProbe(
            parameters.weights, activation: activation, loss: loss, looksAtConnections: connections)
        for sample in samples.samples {
            probe.look(inputs: sample.inputs.span, targets: sample.targets.span)
        }
        return probe
    }

    /// The outputs for every sample, `[samples, outputs]`.
    func outputs(_ samples: ReferenceSamples) -> [Float] {
        var workspace = Workspace()
        var result: [Float] = []
        var output = [Float](repeating: 0, count: outputCount)
        for sample in samples.samples {
            var span = output.mutableSpan
            predict(sample.inputs.span, into: &span, using: &workspace)
            result.append(contentsOf: output)
        }
        return result
    }

    /// The loss of each sample, from ``outputs(_:)``.
    func losses(_ outputs: [Float], _ samples: ReferenceSamples) -> [Double] {
        samples.samples.indices.map { index in
            let start = index * outputCount
            return Double(
                loss.value(
                    of: outputs[start..<start + outputCount],
                    targets: samples.samples[index].targets))
        }
    }

    /// Mean loss over the samples that the network can be asked about; 0 without any.
    public func meanLoss(_ samples: ReferenceSamples) -> Double {
        let samples = ReferenceSamples(samples.samples.filter(suits))
        guard !samples.isEmpty else { return 0 }
        return losses(outputs(samples), samples).reduce(0, +) / Double(samples.samples.count)
    }
}
