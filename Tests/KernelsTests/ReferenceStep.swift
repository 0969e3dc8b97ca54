import Glibc

@testable import Kernels

/// One step in Double, parameter by parameter: what the kernels are held against.
struct ReferenceStep {
    let counts: [Int]
    let settings: StepSettings
    /// In the order of ``NetworkParameters/positions``.
    var parameters: [Double]
    var first: [Double]
    var second: [Double]

    init(_ network: NetworkParameters, _ settings: StepSettings) {
        counts = network.shape.unitCounts
        self.settings = settings
        parameters = network.positions.map { Double(network[$0]) }
        first = network.positions.map { Double(network.firstMoment(at: $0) ?? 0) }
        second = network.positions.map { Double(network.secondMoment(at: $0) ?? 0) }
    }

    struct Result {
        var loss = 0.0
        var gradient: [Double]
        /// How close any weighted sum or error comes to a kink of the activation or the loss.
        var distanceToKink = Double.infinity
    }

    private func offset(_ layer: Int) -> Int {
        (0..<layer).reduce(0) { $0 + (counts[$1] + 1) * counts[$1 + 1] }
    }

    /// Loss and gradient of a batch: the mean over the samples, each times its importance.
    func backpropagate(inputs: [[Float]], targets: [[Float]], importances: [Float]) -> Result {
        var result = Result(gradient: [Double](repeating: 0, count: parameters.count))
        for (index, input) in inputs.enumerated() {
            let scale = Double(importances[index]) / Double(inputs.count)
            let levels = forward(input.map(Double.init), &result)
            var deltas = [Double](repeating: 0, count: counts[counts.count - 1])
            let outputs = levels[levels.count - 1]
            result.loss +=
                scale * loss(outputs, targets[index].map(Double.init), &deltas, &result)
            deltas = deltas.map { scale * $0 }
            for layer in (0..<counts.count - 1).reversed() {
                deltas = collect(layer, levels[layer], deltas, &result)
            }
        }
        return result
    }

    /// Inputs, activations of every hidden level, and outputs.
    private func forward(_ input: [Double], _ result: inout Result) -> [[Double]] {
        var levels = [input]
        for layer in 0..<counts.count - 1 {
            let start = offset(layer)
            let (fanIn, units) = (counts[layer], counts[layer + 1])
            var sums = [Double](repeating: 0, count: units)
            for unit in 0..<units {
                sums[unit] = parameters[start + units * fanIn + unit]
                for input in 0..<fanIn {
                    sums[unit] += parameters[start + unit * fanIn + input] * levels[layer][input]
                }
            }
            if layer < counts.count - 2 {
                for sum in sums { result.distanceToKink = min(result.distanceToKink, abs(sum)) }
                sums = sums.map(activate)
            }
            levels.append(sums)
        }
        return levels
    }

    private func activate(_ z: Double) -> Double {
        switch settings.activation {
        case .relu: max(z, 0)
        case .leakyReLU: z > 0 ? z : 0.01 * z
        case .tanh: tanh(z)
        case .sigmoid: 1 / (1 + exp(-z))
        }
    }

    private func derivative(_ value: Double) -> Double {
        switch settings.activation {
        case .relu: value > 0 ? 1 : 0
        case .leakyReLU: value > 0 ? 1 : 0.01
        case .tanh: 1 - value * value
        case .sigmoid: value * (1 - value)
        }
    }

    private func loss(
        _ outputs: [Double], _ targets: [Double], _ deltas: inout [Double], _ result: inout Result
    ) -> Double {
        switch settings.loss {
        case .logistic:
            deltas[0] = 1 / (1 + exp(-outputs[0])) - targets[0]
            return log(1 + exp(outputs[0])) - targets[0] * outputs[0]
        case .crossEntropy:
            let sum = outputs.reduce(0) { $0 + exp($1) }
            for index in outputs.indices {
                deltas[index] = exp(outputs[index]) / sum - (index == Int(targets[0]) ? 1 : 0)
            }
            return log(sum) - outputs[Int(targets[0])]
        case .squared, .absolute, .huber:
            let count = Double(outputs.count)
            var total = 0.0
            for index in outputs.indices {
                let error = outputs[index] - targets[index]
                let size = abs(error)
                let isNear = size <= 1
                result.distanceToKink = min(result.distanceToKink, size, abs(size - 1))
                switch settings.loss {
                case .squared:
                    total += error * error / count
                    deltas[index] = 2 * error / count
                case .huber where isNear:
                    total += error * error / 2 / count
                    deltas[index] = error / count
                case .huber:
                    total += (size - 0.5) / count
                    deltas[index] = (error > 0 ? 1 : -1) / count
                default:
                    total += size / count
                    deltas[index] = (error > 0 ? 1 : -1) / count
                }
            }
            return total
        }
    }

    /// Adds one sample's gradient of a layer; returns the deltas of the level below.
    private func collect(
        _ layer: Int, _ values: [Double], _ deltas: [Double], _ result: inout Result
    ) -> [Double] {
        let start = offset(layer)
        let (fanIn, units) = (counts[layer], counts[layer + 1])
        var below = [Double](repeating: 0, count: fanIn)
        for unit in 0..<units {
            for input in 0..<fanIn {
                let index = start + unit * fanIn + input
                result.gradient[index] += deltas[unit] * values[input]
                below[input] += deltas[unit] * parameters[index]
            }
            result.gradient[start + units * fanIn + unit] += deltas[unit]
        }
        guard layer > 0 else { return [] }
        return below.indices.map { below[$0] * derivative(values[$0]) }
    }

    /// Applies a gradient; `ages` are those of the parameters after the step, and RMSprop's means
    /// are corrected below one of them.
    mutating func apply(
        _ gradient: [Double], isBias: [Bool], ages: [Int], correctedBelow oldest: Int
    ) {
        let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let clip = Double(settings.gradientClip)
        let scale = clip > 0 && norm > clip ? clip / norm : 1
        let rate = Double(settings.learningRate)
        for index in parameters.indices {
            let decay = isBias[index] ? 0 : Double(settings.weightDecay)
            let g = scale * gradient[index] + decay * parameters[index]
            switch settings.rule {
            case .sgd:
                parameters[index] -= rate * g
            case .momentum(let momentum):
                first[index] = Double(momentum) * first[index] + g
                parameters[index] -= rate * first[index]
            case .nesterov(let momentum):
                first[index] = Double(momentum) * first[index] + g
                parameters[index] -= rate * (g + Double(momentum) * first[index])
            case .adagrad(let epsilon):
                second[index] += g * g
                parameters[index] -= rate * g / (second[index].squareRoot() + Double(epsilon))
            case .rmsprop(let decay, let epsilon):
                second[index] = Double(decay) * second[index] + (1 - Double(decay)) * g * g
                let power = ages[index] < oldest ? pow(Double(decay), Double(ages[index])) : 0
                let mean = second[index] / (1 - power)
                parameters[index] -= rate * g / (mean.squareRoot() + Double(epsilon))
            case .adam(let beta1, let beta2, let epsilon):
                first[index] = Double(beta1) * first[index] + (1 - Double(beta1)) * g
                second[index] = Double(beta2) * second[index] + (1 - Double(beta2)) * g * g
                let mean = first[index] / (1 - pow(Double(beta1), Double(ages[index])))
                let square = second[index] / (1 - pow(Double(beta2), Double(ages[index])))
                parameters[index] -= rate * mean / (square.squareRoot() + Double(epsilon))
            }
        }
    }
}
