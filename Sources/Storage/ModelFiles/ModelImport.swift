import Features
import Learner
import NeuralNetwork
import StateCoding
import WireFormat

/// A model that was read from a safetensors file, and what a person should know of it.
public struct ModelImport: Sendable {
    public let model: ImportedModel
    /// How the file became the model, line by line.
    public let notes: [String]

    /// Reads a file of Osier's own, which brings schema and statistics, or one of another program,
    /// whose statistics start anew.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - configuration: Says what a file of another program leaves open: the activation, the
    ///     task, the names of classes and features. A file of Osier's own overrules it.
    public init(
        bytes: [UInt8], configuration: LearnerConfiguration
    ) throws(ModelFileError) {
        let tensors: SafeTensors
        do throws(SafeTensorsError) {
            tensors = try SafeTensors(bytes: bytes)
        } catch {
            throw .tensors(error)
        }
        if tensors.text(for: ModelFile.formatKey) != nil {
            try self.init(own: tensors)
        } else {
            try self.init(foreign: tensors, configuration: configuration)
        }
    }

    /// - Parameter tensors: Written by an Osier.
    private init(own tensors: SafeTensors) throws(ModelFileError) {
        let format = tensors.text(for: ModelFile.formatKey) ?? ""
        let writer = tensors.text(for: ModelFile.versionKey) ?? "of an unknown version"
        guard let number = Int(format), number >= 1 else {
            throw .damaged(reason: "its format is '\(format)'")
        }
        guard number <= ModelFile.formatVersion else {
            throw .newerFormat(found: format, supported: ModelFile.formatVersion, writer: writer)
        }
        let description = try ModelDescription(tensors)
        guard let state = tensors.tensor(named: ModelFile.stateName), state.type == .uint8 else {
            throw .damaged(reason: "the tensor \(ModelFile.stateName) is missing")
        }
        var reader = StateReader(bytes: state.bytes)
        let schema: SampleSchema
        let encoder: InputEncoder
        let scaler: TargetScaler?
        do throws(StateError) {
            schema = try reader.read()
            encoder = try reader.read()
            scaler = try reader.readOptional()
        } catch {
            throw .damaged(reason: "\(ModelFile.stateName): \(error) (written by Osier \(writer))")
        }
        let layers = try LayerChain(ofLeadIn: tensors).layers
        guard reader.remainingCount == 0,
            let model = ImportedModel(
                layers: layers, activation: description.activation, loss: description.loss,
                schema: schema, encoder: encoder, scaler: scaler)
        else { throw .damaged(reason: "its tensors do not fit its schema") }
        self.model = model
        var notes = [
            "model of Osier \(writer): \(description.sampleCount) samples, "
                + "\(schema.featureCount) features, hidden \(model.hidden), with its statistics"
        ]
        if description.memberCount > 1 {
            notes.append(
                "the lead of \(description.memberCount) networks is imported; others start anew")
        }
        self.notes = notes
    }

    /// - Parameter tensors: Of another program: linear layers, weights `[units, inputs]`.
    private init(
        foreign tensors: SafeTensors, configuration: LearnerConfiguration
    ) throws(ModelFileError) {
        let chain = try LayerChain(tensors.tensors)
        let inputCount = chain.layers[0].inputCount
        let outputCount = chain.layers[chain.layers.count - 1].unitCount
        var notes = chain.notes
        let target = try ForeignTarget(outputCount: outputCount, configuration)
        notes.append(target.note)
        notes.append(
            "activation \(configuration.model.activation.rawValue), from model.activation")

        var features = configuration.features
        if features.names.count > inputCount
            || !features.names.isEmpty
                && features.names.count < inputCount
        {
            throw .configuration(
                reason: "features.names has \(features.names.count) names, the network has "
                    + "\(inputCount) inputs; name each input, or none")
        }
        guard inputCount >= 1, inputCount <= features.maxFeatures else {
            throw .configuration(
                reason: "the network has \(inputCount) inputs, features.max_features is "
                    + "\(features.maxFeatures); raise it")
        }
        // Its inputs are numbers and nothing else.
        features.targetHistory = 0
        var schema = SampleSchema(features: features, target: target.configuration)
        if features.names.isEmpty { schema.apply(.positional(featureCount: inputCount)) }
        if target.configuration.task == .regression {
            schema.apply(.outputs(count: outputCount))
        }
        let encoder = InputEncoder(
            configuration: features, hasHiddenLayers: chain.layers.count > 1,
            numberCount: inputCount)
        if features.scaling != .none {
            notes.append(
                "statistics start anew and inputs are scaled by them (features.scaling = "
                    + "\(features.scaling.rawValue)); a network that was trained on raw values "
                    + "keeps its answers with features.scaling=none")
        }
        guard
            let model = ImportedModel(
                layers: chain.layers, activation: configuration.model.activation,
                loss: target.loss, schema: schema, encoder: encoder, scaler: nil)
        else {
            throw .configuration(
                reason: "a network of \(inputCount) inputs and \(outputCount) outputs does not fit "
                    + "the configured task and classes")
        }
        self.model = model
        self.notes = notes
    }
}

/// What the outputs of another program's network mean.
private struct ForeignTarget {
    let configuration: TargetConfiguration
    let loss: Loss
    let note: String

    init(
        outputCount: Int, _ learner: LearnerConfiguration
    ) throws(ModelFileError) {
        var target = learner.target
        var reason = "model.task"
        if target.task == nil {
            // One output may be a logit or a number; a number is what it is more often.
            let isClassification = !target.classes.isEmpty || outputCount > 1
            target.task = isClassification ? .classification : .regression
            reason = target.classes.isEmpty ? "model.task says nothing else" : "model.classes"
        }
        guard target.task == .classification else {
            configuration = target
            loss =
                switch learner.model.loss {
                case .absolute: .absolute
                case .huber: .huber
                default: .squared
                }
            note = "\(outputCount) outputs → regression (\(reason))"
            return
        }
        let classCount = outputCount == 1 ? 2 : outputCount
        if target.classes.isEmpty {
            target.classes = (0..<classCount).map { .integer(Int64($0)) }
        }
        guard target.classes.count == classCount, classCount <= target.maxClasses else {
            throw .configuration(
                reason: "the network tells \(classCount) classes apart, model.classes names "
                    + "\(target.classes.count) and model.max_classes allows \(target.maxClasses); "
                    + "make them agree")
        }
        configuration = target
        loss = outputCount == 1 ? .logistic : .crossEntropy
        let names = target.classes.map(\.text).joined(separator: ", ")
        note = "outputs → classes \(names) (\(reason))"
    }
}

/// What the metadata says of a model of Osier's own.
private struct ModelDescription {
    let activation: Activation
    let loss: Loss
    let sampleCount: Int64
    let memberCount: Int

    init(_ tensors: SafeTensors) throws(ModelFileError) {
        guard let text = tensors.text(for: "osier.model") else {
            throw .damaged(reason: "the metadata osier.model is missing")
        }
        let value: JSONValue
        do throws(Refusal) {
            value = try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw .damaged(reason: "the metadata osier.model: \(error.message)")
        }
        guard let object = value.object,
            case .string(let lossName)? = object["loss"], let loss = Loss(rawValue: lossName),
            case .array(let members)? = object["members"], let lead = members.first?.object,
            case .string(let activationName)? = lead["activation"],
            let activation = Activation(rawValue: activationName),
            case .integer(let samples)? = object["samples"]
        else { throw .damaged(reason: "the metadata osier.model does not describe a model") }
        self.activation = activation
        self.loss = loss
        sampleCount = samples
        memberCount = members.count
    }
}
