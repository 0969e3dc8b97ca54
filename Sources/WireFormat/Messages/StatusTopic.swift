import Features

/// The topics of the `status` socket; the raw value is the topic frame.
public enum StatusTopic: String, CaseIterable, Sendable {
    case status, adaptation, drift, rejected, checkpoint, alert
}

/// A message of the `status` socket.
public enum StatusMessage: Equatable, Sendable {
    case status(StatusReport)
    case adaptation(AdaptationMessage)
    case drift(DriftMessage)
    case rejected(RejectedMessage)
    case checkpoint(CheckpointMessage)
    case alert(AlertMessage)

    public var topic: StatusTopic {
        switch self {
        case .status: .status
        case .adaptation: .adaptation
        case .drift: .drift
        case .rejected: .rejected
        case .checkpoint: .checkpoint
        case .alert: .alert
        }
    }

    /// Topic and JSON.
    public var frames: [[UInt8]] {
        let body =
            switch self {
            case .status(let message): message.encoded
            case .adaptation(let message): message.encoded
            case .drift(let message): message.encoded
            case .rejected(let message): message.encoded
            case .checkpoint(let message): message.encoded
            case .alert(let message): message.encoded
            }
        return [Array(topic.rawValue.utf8), body]
    }

    /// Reads topic and JSON.
    ///
    /// - Throws: `bad_frame` for a topic that is not known, or what the message lacks.
    public init(decoding frames: [[UInt8]]) throws(Refusal) {
        guard frames.count == 2,
            let topic = StatusTopic(rawValue: String(decoding: frames[0], as: UTF8.self))
        else { throw Refusal(.badFrame, "a status message is a known topic and an object") }
        switch topic {
        case .status: self = .status(try StatusReport(decoding: frames[1]))
        case .adaptation: self = .adaptation(try AdaptationMessage(decoding: frames[1]))
        case .drift: self = .drift(try DriftMessage(decoding: frames[1]))
        case .rejected: self = .rejected(try RejectedMessage(decoding: frames[1]))
        case .checkpoint: self = .checkpoint(try CheckpointMessage(decoding: frames[1]))
        case .alert: self = .alert(try AlertMessage(decoding: frames[1]))
        }
    }
}

/// A figure before and after a change of structure.
public struct Change<Value: JSONField & Equatable & DefaultValue>: WireMessage {
    public var before = Value()
    public var after = Value()

    public init() {}

    public init(before: Value, after: Value) {
        self.before = before
        self.after = after
    }

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("before", &before)
        try fields.field("after", &after)
    }
}

/// A value to start from while a message is read.
public protocol DefaultValue {
    init()
}

extension Int: DefaultValue {}
extension Array: DefaultValue {}

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

/// Topic `drift`: a detector fired.
public struct DriftMessage: WireMessage {
    public var time = 0.0
    public var sequence: Int64 = 0
    public var detector = ""
    public var statistic = 0.0
    /// `stream.learned` when it fired.
    public var samples = 0

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("time", &time)
        try fields.field("sequence", &sequence)
        try fields.field("detector", &detector)
        try fields.field("statistic", &statistic)
        try fields.field("samples", &samples)
    }
}

/// Topic `rejected`: what was refused since the last such message.
public struct RejectedMessage: WireMessage {
    public var time = 0.0
    public var sequence: Int64 = 0
    public var code = Refusal.Code.internal
    public var message = ""
    public var socket = ""
    public var count = 0
    /// At most 200 bytes of the latest refused message.
    public var excerpt = ""

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("time", &time)
        try fields.field("sequence", &sequence)
        try fields.field("code", &code)
        try fields.field("message", &message)
        try fields.field("socket", &socket)
        try fields.field("count", &count)
        try fields.field("excerpt", &excerpt)
    }

    /// The beginning of a message as text: at most 200 bytes, what is no UTF-8 replaced.
    public static func excerpt(of bytes: Span<UInt8>) -> String {
        var kept: [UInt8] = []
        for index in 0..<min(bytes.count, 200) { kept.append(bytes[index]) }
        var text = String(decoding: kept, as: UTF8.self)
        // A replacement character takes three bytes where one stood.
        while text.utf8.count > 200 { text.removeLast() }
        return text
    }
}

/// Topic `checkpoint`: a checkpoint is durable.
public struct CheckpointMessage: WireMessage {
    public var time = 0.0
    public var sequence: Int64 = 0
    public var samples = 0
    public var structure = 0
    public var bytes = 0
    public var seconds = 0.0
    public var path = ""

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("time", &time)
        try fields.field("sequence", &sequence)
        try fields.field("samples", &samples)
        try fields.field("structure", &structure)
        try fields.field("bytes", &bytes)
        try fields.field("seconds", &seconds)
        try fields.field("path", &path)
    }
}

/// Topic `alert`: something that an operator should see.
public struct AlertMessage: WireMessage {
    public enum Severity: String, JSONField { case info, warning, error }

    public var time = 0.0
    public var sequence: Int64 = 0
    public var severity = Severity.warning
    public var code = ""
    public var message = ""

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("time", &time)
        try fields.field("sequence", &sequence)
        try fields.field("severity", &severity)
        try fields.field("code", &code)
        try fields.field("message", &message)
    }
}

extension Refusal.Code: JSONField {}
