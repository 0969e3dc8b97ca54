import Features
import Learner
import NeuralNetwork
import WireFormat

extension ModelFile {
    /// What is said beside the numbers, in every format.
    static func metadata(of model: ExportedModel, writer: String) -> [SafeTensors.Entry] {
        var entries: [SafeTensors.Entry] = [
            .init(key: formatKey, value: "\(formatVersion)"),
            .init(key: versionKey, value: writer),
            .init(key: "osier.model", value: text(description(of: model))),
            .init(key: "osier.inputs", value: text(inputs(of: model))),
        ]
        if model.schema.task == .classification {
            let labels = model.schema.classes.map(JSONValue.init(label:))
            entries.append(.init(key: "osier.classes", value: text(.array(labels))))
        } else {
            entries.append(.init(key: "osier.target", value: text(target(of: model))))
        }
        return entries
    }

    static func text(_ value: JSONValue) -> String {
        String(decoding: value.encoded, as: UTF8.self)
    }

    private static func description(of model: ExportedModel) -> JSONValue {
        var object = JSONObject()
        object["task"] = .string(model.schema.task?.rawValue ?? "auto")
        object["loss"] = .string(model.loss.rawValue)
        object["output"] = .string(model.loss.outputFunction)
        object["samples"] = .integer(Int64(model.sampleCount))
        object["structure"] = .integer(Int64(model.structure))
        object["members"] = .array(
            model.parts.map { part in
                var member = JSONObject()
                member["share"] = .number(part.share)
                member["hidden"] = .array(part.hidden.map { .integer(Int64($0)) })
                member["activation"] = .string(part.activation.rawValue)
                return .object(member)
            })
        return .object(object)
    }

    private static func target(of model: ExportedModel) -> JSONValue {
        let scales = model.outputScales
        var object = JSONObject()
        object["mean"] = .array(scales.map { .number($0.mean) })
        object["deviation"] = .array(scales.map { .number($0.deviation) })
        object["interval_radius"] = model.intervalRadius.map(JSONValue.number) ?? .null
        return .object(object)
    }

    private static func inputs(of model: ExportedModel) -> JSONValue {
        let configuration = model.encoder.configuration
        var object = JSONObject()
        object["form"] = .string(model.schema.form == .named ? "named" : "positional")
        object["scaling"] = .string(configuration.scaling.rawValue)
        object["clip"] = .number(configuration.clip)
        object["missing"] = .string(configuration.missing.rawValue)
        object["hashing"] = .integer(Int64(configuration.hashing))
        object["target_history"] = .integer(Int64(configuration.targetHistory))
        object["features"] = .array(
            (0..<model.schema.featureCount).map { feature(at: $0, of: model) })
        let past = model.encoder.pastTargetInputs()
        object["columns"] = .array(
            model.encoder.columns.enumerated().map { index, column in
                self.column(column, past: past[index], of: model)
            })
        return .object(object)
    }

    private static func feature(at index: Int, of model: ExportedModel) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(model.featureName(index))
        let categories = model.schema.categories(ofFeature: index)
        if !categories.isEmpty { object["categories"] = .array(categories.map(JSONValue.string)) }
        guard index < model.encoder.featureCount else { return .object(object) }
        let statistics = model.encoder.statistics(ofFeature: index)
        object["count"] = .integer(Int64(statistics.count))
        object["missing"] = .integer(Int64(statistics.missing))
        object["clipped"] = .integer(Int64(statistics.clipped))
        object["mean"] = .number(statistics.mean)
        object["deviation"] = .number(statistics.deviation)
        object["minimum"] = .number(statistics.minimum)
        object["maximum"] = .number(statistics.maximum)
        return .object(object)
    }

    private static func column(
        _ column: InputColumn, past: Float, of model: ExportedModel
    ) -> JSONValue {
        func object(_ kind: String, _ members: [(String, JSONValue)]) -> JSONObject {
            JSONObject([.init("kind", .string(kind))] + members.map { .init($0.0, $0.1) })
        }
        func integer(_ key: String, _ value: Int) -> (String, JSONValue) {
            (key, .integer(Int64(value)))
        }
        let now = ("now", JSONValue.number(Double(past)))
        switch column {
        case .number(let feature):
            let scale = members(of: model.encoder.scale(ofFeature: feature))
            return .object(object("number", [integer("feature", feature)] + scale))
        case .category(let feature, let category) where category < SampleSchema.categoryLimit:
            let text = model.schema.categories(ofFeature: feature)[category]
            return .object(
                object("category", [integer("feature", feature), ("category", .string(text))]))
        case .category(let feature, let category):
            let overflow = category - SampleSchema.categoryLimit
            return .object(
                object("category", [integer("feature", feature), integer("overflow", overflow)]))
        case .indicator(let feature, let value):
            return .object(
                object("value", [integer("feature", feature), ("value", .number(value))]))
        case .bucket(let bucket):
            let scale = members(of: model.encoder.scale(ofBucket: bucket))
            return .object(object("bucket", [integer("bucket", bucket)] + scale))
        case .pastClass(let lag, let index):
            return .object(
                object("past_class", [integer("lag", lag), integer("class", index), now]))
        case .pastNumber(let lag, let output):
            return .object(
                object("past_number", [integer("lag", lag), integer("output", output), now]))
        }
    }

    private static func members(of scale: InputEncoder.Scale) -> [(String, JSONValue)] {
        [
            ("shift", .number(scale.shift)), ("factor", .number(scale.factor)),
            ("bound", .number(scale.bound)), ("missing", .number(Double(scale.missing))),
        ]
    }
}

extension ExportedModel {
    /// What puts each output of a regression back on the scale of its target.
    var outputScales: [(mean: Double, deviation: Double)] {
        (0..<schema.outputCount).map { output in
            guard let scaler, scaler.isStandardising else { return (0, 1) }
            return (scaler.mean(ofOutput: output), scaler.deviation(ofOutput: output))
        }
    }

    /// A positional feature is called by its index.
    func featureName(_ index: Int) -> String {
        index < schema.featureNames.count ? schema.featureNames[index] : "\(index)"
    }
}

extension Loss {
    /// What the last layer's sums go through.
    var outputFunction: String {
        switch self {
        case .logistic: "sigmoid"
        case .crossEntropy: "softmax"
        case .squared, .absolute, .huber: "identity"
        }
    }
}

extension JSONValue {
    init(label: Label) {
        self =
            switch label {
            case .text(let text): .string(text)
            case .integer(let integer): .integer(integer)
            case .boolean(let boolean): .boolean(boolean)
            }
    }
}
