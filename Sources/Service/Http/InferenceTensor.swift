import Features
import WireFormat

/// An input tensor of the Open Inference Protocol, its elements in row-major order.
struct InferenceTensor {
    /// The datatypes whose elements can be features.
    static let datatypes = [
        "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16",
        "FP32", "FP64", "BYTES",
    ]

    let name: String
    /// Not negative; the product is `elements.count`.
    let shape: [Int]
    let datatype: String
    let elements: [JSONValue]

    /// - Throws: Naming the tensor, when it is not what the protocol says.
    init(_ value: JSONValue, index: Int) throws(Refusal) {
        guard case .object(let object) = value else {
            throw Refusal(.wrongType, "input \(index) is \(value.kindName); send an object")
        }
        guard case .string(let name)? = object["name"] else {
            throw Refusal(.missingField, "input \(index) has no \"name\"; send a string")
        }
        self.name = name
        guard case .string(let datatype)? = object["datatype"] else {
            throw Refusal(.missingField, "input \"\(name)\" has no \"datatype\"; send a string")
        }
        guard Self.datatypes.contains(datatype) else {
            throw Refusal(
                .badDtype,
                "datatype \"\(HttpRouter.excerpt(datatype))\" of input \"\(name)\" is not one of "
                    + Self.datatypes.joined(separator: ", "))
        }
        self.datatype = datatype
        shape = try Self.shape(object["shape"], name)
        guard let data = object["data"] else {
            throw Refusal(
                .missingField,
                "input \"\(name)\" has no \"data\"; tensors are sent as JSON, binary data is not "
                    + "taken")
        }
        var elements: [JSONValue] = []
        Self.flatten(data, into: &elements)
        self.elements = elements
        let count = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        guard elements.count == count else {
            throw Refusal(
                .shapeMismatch,
                "input \"\(name)\" of shape \(shape) has \(elements.count) elements in its data, "
                    + "not \(count)")
        }
    }

    /// Samples in the tensor, when its first dimension counts them.
    var rowCount: Int { shape.count < 2 ? elements.count : shape[0] }

    private static func shape(_ value: JSONValue?, _ name: String) throws(Refusal) -> [Int] {
        guard case .array(let dimensions)? = value else {
            throw Refusal(
                .missingField, "input \"\(name)\" has no \"shape\"; send its dimensions")
        }
        guard (1...2).contains(dimensions.count) else {
            throw Refusal(
                .shapeMismatch,
                "input \"\(name)\" has \(dimensions.count) dimensions; send [samples, features], "
                    + "or [samples] for one feature")
        }
        var shape: [Int] = []
        for dimension in dimensions {
            guard case .integer(let size) = dimension, (0...(1 << 31)).contains(size) else {
                throw Refusal(
                    .badValue, "a dimension of input \"\(name)\" is no number of elements")
            }
            shape.append(Int(size))
        }
        return shape
    }

    /// Data may be nested like the shape, or flat.
    private static func flatten(_ value: JSONValue, into elements: inout [JSONValue]) {
        guard case .array(let values) = value else {
            elements.append(value)
            return
        }
        for value in values { flatten(value, into: &elements) }
    }
}
