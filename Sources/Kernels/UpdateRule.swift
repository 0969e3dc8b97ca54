/// How a gradient `g` becomes a change of a weight `w`, with PyTorch's formulas.
///
/// - Source: PyTorch, documentation of `torch.optim`; the algorithm box of each class.
public enum UpdateRule: Equatable, Sendable {
    /// `w −= rate · g`
    case sgd
    /// `m = momentum · m + g`, `w −= rate · m`
    case momentum(Float)
    /// `m = momentum · m + g`, `w −= rate · (g + momentum · m)`
    case nesterov(Float)
    /// `s += g²`, `w −= rate · g / (√s + epsilon)`
    case adagrad(epsilon: Float)
    /// `s = decay · s + (1 − decay) · g²`, `w −= rate · g / (√s + epsilon)`
    case rmsprop(decay: Float, epsilon: Float)
    /// `m = beta1 · m + (1 − beta1) · g`, `s = beta2 · s + (1 − beta2) · g²`,
    /// `w −= rate · m̂ / (√ŝ + epsilon)` with `m̂ = m / (1 − beta1^t)` and `ŝ = s / (1 − beta2^t)`,
    /// where `t` counts the updates since both units that the weight joins exist.
    case adam(beta1: Float, beta2: Float, epsilon: Float)

    /// Whether each parameter keeps a velocity or mean gradient `m`.
    public var keepsFirstMoment: Bool {
        switch self {
        case .momentum, .nesterov, .adam: true
        case .sgd, .adagrad, .rmsprop: false
        }
    }

    /// Whether each parameter keeps a sum or mean of squared gradients `s`.
    public var keepsSecondMoment: Bool {
        switch self {
        case .adagrad, .rmsprop, .adam: true
        case .sgd, .momentum, .nesterov: false
        }
    }
}
