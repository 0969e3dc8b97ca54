import Features

/// The element type of a raw buffer, as NumPy names it; little-endian.
public enum BufferDtype: String, CaseIterable, Sendable {
    case float32, float64, int32, int64, uint8, bool

    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .uint8, .bool: 1
        }
    }

    var isInteger: Bool { self == .int32 || self == .int64 || self == .uint8 }
}

/// What a header says of one buffer.
struct BufferDescription: Equatable, Sendable {
    let name: String
    let dtype: BufferDtype
    /// C order; no dimension is negative, and the product of all fits.
    let shape: [Int]
    let byteCount: Int

    init(name: String, _ value: JSONValue) throws(Refusal) {
        guard case .object(let object) = value else {
            throw Refusal(
                .wrongType,
                "\"\(name)\" in the header is \(value.kindName); describe the buffer as "
                    + "{\"dtype\":…,\"shape\":[…]}")
        }
        self.name = name
        dtype = try Self.dtype(name, object["dtype"])
        shape = try Self.shape(name, object["shape"])
        var product = dtype.byteCount
        for dimension in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
            guard !overflow else {
                throw Refusal(.tooLarge, "the shape \(shape) of \"\(name)\" is beyond any memory")
            }
            product = next
        }
        byteCount = product
    }

    private static func dtype(_ name: String, _ value: JSONValue?) throws(Refusal) -> BufferDtype {
        // A function: the text is for refusals only, and costs more than the rest of a header.
        func allowed() -> String {
            BufferDtype.allCases.map(\.rawValue).joined(separator: ", ")
        }
        switch value {
        case .string(let text)?:
            guard let dtype = BufferDtype(rawValue: text) else {
                throw Refusal(
                    .badDtype,
                    "dtype \"\(RequestRules.excerpt(text))\" of \"\(name)\" is not one of \(allowed())"
                )
            }
            return dtype
        case nil:
            throw Refusal(.missingField, "\"\(name)\" has no \"dtype\"; it is one of \(allowed())")
        case let other?:
            throw Refusal(
                .wrongType, "the dtype of \"\(name)\" is \(other.kindName), not one of \(allowed())"
            )
        }
    }

    private static func shape(_ name: String, _ value: JSONValue?) throws(Refusal) -> [Int] {
        guard let value else {
            throw Refusal(
                .missingField, "\"\(name)\" has no \"shape\"; send its dimensions as an array")
        }
        guard case .array(let dimensions) = value else {
            throw Refusal(
                .wrongType, "the shape of \"\(name)\" is \(value.kindName); send an array")
        }
        guard dimensions.count <= 2 else {
            throw Refusal(
                .shapeMismatch,
                "\"\(name)\" has \(dimensions.count) dimensions; no buffer has more than 2")
        }
        var shape: [Int] = []
        for dimension in dimensions {
            guard case .integer(let size) = dimension else {
                throw Refusal(
                    .wrongType,
                    "a dimension of \"\(name)\" is no integer; send numbers of elements")
            }
            guard size >= 0 else {
                throw Refusal(
                    .shapeMismatch, "a dimension of \"\(name)\" is \(size); it cannot be negative")
            }
            shape.append(Int(size))
        }
        return shape
    }

    /// Checks a frame against the description before anything is read from it.
    func check(_ frame: RawSpan) throws(Refusal) {
        guard frame.byteCount == byteCount else {
            throw Refusal(
                .shapeMismatch,
                "\"\(name)\" of \(dtype.rawValue) and shape \(shape) has \(byteCount) bytes, its "
                    + "frame has \(frame.byteCount)")
        }
    }
}

/// The JSON frame before buffers, or before a JSON body.
struct BufferHeader {
    private let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    private subscript(key: String) -> JSONValue? {
        let value = object[key]
        return value == .null ? nil : value
    }

    /// Whether buffers follow. An `id` that is no object is the request's own.
    var hasBuffers: Bool {
        self["x"] != nil || self["y"] != nil || self["w"] != nil || self["t"] != nil
            || self["id"]?.object != nil
    }

    /// The buffers in the order of their frames.
    var buffers: [BufferDescription] {
        get throws(Refusal) {
            var result: [BufferDescription] = []
            for name in ["x", "y", "w", "t", "id"] {
                guard let value = self[name], name != "id" || value.object != nil else { continue }
                result.append(try BufferDescription(name: name, value))
            }
            return result
        }
    }

    /// The request's `id`.
    var identifier: SampleIdentifier? {
        get throws(Refusal) {
            switch self["id"] {
            case nil, .object?: return nil
            case .integer(let integer)?: return .integer(integer)
            case .string(let text)?:
                if let flaw = RequestRules.flaw(inIdentifier: text) { throw flaw }
                return .text(text)
            case let other?:
                throw Refusal(
                    .wrongType,
                    "\"id\" is \(other.kindName); send a string, an integer or a buffer")
            }
        }
    }

    /// Takes over what concerns the whole request.
    func read(into envelope: inout RequestEnvelope, purpose: SampleDecoder.Purpose) throws(Refusal)
    {
        envelope.identifier = try identifier
        switch purpose {
        case .samples: return
        case .predict:
            envelope.remember = try option("remember")
            envelope.remembersAll = envelope.remember
            envelope.consistent = try option("consistent")
        case .learn:
            if let name = self["producer"] {
                guard case .string(let text) = name else {
                    throw Refusal(.wrongType, "\"producer\" is \(name.kindName); send a string")
                }
                if let flaw = RequestRules.flaw(inProducer: text) { throw flaw }
                envelope.producer = text
            }
            if let number = self["seq"] {
                guard case .integer(let sequence) = number else {
                    throw Refusal(.wrongType, "\"seq\" is \(number.kindName); send an integer")
                }
                if let flaw = RequestRules.flaw(inSequence: sequence) { throw flaw }
                envelope.sequence = sequence
            }
            try RequestRules.checkPair(envelope.producer, envelope.sequence)
        }
    }

    private func option(_ key: String) throws(Refusal) -> Bool {
        switch self[key] {
        case nil: return false
        case .boolean(let flag)?: return flag
        case let other?:
            throw Refusal(.wrongType, "\"\(key)\" is \(other.kindName); send true or false")
        }
    }

    /// The column names of `x`: as many as it has, each once.
    func columnNames(count: Int) throws(Refusal) -> [String]? {
        guard let value = self["features"] else { return nil }
        guard case .array(let elements) = value else {
            throw Refusal(
                .wrongType, "\"features\" is \(value.kindName); send an array of column names")
        }
        guard elements.count == count else {
            throw Refusal(
                .shapeMismatch,
                "\"features\" names \(elements.count) columns, \"x\" has \(count); name each once")
        }
        var names: [String] = []
        var seen: Set<String> = []
        for element in elements {
            guard case .string(let name) = element else {
                throw Refusal(
                    .wrongType, "a name in \"features\" is \(element.kindName); send strings")
            }
            guard name.utf8.count <= DecodingLimits.maxNameBytes else {
                throw Refusal(
                    .tooLarge,
                    "a name in \"features\" has \(name.utf8.count) bytes, more than "
                        + "\(DecodingLimits.maxNameBytes); shorten it")
            }
            guard seen.insert(name).inserted else {
                throw Refusal(
                    .badValue,
                    "\"features\" names \"\(RequestRules.excerpt(name))\" twice; name each once")
            }
            names.append(name)
        }
        return names
    }

    /// The labels that an integer `y` counts through from 0.
    func classes() throws(Refusal) -> [Label]? {
        guard let value = self["classes"] else { return nil }
        guard case .array(let elements) = value else {
            throw Refusal(.wrongType, "\"classes\" is \(value.kindName); send an array of labels")
        }
        var labels: [Label] = []
        for element in elements {
            guard let label = Label(element) else {
                throw Refusal(
                    .wrongType,
                    "a label in \"classes\" is \(element.kindName); send strings, integers or "
                        + "booleans")
            }
            labels.append(label)
        }
        return labels
    }
}

extension Label {
    /// The label that a JSON value is, or `nil` when it can be none.
    init?(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .text(text)
        case .integer(let integer): self = .integer(integer)
        case .boolean(let boolean): self = .boolean(boolean)
        default: return nil
        }
    }
}
