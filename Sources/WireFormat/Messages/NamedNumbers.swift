import Features

/// An object of named numbers, in order.
public struct NamedNumbers: Equatable, Sendable, JSONField, ExpressibleByDictionaryLiteral {
    public struct Element: Equatable, Sendable {
        public let name: String
        public let value: Double

        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    public var elements: [Element]

    public init(_ elements: [Element] = []) { self.elements = elements }

    public init(dictionaryLiteral elements: (String, Double)...) {
        self.elements = elements.map(Element.init)
    }

    public init(json: JSONValue, name: String) throws(Refusal) {
        let object = try JSONObject(json: json, name: name)
        elements = []
        for member in object.members {
            elements.append(Element(member.key, try Double(json: member.value, name: member.key)))
        }
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for element in elements {
            writer.key(element.name)
            writer.write(element.value)
        }
        writer.endObject()
    }
}

/// An object of named counts, in order.
public struct NamedCounts: Equatable, Sendable, JSONField, ExpressibleByDictionaryLiteral {
    public struct Element: Equatable, Sendable {
        public let name: String
        public var count: Int

        public init(_ name: String, _ count: Int) {
            self.name = name
            self.count = count
        }
    }

    public var elements: [Element]

    public init(_ elements: [Element] = []) { self.elements = elements }

    public init(dictionaryLiteral elements: (String, Int)...) {
        self.elements = elements.map(Element.init)
    }

    public init(json: JSONValue, name: String) throws(Refusal) {
        let object = try JSONObject(json: json, name: name)
        elements = []
        for member in object.members {
            elements.append(Element(member.key, try Int(json: member.value, name: member.key)))
        }
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for element in elements {
            writer.key(element.name)
            writer.write(element.count)
        }
        writer.endObject()
    }
}
