import Features
import WireFormat

/// A request of the Open Inference Protocol for predictions.
struct InferenceRequest {
    /// Returned with the answer.
    var identifier: JSONValue?
    /// The outputs that are wanted; empty for all.
    var outputs: [String] = []
    /// The samples as a message of our own protocol.
    var frames: [[UInt8]]

    /// - Throws: Saying what to send instead.
    init(_ body: [UInt8]) throws(Refusal) {
        let value = try JSONValue(parsing: body)
        guard case .object(let object) = value else {
            throw Refusal(.wrongType, "the request is \(value.kindName); send {\"inputs\":[…]}")
        }
        switch object["id"] {
        case nil, .null?: break
        case .string?: identifier = object["id"]
        case let other?:
            throw Refusal(.wrongType, "\"id\" is \(other.kindName); send a string")
        }
        outputs = try Self.outputs(object["outputs"])
        guard case .array(let inputs)? = object["inputs"], !inputs.isEmpty else {
            throw Refusal(
                .missingField, "the request has no \"inputs\"; send a tensor [samples, features]")
        }
        var tensors: [InferenceTensor] = []
        for (index, input) in inputs.enumerated() {
            tensors.append(try InferenceTensor(input, index: index))
        }
        frames = try Self.frames(tensors)
    }

    private static func outputs(_ value: JSONValue?) throws(Refusal) -> [String] {
        guard let value, value != .null else { return [] }
        guard case .array(let elements) = value else {
            throw Refusal(.wrongType, "\"outputs\" is \(value.kindName); send an array")
        }
        var names: [String] = []
        for element in elements {
            guard case .string(let name)? = element.object?["name"] else {
                throw Refusal(.missingField, "an output has no \"name\"; send a string")
            }
            names.append(name)
        }
        return names
    }

    /// One tensor of two dimensions is positional; else each tensor is a feature of its name, with
    /// one element per sample.
    private static func frames(_ tensors: [InferenceTensor]) throws(Refusal) -> [[UInt8]] {
        let isPositional =
            tensors.count == 1 && tensors[0].shape.count == 2 && tensors[0].datatype != "BYTES"
        guard !isPositional else { return try buffer(tensors[0]) }
        let count = tensors[0].rowCount
        var names: Set<String> = []
        for tensor in tensors {
            guard tensor.elements.count == count else {
                throw Refusal(
                    .shapeMismatch,
                    "input \"\(tensor.name)\" has \(tensor.elements.count) elements, input "
                        + "\"\(tensors[0].name)\" has \(count); give each sample one, or send one "
                        + "tensor [samples, features]")
            }
            guard names.insert(tensor.name).inserted else {
                throw Refusal(.badValue, "input \"\(tensor.name)\" is there twice; name each once")
            }
        }
        let samples = (0..<count).map { row in
            let features = tensors.map { JSONObject.Member($0.name, $0.elements[row]) }
            return JSONValue.object(JSONObject([.init("x", .object(JSONObject(features)))]))
        }
        return [JSONValue.array(samples).encoded]
    }

    /// A header and the numbers; what is missing is a NaN there.
    private static func buffer(_ tensor: InferenceTensor) throws(Refusal) -> [[UInt8]] {
        var header = JSONWriter()
        header.beginObject()
        header.key("x")
        header.beginObject()
        header.key("dtype")
        header.write("float64")
        header.key("shape")
        header.beginArray()
        for dimension in tensor.shape { header.write(dimension) }
        header.endArray()
        header.endObject()
        header.endObject()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * tensor.elements.count)
        for (index, element) in tensor.elements.enumerated() {
            let bits = try number(element, index, of: tensor).bitPattern
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
            }
        }
        return [header.bytes, bytes]
    }

    private static func number(
        _ value: JSONValue, _ index: Int, of tensor: InferenceTensor
    ) throws(Refusal) -> Double {
        switch value {
        case .null: return .nan
        case .boolean(let flag): return flag ? 1 : 0
        default:
            if let number = value.double { return number }
            let row = index / tensor.shape[1]
            throw Refusal(
                .wrongType,
                "sample \(row): an element of input \"\(HttpRouter.excerpt(tensor.name))\" is "
                    + "\(value.kindName); send numbers, or one BYTES tensor per feature")
        }
    }
}
