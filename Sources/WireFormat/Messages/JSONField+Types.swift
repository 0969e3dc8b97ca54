import Features

extension Int: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        guard case .integer(let integer) = json else {
            throw .wrongType(name, json, expected: "an integer")
        }
        self = Int(integer)
    }

    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Int64: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        guard case .integer(let integer) = json else {
            throw .wrongType(name, json, expected: "an integer")
        }
        self = integer
    }

    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Double: JSONField {
    /// `null` reads as NaN, because that is how NaN is written.
    public init(json: JSONValue, name: String) throws(Refusal) {
        if json == .null {
            self = .nan
        } else if let number = json.double {
            self = number
        } else {
            throw .wrongType(name, json, expected: "a number")
        }
    }

    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Float: JSONField {
    /// `null` reads as NaN, because that is how NaN is written.
    public init(json: JSONValue, name: String) throws(Refusal) {
        self = Float(try Double(json: json, name: name))
    }

    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Bool: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        guard case .boolean(let boolean) = json else {
            throw .wrongType(name, json, expected: "true or false")
        }
        self = boolean
    }

    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension String: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        guard case .string(let text) = json else {
            throw .wrongType(name, json, expected: "a string")
        }
        self = text
    }

    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Array: JSONField where Element: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        guard case .array(let elements) = json else {
            throw .wrongType(name, json, expected: "an array")
        }
        self = []
        reserveCapacity(elements.count)
        for element in elements { append(try Element(json: element, name: name)) }
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginArray()
        for element in self { element.write(to: &writer) }
        writer.endArray()
    }
}

extension JSONValue: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) { self = json }
    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension JSONObject: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        guard case .object(let object) = json else {
            throw .wrongType(name, json, expected: "an object")
        }
        self = object
    }

    public func write(to writer: inout JSONWriter) { writer.write(JSONValue.object(self)) }
}

extension Label: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        guard let label = Label(json) else {
            throw .wrongType(name, json, expected: "a string, an integer or a boolean")
        }
        self = label
    }

    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension SampleIdentifier: JSONField {
    public init(json: JSONValue, name: String) throws(Refusal) {
        switch json {
        case .string(let text): self = .text(text)
        case .integer(let integer): self = .integer(integer)
        default: throw .wrongType(name, json, expected: "a string or an integer")
        }
    }

    public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension JSONField where Self: RawRepresentable, RawValue == String {
    /// - Throws: `bad_value` for a word that is none of the type's.
    public init(json: JSONValue, name: String) throws(Refusal) {
        let text = try String(json: json, name: name)
        guard let value = Self(rawValue: text) else {
            throw Refusal(
                .badValue, "\"\(name)\" is \"\(RequestRules.excerpt(text))\", a word not known")
        }
        self = value
    }

    public func write(to writer: inout JSONWriter) { writer.write(rawValue) }
}

extension Refusal.Code: JSONField {}
