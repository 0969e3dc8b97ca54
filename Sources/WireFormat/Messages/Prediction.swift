import Features

/// Which model answered; both numbers only grow.
public struct ModelVersion: WireMessage {
    /// Samples that it had taken in.
    public var samples = 0
    /// Revision of its architecture.
    public var structure = 0

    public init() {}

    public init(samples: Int, structure: Int) {
        self.samples = samples
        self.structure = structure
    }

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("samples", &samples)
        try fields.field("structure", &structure)
    }
}

/// One prediction, as `predict` answers to JSON.
public struct Prediction: JSONField, Equatable {
    public struct ClassProbability: Equatable, Sendable {
        public var label: Label
        /// In `[0, 1]`.
        public var probability: Float

        public init(_ label: Label, _ probability: Float) {
            self.label = label
            self.probability = probability
        }
    }

    /// Where the target lies with the configured probability.
    public struct Interval: Equatable, Sendable {
        public var lower: Double
        public var upper: Double

        public init(lower: Double, upper: Double) {
            self.lower = lower
            self.upper = upper
        }
    }

    public enum Value: Equatable, Sendable {
        /// The most probable class, and all of them. A decoder knows the others by their text.
        case classification(Label, [ClassProbability])
        case number(Double, Interval?)
        case numbers([Double])
    }

    public var identifier: SampleIdentifier?
    public var value: Value
    public var model: ModelVersion

    public init(identifier: SampleIdentifier? = nil, value: Value, model: ModelVersion) {
        self.identifier = identifier
        self.value = value
        self.model = model
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if let identifier {
            writer.key("id")
            writer.write(identifier)
        }
        writer.key("y")
        switch value {
        case .classification(let label, let probabilities):
            writer.write(label)
            writer.key("p")
            writer.beginObject()
            for entry in probabilities {
                writer.key(entry.label.text)
                writer.write(entry.probability)
            }
            writer.endObject()
        case .number(let number, let interval):
            writer.write(number)
            if let interval {
                writer.key("interval")
                [interval.lower, interval.upper].write(to: &writer)
            }
        case .numbers(let numbers): numbers.write(to: &writer)
        }
        writer.key("model")
        model.write(to: &writer)
        writer.endObject()
    }

    public init(json: JSONValue, name: String) throws(Refusal) {
        let object = try JSONObject(json: json, name: name)
        guard let target = object["y"], let version = object["model"] else {
            throw Refusal(.missingField, "a prediction has no \"y\" or no \"model\"")
        }
        if let identifier = object["id"] {
            self.identifier = try SampleIdentifier(json: identifier, name: "id")
        }
        model = try ModelVersion(json: version, name: "model")
        value = try Self.value(target, in: object)
    }

    private static func value(
        _ target: JSONValue, in object: JSONObject
    ) throws(Refusal) -> Value {
        if let probabilities = object["p"] {
            let label = try Label(json: target, name: "y")
            let members = try JSONObject(json: probabilities, name: "p").members
            var entries: [ClassProbability] = []
            for member in members {
                let known = member.key == label.text ? label : .text(member.key)
                entries.append(.init(known, try Float(json: member.value, name: member.key)))
            }
            return .classification(label, entries)
        }
        if case .array = target { return .numbers(try [Double](json: target, name: "y")) }
        let number = try Double(json: target, name: "y")
        guard let interval = object["interval"] else { return .number(number, nil) }
        let bounds = try [Double](json: interval, name: "interval")
        guard bounds.count == 2 else {
            throw Refusal(.shapeMismatch, "\"interval\" has \(bounds.count) numbers, not 2")
        }
        return .number(number, Interval(lower: bounds[0], upper: bounds[1]))
    }
}

/// The answer of `predict` to buffers: one header, one buffer.
public struct BufferPrediction: Equatable, Sendable {
    public var identifier: SampleIdentifier?
    public var rowCount: Int
    /// Row-major `[rowCount, classes]` probabilities or `[rowCount, outputs]` predictions. The rows
    /// of refused samples are NaN.
    public var values: [Float]
    /// The classes of the columns; nil for a regression.
    public var classes: [Label]?
    public var model: ModelVersion
    /// The samples that got no answer; the header names them when there are any.
    public var rejected: [IndexedRefusal]

    /// - Parameters:
    ///   - values: Count is a multiple of `rowCount`; traps otherwise.
    public init(
        identifier: SampleIdentifier? = nil, rowCount: Int, values: [Float],
        classes: [Label]? = nil, model: ModelVersion, rejected: [IndexedRefusal] = []
    ) {
        precondition(rowCount >= 1 && values.count.isMultiple(of: rowCount))
        self.identifier = identifier
        self.rowCount = rowCount
        self.values = values
        self.classes = classes
        self.model = model
        self.rejected = rejected
    }

    /// Header and buffer.
    public var frames: [[UInt8]] {
        var writer = JSONWriter()
        writer.beginObject()
        if let identifier {
            writer.key("id")
            writer.write(identifier)
        }
        writer.key("y")
        BufferWriter.describe(.float32, [rowCount, values.count / rowCount], in: &writer)
        if let classes {
            writer.key("classes")
            classes.write(to: &writer)
        }
        writer.key("model")
        model.write(to: &writer)
        if !rejected.isEmpty {
            writer.key("rejected")
            rejected.write(to: &writer)
        }
        writer.endObject()
        return [writer.bytes, BufferWriter.bytes(of: values)]
    }

    /// Reads header and buffer.
    ///
    /// - Throws: What the message lacks.
    public init(decoding frames: [[UInt8]]) throws(Refusal) {
        guard frames.count == 2 else {
            throw Refusal(.badFrame, "the reply has \(frames.count) frames, not header and buffer")
        }
        let object = try JSONObject(json: try JSONValue(parsing: frames[0]), name: "header")
        guard let target = object["y"], let version = object["model"] else {
            throw Refusal(.missingField, "the header of a prediction has no \"y\" or no \"model\"")
        }
        let description = try BufferDescription(name: "y", target)
        guard description.dtype == .float32, description.shape.count == 2,
            description.shape[0] >= 1
        else { throw Refusal(.badDtype, "\"y\" is no float32 of [samples, columns]") }
        rowCount = description.shape[0]
        values = try frames.withFrame(1) { (frame) throws(Refusal) in
            try description.check(frame)
            return BufferReader.floats(frame)
        }
        identifier = try object["id"].map { (value) throws(Refusal) in
            try SampleIdentifier(json: value, name: "id")
        }
        classes = try object["classes"].map { (value) throws(Refusal) in
            try [Label](json: value, name: "classes")
        }
        model = try ModelVersion(json: version, name: "model")
        rejected =
            try object["rejected"].map { (value) throws(Refusal) in
                try [IndexedRefusal](json: value, name: "rejected")
            } ?? []
    }
}

/// The answer of `predict`, in the form of its request.
public enum PredictReply: Equatable, Sendable {
    case object(Reply<Prediction>)
    /// One entry for each sample, in order.
    case array([Reply<Prediction>])
    case buffers(BufferPrediction)

    public var frames: [[UInt8]] {
        var writer = JSONWriter()
        switch self {
        case .object(let reply): reply.write(to: &writer)
        case .array(let replies): replies.write(to: &writer)
        case .buffers(let prediction): return prediction.frames
        }
        return [writer.bytes]
    }

    /// - Throws: What the message lacks.
    public init(decoding frames: [[UInt8]]) throws(Refusal) {
        guard frames.count == 1 else {
            self = .buffers(try BufferPrediction(decoding: frames))
            return
        }
        let value = try JSONValue(parsing: frames[0])
        if case .array = value {
            self = .array(try [Reply<Prediction>](json: value, name: "reply"))
        } else {
            self = .object(try Reply<Prediction>(json: value, name: "reply"))
        }
    }
}
