import Features

/// Topic `adaptation`: a change of structure. Every key is there, null where it does not apply.
public struct AdaptationMessage: WireMessage {
    public enum Event: String, JSONField { case proposed, kept, reverted, forced }
    public enum Origin: String, JSONField {
        case rules
        case qLearning = "q-learning"
        case dqn, `operator`
    }

    public var time = 0.0
    public var sequence: Int64 = 0
    /// Revision of the architecture.
    public var structure = 0
    public var event = Event.proposed
    /// An operation with its arguments, worded as in a control request.
    public var action: JSONObject?
    public var hidden: Change<[Int]>?
    public var parameters: Change<Int>?
    public var origin = Origin.rules
    public var observation: NamedNumbers?
    public var actionValues: NamedNumbers?
    public var reward: Double?
    /// A sentence.
    public var reason: String?

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("time", &time)
        try fields.field("sequence", &sequence)
        try fields.field("structure", &structure)
        try fields.field("event", &event)
        try fields.nullable("action", &action)
        try fields.nullable("hidden", &hidden)
        try fields.nullable("parameters", &parameters)
        try fields.field("by", &origin)
        try fields.nullable("observation", &observation)
        try fields.nullable("action_values", &actionValues)
        try fields.nullable("reward", &reward)
        try fields.nullable("reason", &reason)
    }
}

/// A figure before and after a change of structure.
public struct Change<Value: JSONField & Equatable>: JSONField, Equatable {
    public var before: Value
    public var after: Value

    public init(before: Value, after: Value) {
        self.before = before
        self.after = after
    }

    public init(json: JSONValue, name: String) throws(Refusal) {
        let object = try JSONObject(json: json, name: name)
        guard let before = object["before"], let after = object["after"] else {
            throw Refusal(.missingField, "\"\(name)\" has no \"before\" or no \"after\"")
        }
        self.before = try Value(json: before, name: "before")
        self.after = try Value(json: after, name: "after")
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("before")
        before.write(to: &writer)
        writer.key("after")
        after.write(to: &writer)
        writer.endObject()
    }
}
