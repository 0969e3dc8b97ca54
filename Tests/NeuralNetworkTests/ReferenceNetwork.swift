import Glibc
import NeuralNetwork

/// The plainest possible network, in Double: what ``Network`` is held against.
///
/// It knows no gradients. Tests take them from central differences of its loss.
struct ReferenceNetwork {
    /// Units per level, inputs first.
    let counts: [Int]
    /// For each layer the lowest level that it reads.
    let sources: [Int]
    let activation: Activation
    let loss: Loss
    /// In the order of ``Network/positions``.
    var parameters: [Double]

    init(_ network: Network) {
        counts = [network.inputCount] + network.hidden + [network.outputCount]
        sources = network.sources
        activation = network.activation
        loss = network.loss
        parameters = network.positions.map { Double(network[$0]) }
    }

    /// Weighted sums of every unit, level by level; the last are the logits or values.
    func weightedSums(_ input: [Double]) -> [[Double]] {
        var sums: [[Double]] = []
        var levels = [input]
        var start = 0
        for layer in 0..<counts.count - 1 {
            let values = levels[sources[layer]...layer].flatMap { $0 }
            let (fanIn, units) = (values.count, counts[layer + 1])
            sums.append(
                (0..<units).map { unit in
                    (0..<fanIn).reduce(parameters[start + units * fanIn + unit]) {
                        $0 + parameters[start + unit * fanIn + $1] * values[$1]
                    }
                })
            levels.append(sums[layer].map(activate))
            start += units * (fanIn + 1)
        }
        return sums
    }

    private func activate(_ z: Double) -> Double {
        switch activation {
        case .relu: max(z, 0)
        case .leakyReLU: z > 0 ? z : 0.01 * z
        case .tanh: tanh(z)
        case .sigmoid: 1 / (1 + exp(-z))
        }
    }

    func prediction(_ input: [Double]) -> [Double] {
        let outputs = weightedSums(input).last ?? []
        switch loss {
        case .logistic:
            return outputs.map { 1 / (1 + exp(-$0)) }
        case .crossEntropy:
            let weights = outputs.map(exp)
            return weights.map { $0 / weights.reduce(0, +) }
        case .squared, .absolute, .huber:
            return outputs
        }
    }

    /// One sample's loss, straight from the definitions.
    func loss(_ input: [Double], _ targets: [Double]) -> Double {
        let predictions = prediction(input)
        switch loss {
        case .logistic:
            return -log(targets[0] == 1 ? predictions[0] : 1 - predictions[0])
        case .crossEntropy:
            return -log(predictions[Int(targets[0])])
        case .squared, .absolute, .huber:
            let losses = zip(predictions, targets).map { prediction, target in
                let error = abs(prediction - target)
                switch loss {
                case .squared: return error * error
                case .huber where error <= 1: return error * error / 2
                case .huber: return error - 0.5
                default: return error
                }
            }
            return losses.reduce(0, +) / Double(losses.count)
        }
    }

    /// Mean loss of a batch, each sample times its importance.
    func loss(inputs: [[Double]], targets: [[Double]], importances: [Double]) -> Double {
        var sum = 0.0
        for (index, input) in inputs.enumerated() {
            sum += importances[index] * loss(input, targets[index])
        }
        return sum / Double(inputs.count)
    }

    /// The gradient by central differences, in the order of ``parameters``.
    func gradient(
        inputs: [[Double]], targets: [[Double]], importances: [Double], step: Double
    ) -> [Double] {
        parameters.indices.map { index in
            var above = self
            var below = self
            above.parameters[index] += step
            below.parameters[index] -= step
            let difference =
                above.loss(inputs: inputs, targets: targets, importances: importances)
                - below.loss(inputs: inputs, targets: targets, importances: importances)
            return difference / (2 * step)
        }
    }
}
