import Features

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
