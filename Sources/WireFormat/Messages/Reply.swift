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
