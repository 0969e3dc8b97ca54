/// What one update did.
public struct StepOutcome: Equatable, Sendable {
    /// Mean loss of the samples before the update, each times its importance.
    public let loss: Float
    /// Euclidean norm of the whole gradient, before clipping and without weight decay.
    public let gradientNorm: Float
    /// Whether the parameters were updated. `false` when the loss or the gradient is not finite:
    /// then no bit of the parameters has changed.
    public let applied: Bool

    public init(loss: Float, gradientNorm: Float, applied: Bool) {
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.applied = applied
    }
}
