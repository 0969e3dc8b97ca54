import Kernels

/// A network that only predicts: what a snapshot for other threads holds.
///
/// It keeps the weights alive, not the optimiser's state, so the network that goes on learning
/// copies its weights alone.
public struct PredictionNetwork: Equatable, Sendable {
    public let activation: Activation
    public let loss: Loss
    let weights: NetworkWeights

    init(_ weights: NetworkWeights, activation: Activation, loss: Loss) {
        self.weights = weights
        self.activation = activation
        self.loss = loss
    }

    public var inputCount: Int { weights.shape.inputCount }
    public var hidden: [Int] { weights.shape.hidden }
    /// Logits or values. A logistic network has one output and speaks of two classes.
    public var outputCount: Int { weights.shape.outputCount }

    /// Whether every layer reads the level below it and no other.
    public var isPlain: Bool { weights.shape.isPlain }

    /// Predicts as ``Network/predict(_:into:using:)`` does, to the last bit.
    public func predict(
        _ input: Span<Float>, into output: inout MutableSpan<Float>,
        using workspace: inout Workspace
    ) {
        weights.predict(
            input, into: &output, activation: activation, loss: loss, using: &workspace)
    }
}

extension Network {
    /// A copy for predictions.
    public func forPrediction() -> PredictionNetwork {
        PredictionNetwork(parameters.weights, activation: activation, loss: loss)
    }
}
