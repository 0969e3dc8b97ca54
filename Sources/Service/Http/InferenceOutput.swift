import Features
import Learner
import WireFormat

/// An output tensor of the Open Inference Protocol.
///
/// Classification gives `predict`, the likeliest label of each sample, and `probabilities`
/// `[samples, classes]`. Regression gives `predict` `[samples]`, or `[samples, outputs]` where
/// there are several, and `interval` `[samples, 2]` once it can be estimated.
struct InferenceOutput {
    let name: String
    let datatype: String
    let shape: [Int]
    let data: [JSONValue]
    /// The labels that the columns belong to.
    var classes: [Label]?

    var json: JSONValue {
        var members = Self.members(name, datatype, shape)
        if let classes {
            let names = classes.map { JSONValue.string($0.text) }
            members.append(
                .init("parameters", .object(JSONObject([.init("classes", .array(names))]))))
        }
        members.append(.init("data", .array(data)))
        return .object(JSONObject(members))
    }

    /// What the metadata of the model say of the outputs; the number of samples is open.
    static func descriptions(_ predictor: Predictor) -> [JSONValue] {
        let count = predictor.valueCount
        guard predictor.schema.task == .classification else {
            var outputs = [description("predict", "FP64", count > 1 ? [-1, count] : [-1])]
            if predictor.intervalRadius != nil, count == 1 {
                outputs.append(description("interval", "FP64", [-1, 2]))
            }
            return outputs
        }
        return [
            description("predict", labelType(predictor.schema.classes), [-1]),
            description("probabilities", "FP64", [-1, count]),
        ]
    }

    static func description(_ name: String, _ datatype: String, _ shape: [Int]) -> JSONValue {
        .object(JSONObject(members(name, datatype, shape)))
    }

    /// The answers of a prediction.
    static func all(_ predictor: Predictor, _ predictions: Predictions) -> [InferenceOutput] {
        let (rows, width) = (predictions.count, predictor.valueCount)
        let values = predictions.values.map(JSONValue.number)
        guard predictor.schema.task == .classification else {
            var outputs = [
                InferenceOutput(
                    name: "predict", datatype: "FP64", shape: width > 1 ? [rows, width] : [rows],
                    data: values)
            ]
            if let radius = predictor.intervalRadius, width == 1 {
                let bounds = predictions.values.flatMap { [$0 - radius, $0 + radius] }
                outputs.append(
                    InferenceOutput(
                        name: "interval", datatype: "FP64", shape: [rows, 2],
                        data: bounds.map(JSONValue.number)))
            }
            return outputs
        }
        let classes = predictor.schema.classes
        let labels = (0..<rows).map { row in
            value(classes[predictions.likeliestClass(row: row, valueCount: width)], classes)
        }
        return [
            InferenceOutput(
                name: "predict", datatype: labelType(classes), shape: [rows], data: labels),
            InferenceOutput(
                name: "probabilities", datatype: "FP64", shape: [rows, width], data: values,
                classes: classes),
        ]
    }

    private static func members(
        _ name: String, _ datatype: String, _ shape: [Int]
    ) -> [JSONObject.Member] {
        [
            .init("name", .string(name)), .init("datatype", .string(datatype)),
            .init("shape", .array(shape.map { .integer(Int64($0)) })),
        ]
    }

    /// Labels of one kind keep it; a mixture is given as text.
    private static func labelType(_ classes: [Label]) -> String {
        if classes.allSatisfy({ if case .integer = $0 { true } else { false } }) { return "INT64" }
        if classes.allSatisfy({ if case .boolean = $0 { true } else { false } }) { return "BOOL" }
        return "BYTES"
    }

    private static func value(_ label: Label, _ classes: [Label]) -> JSONValue {
        switch label {
        case .integer(let integer) where labelType(classes) == "INT64": .integer(integer)
        case .boolean(let flag) where labelType(classes) == "BOOL": .boolean(flag)
        default: .string(label.text)
        }
    }
}
