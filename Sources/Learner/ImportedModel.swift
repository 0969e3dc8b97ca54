import Features
import NeuralNetwork
import StateCoding

/// What a learner can start from instead of nothing: a network, and how samples become its inputs.
public struct ImportedModel: Equatable, Sendable {
    public let layers: [DenseLayer]
    public let activation: Activation
    public let loss: Loss
    public let schema: SampleSchema
    public let encoder: InputEncoder
    /// Regression only; `nil` when the statistics of the target start anew.
    public let scaler: TargetScaler?

    /// - Returns: `nil` when the parts do not fit on each other.
    public init?(
        layers: [DenseLayer], activation: Activation, loss: Loss, schema: SampleSchema,
        encoder: InputEncoder, scaler: TargetScaler?
    ) {
        guard Network.form(layers, network: loss), layers[0].inputCount == encoder.inputCount,
            schema.featureCount >= encoder.featureCount
        else { return nil }
        let outputCount = layers[layers.count - 1].unitCount
        let fits =
            switch schema.task {
            case .classification?:
                loss.isClassification
                    && (loss == .logistic
                        ? schema.classes.count <= 2 : schema.classes.count == outputCount)
            case .regression?:
                !loss.isClassification && schema.outputCount == outputCount
                    && scaler.map { $0.outputCount == outputCount } != false
            case nil: false
            }
        guard fits else { return nil }
        self.layers = layers
        self.activation = activation
        self.loss = loss
        self.schema = schema
        self.encoder = encoder
        self.scaler = scaler
    }

    /// Widths of the hidden layers.
    public var hidden: [Int] { layers.dropLast().map(\.unitCount) }
}

extension Learner {
    /// Starts from a model. How it encodes features, its shape and its task replace what was
    /// configured. A learner that has learned something keeps what it has.
    mutating func adopt(_ model: ImportedModel) {
        guard !hasLead, counts.events == 1 else { return }
        schema = model.schema
        encoder = model.encoder
        scaler = model.scaler
        configuration.model.hidden = model.hidden
        configuration.model.activation = model.activation
        followEncoder()
        let plan = MemberPlan(hidden: model.hidden, optimizer: configuration.optimizer)
        lead = Member(
            identifier: 0, role: .lead, plan: plan,
            network: Network(
                layers: model.layers, activation: model.activation, loss: model.loss,
                optimizer: configuration.optimizer),
            schedule: schedule(for: plan))
        // The others know nothing yet, so the model answers alone until they have caught up.
        makeCommittee(handicap: Committee.handicap)
    }

    /// An encoder that came from elsewhere decides how features are taken.
    mutating func followEncoder() {
        let names = configuration.features.names
        configuration.features = encoder.configuration
        configuration.features.names = names
    }
}

extension ImportedModel: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(layers)
        writer.write(activation.rawValue)
        writer.write(loss.rawValue)
        writer.write(schema)
        writer.write(encoder)
        writer.write(scaler)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let layers: [DenseLayer] = try reader.readArray()
        let activation = Activation(rawValue: try reader.readString())
        let loss = Loss(rawValue: try reader.readString())
        let schema: SampleSchema = try reader.read()
        let encoder: InputEncoder = try reader.read()
        let scaler: TargetScaler? = try reader.readOptional()
        guard let activation, let loss,
            let model = ImportedModel(
                layers: layers, activation: activation, loss: loss, schema: schema,
                encoder: encoder, scaler: scaler)
        else { throw .invalid(what: "an imported model", offset: offset) }
        self = model
    }
}
