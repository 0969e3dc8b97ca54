import Kernels

extension OptimizerConfiguration {
    /// The update that the configuration names, with its constants.
    var rule: UpdateRule {
        switch name {
        case .sgd: .sgd
        case .momentum: .momentum(momentum)
        case .nesterov: .nesterov(momentum)
        case .adagrad: .adagrad(epsilon: epsilon)
        case .rmsprop: .rmsprop(decay: rho, epsilon: epsilon)
        case .adam: .adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
        }
    }
}
