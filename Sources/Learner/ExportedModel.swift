import Features
import NeuralNetwork

/// A model in the form in which other programs can follow it: how samples become inputs, the
/// networks layer by layer, and what their outputs mean.
public struct ExportedModel: Sendable {
    /// One network, and its share in the answer.
    public struct Part: Sendable {
        /// Weight of the network's outputs in the answer; the shares sum to 1.
        public let share: Double
        public let activation: Activation
        /// From the inputs to the outputs.
        public let layers: [DenseLayer]

        /// Widths of the hidden layers.
        public var hidden: [Int] { layers.dropLast().map(\.unitCount) }
    }

    /// The lead comes first.
    public let parts: [Part]
    /// Decides what the last layer's sums become: probabilities or values.
    public let loss: Loss
    public let schema: SampleSchema
    public let encoder: InputEncoder
    /// Regression only.
    public let scaler: TargetScaler?
    /// Labelled samples that the model has taken in.
    public let sampleCount: Int
    /// Revision of the architecture.
    public let structure: Int
    /// Half the width of an interval that holds the target with a probability of 90 %; `nil` until
    /// it can be estimated.
    public let intervalRadius: Double?
}

extension Predictor {
    /// The model in its outside form. Copies every weight.
    public func exported() -> ExportedModel {
        let total = voices.reduce(0) { $0 + Double($1.weight) }
        return ExportedModel(
            parts: voices.map {
                .init(
                    share: Double($0.weight) / total, activation: $0.network.activation,
                    layers: $0.network.layers)
            },
            loss: voices[0].network.loss, schema: schema, encoder: encoder, scaler: scaler,
            sampleCount: sampleCount, structure: structure, intervalRadius: intervalRadius)
    }
}
