import NeuralNetwork

/// The optimisers in Double, written down from PyTorch's documentation, one parameter at a time.
struct ReferenceOptimizer {
    let configuration: OptimizerConfiguration
    var velocity = 0.0
    var square = 0.0
    var mean = 0.0
    var stepCount = 0

    init(_ configuration: OptimizerConfiguration) { self.configuration = configuration }

    /// The parameter after one step against `gradient`.
    mutating func step(_ parameter: Double, _ gradient: Double, rate: Double) -> Double {
        let epsilon = Double(configuration.epsilon)
        stepCount += 1
        switch configuration.name {
        case .sgd:
            return parameter - rate * gradient
        case .momentum:
            velocity = Double(configuration.momentum) * velocity + gradient
            return parameter - rate * velocity
        case .nesterov:
            velocity = Double(configuration.momentum) * velocity + gradient
            return parameter - rate * (gradient + Double(configuration.momentum) * velocity)
        case .adagrad:
            square += gradient * gradient
            return parameter - rate * gradient / (square.squareRoot() + epsilon)
        case .rmsprop:
            let rho = Double(configuration.rho)
            square = rho * square + (1 - rho) * gradient * gradient
            return parameter - rate * gradient / (square.squareRoot() + epsilon)
        case .adam:
            let (beta1, beta2) = (Double(configuration.beta1), Double(configuration.beta2))
            mean = beta1 * mean + (1 - beta1) * gradient
            square = beta2 * square + (1 - beta2) * gradient * gradient
            // Powers by multiplication, step by step: the definition itself.
            var (power1, power2) = (1.0, 1.0)
            for _ in 0..<stepCount { (power1, power2) = (power1 * beta1, power2 * beta2) }
            let root = (square / (1 - power2)).squareRoot() + epsilon
            return parameter - rate * (mean / (1 - power1)) / root
        }
    }
}
