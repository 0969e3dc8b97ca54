/// Scratch memory of predictions and updates; holds no state between calls.
///
/// It grows to what the largest network and batch so far have needed and is then reused, so a call
/// on a known shape allocates nothing. Use one per thread.
public struct Workspace: Sendable {
    /// Inputs and activations: level by level, in each sample by sample, padded with zeros.
    var activations: [Lanes] = []
    /// Derivatives of the loss with respect to the weighted sums, laid out as `activations`. The
    /// place of the inputs stays unused.
    var deltas: [Lanes] = []
    /// The gradient of a batch of two or more, laid out as the parameters.
    var gradient: [Lanes] = []
    /// Bias corrections by unit, laid out as one sample's activations.
    var firstCorrections: [Lanes] = []
    var secondCorrections: [Lanes] = []

    public init() {}

    mutating func prepareForward(_ shape: NetworkShape, sampleCount: Int) {
        Self.grow(&activations, to: sampleCount * shape.activationBlockCount)
    }

    mutating func prepareStep(_ shape: NetworkShape, sampleCount: Int, rule: UpdateRule) {
        prepareForward(shape, sampleCount: sampleCount)
        Self.grow(&deltas, to: sampleCount * shape.activationBlockCount)
        if sampleCount > 1 { Self.grow(&gradient, to: shape.parameterBlockCount) }
        if rule.keepsFirstMoment && rule.keepsSecondMoment {
            Self.grow(&firstCorrections, to: shape.activationBlockCount)
            Self.grow(&secondCorrections, to: shape.activationBlockCount)
        }
    }

    private static func grow(_ blocks: inout [Lanes], to count: Int) {
        if blocks.count < count { blocks = [Lanes](repeating: .zero, count: count) }
    }
}
