/// How one update is made.
public struct StepSettings: Equatable, Sendable {
    public var activation: Activation
    public var loss: Loss
    public var rule: UpdateRule
    /// Finite and not negative.
    public var learningRate: Float
    /// Share of each weight that is added to its gradient, after clipping. Biases are not decayed.
    public var weightDecay: Float
    /// Largest Euclidean norm of the whole gradient; 0 switches clipping off.
    public var gradientClip: Float

    public init(
        activation: Activation, loss: Loss, rule: UpdateRule, learningRate: Float,
        weightDecay: Float = 0, gradientClip: Float = 0
    ) {
        precondition(
            learningRate >= 0 && learningRate.isFinite, "no step has the rate \(learningRate)")
        self.activation = activation
        self.loss = loss
        self.rule = rule
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.gradientClip = gradientClip
    }
}
