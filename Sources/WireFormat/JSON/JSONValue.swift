import Features

/// A JSON value as a tree, for what is small or whose shape is not known before.
public enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// Written without fraction and exponent, and in range.
    case integer(Int64)
    /// Any other number; finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object, in the order in which they were written; no key comes twice.
public struct JSONObject: Equatable, Sendable {
    public struct Member: Equatable, Sendable {
        public let key: String
        public var value: JSONValue

        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var members: [Member] = []

    public init() {}

    /// Takes members; a later one replaces an earlier one of the same key.
    public init(_ members: [Member]) {
        for member in members { self[member.key] = member.value }
    }

    /// Members that a parser has found to be distinct.
    init(distinct members: [Member]) { self.members = members }

    /// The value of a key, compared byte by byte; setting `nil` removes the member. O(members).
    public subscript(key: String) -> JSONValue? {
        get { index(of: key).map { members[$0].value } }
        set {
            let index = index(of: key)
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key, value))
            case (nil, nil): break
            }
        }
    }

    private func index(of key: String) -> Int? {
        // The lengths tell most keys apart, at a fraction of the cost.
        let count = key.utf8.count
        return members.firstIndex {
            $0.key.utf8.count == count && $0.key.utf8.elementsEqual(key.utf8)
        }
    }
}

extension JSONValue {
    /// What the value is, as a message names it: `a number`, `an object`.
    public var kindName: String {
        switch self {
        case .null: JSONKind.null.name
        case .boolean: JSONKind.boolean.name
        case .integer, .number: JSONKind.number.name
        case .string: JSONKind.string.name
        case .array: JSONKind.array.name
        case .object: JSONKind.object.name
        }
    }

    /// The value of an integer or any other number.
    public var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The members, when the value is an object.
    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }
}

extension JSONValue {
    /// Parses one JSON text.
    ///
    /// - Throws: `bad_json` or `too_deep`, with the offset of the first byte that is wrong.
    public init(parsing bytes: [UInt8]) throws(Refusal) {
        try unsafe self.init(parsing: bytes.span.bytes)
    }

    /// Parses one JSON text.
    ///
    /// - Throws: `bad_json` or `too_deep`, with the offset of the first byte that is wrong.
    public init(parsing bytes: RawSpan) throws(Refusal) {
        var scratch = JSONScratch()
        self = try JSONScanner.withBytes(of: bytes, scratch: &scratch) {
            (scanner) throws(Refusal) in
            scanner.skipWhitespace()
            let value = try scanner.scanValue()
            try scanner.expectEnd()
            return value
        }
    }
}

extension JSONScanner {
    /// Passes a value and keeps it.
    mutating func scanValue() throws(Refusal) -> JSONValue {
        switch try kind() {
        case .null:
            try scanLiteral("null")
            return .null
        case .boolean: return .boolean(try scanBoolean())
        case .number:
            let number = try scanNumber()
            return number.integer.map(JSONValue.integer) ?? .number(number.value)
        case .string: return .string(text(of: try scanString()))
        case .array:
            var elements: [JSONValue] = []
            guard try beginArray() else { return .array(elements) }
            repeat { elements.append(try scanValue()) } while try continueArray()
            return .array(elements)
        case .object: return .object(try scanObject())
        }
    }

    private mutating func scanObject() throws(Refusal) -> JSONObject {
        var members: [JSONObject.Member] = []
        guard try beginObject() else { return JSONObject() }
        let mark = keyMark
        repeat {
            let key = try scanKey()
            register(key)
            members.append(.init(text(of: key), try scanValue()))
        } while try continueObject()
        try closeKeys(since: mark)
        return JSONObject(distinct: members)
    }
}
