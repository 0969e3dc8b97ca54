import Glibc
import Kernels

extension Loss {
    /// The loss of one prediction: `−ln P(class)`, or as the regression losses say.
    ///
    /// - Parameters:
    ///   - outputs: As ``Network/predict(_:into:using:)`` gives them.
    ///   - targets: A class index among them, or as many values.
    public func value(of outputs: ArraySlice<Float>, targets: [Float]) -> Float {
        let outputs = Array(outputs)
        switch self {
        case .logistic:
            return -logf(max(targets[0] == 0 ? 1 - outputs[0] : outputs[0], 1e-7))
        case .crossEntropy:
            return -logf(max(outputs[Int(targets[0])], 1e-7))
        case .squared, .absolute, .huber:
            var sum: Float = 0
            for index in outputs.indices {
                let error = abs(outputs[index] - targets[index])
                switch self {
                case .squared: sum += error * error
                case .absolute: sum += error
                default: sum += error <= 1 ? error * error / 2 : error - 0.5
                }
            }
            return sum / Float(outputs.count)
        }
    }
}
