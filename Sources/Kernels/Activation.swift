/// What a hidden unit makes of its weighted sum.
public enum Activation: String, CaseIterable, Sendable {
    /// `max(z, 0)`
    case relu
    /// `z` above 0, else `0.01 · z`
    case leakyReLU = "leaky_relu"
    /// `tanh(z)`
    case tanh
    /// `1 / (1 + e^−z)`
    case sigmoid
}
