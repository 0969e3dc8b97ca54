import Features

/// A message whose keys are listed once, in order, for both directions.
///
/// Decoding takes keys in any order and ignores those it does not know, so that a newer daemon may
/// say more to an older client.
public protocol WireMessage: JSONField, Equatable {
    init()

    /// Visits every key of the message in the order in which it is written.
    mutating func list(_ fields: inout FieldList) throws(Refusal)
}

/// What can stand as the value of a key.
public protocol JSONField: Sendable {
    /// - Parameter name: The key, for the message of a refusal.
    init(json: JSONValue, name: String) throws(Refusal)
    func write(to writer: inout JSONWriter)
}

/// The keys of one object, being read or written.
public struct FieldList {
    private var writer = JSONWriter()
    private let source: JSONObject?

    fileprivate init() { source = nil }

    fileprivate init(reading object: JSONObject) { source = object }

    /// Exchanges what was written so far, which moves it without a copy.
    fileprivate mutating func swapWriter(_ other: inout JSONWriter) { swap(&writer, &other) }

    /// A key that is always there.
    ///
    /// - Throws: `missing_field` or `wrong_type`, when reading.
    public mutating func field<Value: JSONField>(
        _ key: String, _ value: inout Value
    ) throws(Refusal) {
        guard let source else { return write(key, value) }
        guard let found = source[key] else {
            throw Refusal(.missingField, "the message has no \"\(key)\"")
        }
        value = try Value(json: found, name: key)
    }

    /// A key that is always there and null where it does not apply.
    public mutating func nullable<Value: JSONField>(
        _ key: String, _ value: inout Value?
    ) throws(Refusal) {
        guard let source else {
            if let value { return write(key, value) }
            writer.key(key)
            writer.writeNull()
            return
        }
        value = try Self.read(source[key], key)
    }

    /// A key that is left out where it does not apply.
    public mutating func optional<Value: JSONField>(
        _ key: String, _ value: inout Value?
    ) throws(Refusal) {
        guard let source else {
            if let value { write(key, value) }
            return
        }
        value = try Self.read(source[key], key)
    }

    /// A mark such as `"ok":true`, which a reader must find as it is.
    public mutating func constant(_ key: String, _ mark: Bool) throws(Refusal) {
        var value = mark
        try field(key, &value)
        guard value == mark else {
            throw Refusal(.badValue, "\"\(key)\" is \(value), not \(mark)")
        }
    }

    private mutating func write<Value: JSONField>(_ key: String, _ value: Value) {
        writer.key(key)
        value.write(to: &writer)
    }

    private static func read<Value: JSONField>(
        _ value: JSONValue?, _ key: String
    ) throws(Refusal) -> Value? {
        guard let value, value != .null else { return nil }
        return try Value(json: value, name: key)
    }
}

extension WireMessage {
    public init(json: JSONValue, name: String) throws(Refusal) {
        guard case .object(let object) = json else {
            throw .wrongType(name, json, expected: "an object")
        }
        self.init()
        var fields = FieldList(reading: object)
        try list(&fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(to: &writer)
        writer.endObject()
    }

    /// Writes the keys and their values into the object that is open.
    func writeMembers(to writer: inout JSONWriter) {
        var message = self
        var fields = FieldList()
        fields.swapWriter(&writer)
        // Writing asks nothing of the values, so it cannot fail.
        do { try message.list(&fields) } catch { preconditionFailure(error.description) }
        fields.swapWriter(&writer)
    }

    /// The message as JSON.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads a message.
    ///
    /// - Throws: `bad_json`, `missing_field` or `wrong_type`, naming the key.
    public init(decoding bytes: [UInt8]) throws(Refusal) {
        try self.init(json: try JSONValue(parsing: bytes), name: "message")
    }
}

extension Refusal {
    static func wrongType(_ name: String, _ value: JSONValue, expected: String) -> Refusal {
        Refusal(.wrongType, "\"\(name)\" is \(value.kindName); expected \(expected)")
    }
}
