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
        writer.beginPrediction(identifier)
        switch value {
        case .classification(let label, let probabilities):
            writer.writeClasses(
                label, count: probabilities.count, label: { probabilities[$0].label },
                probability: { probabilities[$0].probability })
        case .number(let number, let interval): writer.write(number, interval)
        case .numbers(let numbers): numbers.write(to: &writer)
        }
        writer.endPrediction(model)
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

/// A prediction part by part, for one who has the parts and need not put them together.
extension JSONWriter {
    /// Up to the key of the value.
    public mutating func beginPrediction(_ identifier: SampleIdentifier?) {
        beginObject()
        if let identifier {
            key("id")
            write(identifier)
        }
        key("y")
    }

    /// The most probable class, and all of them.
    public mutating func writeClasses(
        _ likeliest: Label, count: Int, label: (Int) -> Label, probability: (Int) -> Float
    ) {
        write(likeliest)
        key("p")
        beginObject()
        for index in 0..<count {
            key(label(index).text)
            write(probability(index))
        }
        endObject()
    }

    public mutating func write(_ number: Double, _ interval: Prediction.Interval?) {
        write(number)
        guard let interval else { return }
        key("interval")
        writeNumbers(count: 2) { $0 == 0 ? interval.lower : interval.upper }
    }

    /// The numbers of several outputs.
    public mutating func writeNumbers(count: Int, _ number: (Int) -> Double) {
        beginArray()
        for index in 0..<count { write(number(index)) }
        endArray()
    }

    public mutating func endPrediction(_ model: ModelVersion) {
        key("model")
        model.write(to: &self)
        endObject()
    }
}
