import Features

/// What comes back for a request: what was asked for, or an error object.
public enum Reply<Body: JSONField & Equatable>: JSONField, Equatable {
    case success(Body)
    case failure(ErrorReply)

    public init(json: JSONValue, name: String) throws(Refusal) {
        if json.object?["error"] != nil {
            self = .failure(try ErrorReply(json: json, name: name))
        } else {
            self = .success(try Body(json: json, name: name))
        }
    }

    public func write(to writer: inout JSONWriter) {
        switch self {
        case .success(let body): body.write(to: &writer)
        case .failure(let error): error.write(to: &writer)
        }
    }

    /// Reads a reply.
    ///
    /// - Throws: What the message lacks.
    public init(decoding bytes: [UInt8]) throws(Refusal) {
        try self.init(json: try JSONValue(parsing: bytes), name: "reply")
    }
}

/// `{"error":{"code":…,"message":…},"id":…}`.
public struct ErrorReply: WireMessage {
    public var code = Refusal.Code.internal
    public var message = ""
    public var identifier: SampleIdentifier?
    /// With `busy`: when to come back.
    public var retryAfterMilliseconds: Int?
    /// With `gap`: the `seq` that would have been accepted.
    public var expected: Int64?

    public init() {}

    public init(_ refusal: Refusal, identifier: SampleIdentifier? = nil) {
        code = refusal.code
        message = refusal.message
        self.identifier = identifier
    }

    public var refusal: Refusal { Refusal(code, message) }

    /// What `busy` and `gap` add stands in the error and beside it: the protocol names the keys and
    /// not their place, so a client finds them where it looks.
    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        var error = ErrorBody(self)
        try fields.field("error", &error)
        code = error.code
        message = error.message
        try fields.optional("id", &identifier)
        try fields.optional("retry_after_ms", &retryAfterMilliseconds)
        try fields.optional("expected", &expected)
    }
}

/// The inner object of an error.
struct ErrorBody: WireMessage {
    var code = Refusal.Code.internal
    var message = ""
    var retryAfterMilliseconds: Int?
    var expected: Int64?

    init() {}

    init(_ reply: ErrorReply) {
        code = reply.code
        message = reply.message
        retryAfterMilliseconds = reply.retryAfterMilliseconds
        expected = reply.expected
    }

    mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("code", &code)
        try fields.field("message", &message)
        try fields.optional("retry_after_ms", &retryAfterMilliseconds)
        try fields.optional("expected", &expected)
    }
}

/// The answer of `learn` to samples.
public struct LearnReply: WireMessage {
    public var identifier: SampleIdentifier?
    /// The request's `seq`.
    public var sequence: Int64?
    public var accepted = 0
    /// In order of their index; the others were accepted.
    public var rejected: [IndexedRefusal] = []
    /// The journal's number of the request's last event; nil when it is not known.
    public var offset: Int64?
    /// The request was accepted before, and is not learned again.
    public var isDuplicate = false
    /// False where the daemon lives in memory only.
    public var isDurable = true

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.constant("ok", true)
        try fields.optional("id", &identifier)
        try fields.optional("seq", &sequence)
        try fields.field("accepted", &accepted)
        try fields.field("rejected", &rejected)
        try fields.nullable("offset", &offset)
        var duplicate = isDuplicate ? true : nil
        try fields.optional("duplicate", &duplicate)
        isDuplicate = duplicate ?? false
        var durable = isDurable ? nil : false
        try fields.optional("durable", &durable)
        isDurable = durable ?? true
    }
}

/// The answer of `learn` to a hello.
public struct HelloReply: WireMessage {
    /// The producer's last accepted `seq`; 0 for one that is not known.
    public var lastSequence: Int64 = 0
    /// Requests that may be in flight.
    public var credit = 0
    /// The producer had more acknowledged than the daemon has.
    public var isLost = false
    /// False where the daemon lives in memory only.
    public var isDurable = true

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.constant("ok", true)
        try fields.field("last_seq", &lastSequence)
        try fields.field("credit", &credit)
        var lost = isLost ? true : nil
        try fields.optional("lost", &lost)
        isLost = lost ?? false
        var durable = isDurable ? nil : false
        try fields.optional("durable", &durable)
        isDurable = durable ?? true
    }
}

extension IndexedRefusal: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        let object = try JSONObject(json: json, name: name)
        guard let index = object["index"], let error = object["error"] else {
            throw Refusal(.missingField, "an entry of \"\(name)\" has no \"index\" or \"error\"")
        }
        let body = try ErrorBody(json: error, name: "error")
        self.init(
            index: try Int(json: index, name: "index"), refusal: Refusal(body.code, body.message))
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("index")
        writer.write(index)
        writer.key("error")
        ErrorBody(ErrorReply(refusal)).write(to: &writer)
        writer.endObject()
    }
}
