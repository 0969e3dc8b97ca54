/// A graph of ONNX operators while it is put together, and its encoding.
///
/// Field numbers are those of `onnx.proto3`, IR version 8.
struct ONNXGraph {
    enum ElementType: Int {
        case float = 1
        case string = 8
        case double = 11
    }

    /// A constant argument of an operator.
    enum Attribute {
        case integer(String, Int)
        case float(String, Float)
        case strings(String, [String])
    }

    /// An input or output, of shape `[batch, width]`.
    struct Port {
        let name: String
        let type: ElementType
        let width: Int
    }

    private var nodes = ProtobufWriter()
    private var initializers = ProtobufWriter()
    private var nodeCount = 0
    private var constantCount = 0
    var inputs: [Port] = []
    var outputs: [Port] = []

    /// Adds an operator.
    ///
    /// - Parameter output: What the result is called; nil for a name that is made up.
    /// - Returns: That name.
    @discardableResult
    mutating func add(
        _ operation: String, _ arguments: [String], _ attributes: [Attribute] = [],
        domain: String = "", output: String? = nil
    ) -> String {
        nodeCount += 1
        let result = output ?? "\(operation.lowercased())_\(nodeCount)"
        nodes.message(1) { node in
            for argument in arguments { node.write(1, argument) }
            node.write(2, result)
            node.write(3, "node_\(nodeCount)")
            node.write(4, operation)
            for attribute in attributes { node.message(5) { attribute.write(to: &$0) } }
            if !domain.isEmpty { node.write(7, domain) }
        }
        return result
    }

    mutating func constant(_ values: [Float], shape: [Int], name: String? = nil) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * values.count)
        for value in values {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
            }
        }
        return constant(.float, shape: shape, bytes: bytes, name: name)
    }

    mutating func constant(_ values: [Double], shape: [Int]) -> String {
        let bytes = values.flatMap { Self.littleEndian($0.bitPattern) }
        return constant(.double, shape: shape, bytes: bytes, name: nil)
    }

    /// A list of 64-bit integers, or one of them with an empty shape.
    mutating func constant(_ values: [Int], shape: [Int]) -> String {
        let bytes = values.flatMap { Self.littleEndian(UInt64(bitPattern: Int64($0))) }
        return constant(typeCode: 7, shape: shape, bytes: bytes, name: nil)
    }

    private mutating func constant(
        _ type: ElementType, shape: [Int], bytes: [UInt8], name: String?
    ) -> String {
        constant(typeCode: type.rawValue, shape: shape, bytes: bytes, name: name)
    }

    private mutating func constant(
        typeCode: Int, shape: [Int], bytes: [UInt8], name: String?
    ) -> String {
        constantCount += 1
        let name = name ?? "constant_\(constantCount)"
        initializers.message(5) { tensor in
            for size in shape { tensor.write(1, size) }
            tensor.write(2, typeCode)
            tensor.write(8, name)
            tensor.write(9, bytes)
        }
        return name
    }

    private static func littleEndian(_ bits: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
    }
}

extension ONNXGraph {
    /// The whole model: IR version 8, operators of version 17 and of `ai.onnx.ml` version 3.
    func model(metadata: [SafeTensors.Entry], writer: String) -> [UInt8] {
        var model = ProtobufWriter()
        model.write(1, 8)
        model.write(2, "osier")
        model.write(3, writer)
        model.message(7) { graph in
            graph.append(nodes)
            graph.write(2, "osier")
            graph.append(initializers)
            for port in inputs { graph.message(11) { port.write(to: &$0) } }
            for port in outputs { graph.message(12) { port.write(to: &$0) } }
        }
        for (domain, version) in [("", 17), ("ai.onnx.ml", 3)] {
            model.message(8) { set in
                set.write(1, domain)
                set.write(2, version)
            }
        }
        for entry in metadata {
            model.message(14) { property in
                property.write(1, entry.key)
                property.write(2, entry.value)
            }
        }
        return model.bytes
    }
}

extension ONNXGraph.Attribute {
    fileprivate func write(to message: inout ProtobufWriter) {
        switch self {
        case .float(let name, let value):
            message.write(1, name)
            message.write(2, value)
            message.write(20, 1)
        case .integer(let name, let value):
            message.write(1, name)
            message.write(3, value)
            message.write(20, 2)
        case .strings(let name, let values):
            message.write(1, name)
            for value in values { message.write(9, value) }
            message.write(20, 8)
        }
    }
}

extension ONNXGraph.Port {
    fileprivate func write(to message: inout ProtobufWriter) {
        message.write(1, name)
        message.message(2) { type in
            type.message(1) { tensor in
                tensor.write(1, self.type.rawValue)
                tensor.message(2) { shape in
                    shape.message(1) { $0.write(2, "batch") }
                    shape.message(1) { $0.write(1, width) }
                }
            }
        }
    }
}
