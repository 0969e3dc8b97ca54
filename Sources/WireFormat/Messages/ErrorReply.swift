import Features

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
