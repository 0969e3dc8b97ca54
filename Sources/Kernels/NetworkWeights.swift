/// The weights and biases of a network: all that a prediction needs.
///
/// A value whose copy costs a reference count until one of the two is changed.
public struct NetworkWeights: Equatable, Sendable {
    public let shape: NetworkShape
    /// Laid out as ``LayerLayout`` says.
    var blocks: [Lanes]

    /// All zero.
    public init(shape: NetworkShape) {
        self.shape = shape
        blocks = [Lanes](repeating: .zero, count: shape.parameterBlockCount)
    }

    /// Weights and biases that are not zero.
    public var nonzeroCount: Int {
        // Padding is zero, so it need not be told apart.
        blocks.reduce(0) { count, block in
            count + (0..<Lanes.width).reduce(0) { $0 + (block[$1] == 0 ? 0 : 1) }
        }
    }

    /// Predicts one sample or several.
    ///
    /// - Parameters:
    ///   - inputs: `[samples, inputs]`, row by row.
    ///   - predictions: `[samples, outputs]`: the probability of class 1 (``Loss/logistic``), the
    ///     probability of each class (``Loss/crossEntropy``), or values. Its count must be a
    ///     multiple of the output count and says how many samples there are.
    ///   - workspace: Scratch memory; nothing is allocated once it has seen this shape.
    public func predict(
        _ inputs: Span<Float>, into predictions: inout MutableSpan<Float>,
        activation: Activation, loss: Loss, using workspace: inout Workspace
    ) {
        let sampleCount = predictions.count / shape.outputCount
        precondition(
            predictions.count == sampleCount * shape.outputCount
                && inputs.count == sampleCount * shape.inputCount,
            "\(inputs.count) inputs, \(predictions.count) outputs: not of \(shape.unitCounts)")
        workspace.prepareForward(shape, sampleCount: 1)
        var activations = workspace.activations.mutableSpan
        let outputStart = shape.layers[shape.layerCount - 1].unitLevelStart
        // One at a time, so that memory does not grow with the number of questions.
        for sample in 0..<sampleCount {
            let row = sample * shape.inputCount..<(sample + 1) * shape.inputCount
            activations.pack(inputs.extracting(row), atBlock: 0)
            forward(&activations, sampleCount: 1, activation: activation)
            loss.predictions(
                from: activations, start: outputStart, into: &predictions,
                at: sample * shape.outputCount, count: shape.outputCount)
        }
    }
}
