/// How the optimiser moves the weights. `Settings` checks the ranges before one is made.
public struct OptimizerConfiguration: Equatable, Sendable {
    public enum Name: String, CaseIterable, Sendable {
        case sgd, momentum, nesterov, adagrad, rmsprop, adam
    }

    public var name: Name = .rmsprop
    /// Step size before the schedule. Above 0, at most 10.
    public var learningRate: Float = 0.0012
    /// Share of the last velocity that is kept (momentum, nesterov). In `[0, 1)`.
    public var momentum: Float = 0.9
    /// Decay of the first moment (adam). In `[0, 1)`.
    public var beta1: Float = 0.9
    /// Decay of the second moment (adam). In `[0, 1)`.
    public var beta2: Float = 0.999
    /// Decay of the mean square (rmsprop). In `[0, 1)`.
    public var rho: Float = 0.995
    /// Added to the root of the second moment. Above 0.
    public var epsilon: Float = 1e-8
    /// Share of each weight that is added to its gradient (L2, as PyTorch's `weight_decay`); biases
    /// are not decayed. In `[0, 1)`.
    public var weightDecay: Float = 0
    /// Largest Euclidean norm of a step's whole gradient; 0 switches clipping off.
    public var gradientClip: Float = 30

    public init() {}
}
