/// What an ONNX file holds, for `osier inspect`. Values are not looked at.
public struct ONNXSummary: Sendable {
    /// The bytes are no ONNX model from this place on.
    public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
        public let offset: Int

        public var description: String {
            "it is no ONNX model: byte \(offset) does not belong there; export the file again"
        }
    }

    public struct Tensor: Equatable, Sendable {
        public var name = ""
        public var shape: [Int] = []
    }

    public private(set) var formatVersion = 0
    public private(set) var producer = ""
    public private(set) var producerVersion = ""
    /// Domain and version of each set of operators.
    public private(set) var operatorSets: [(domain: String, version: Int)] = []
    public private(set) var metadata: [SafeTensors.Entry] = []
    public private(set) var inputs: [String] = []
    public private(set) var outputs: [String] = []
    /// Operators, in the order of the graph.
    public private(set) var operators: [String] = []
    public private(set) var constants: [Tensor] = []

    /// - Throws: ``Malformed``.
    public init(bytes: [UInt8]) throws(Malformed) {
        var reader = ProtobufReader(bytes[...])
        var hasGraph = false
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .integer(let version)): formatVersion = Int(truncatingIfNeeded: version)
            case (2, .bytes(let text)): producer = try Self.text(text)
            case (3, .bytes(let text)): producerVersion = try Self.text(text)
            case (7, .bytes(let graph)):
                hasGraph = true
                try readGraph(graph)
            case (8, .bytes(let set)): try readOperatorSet(set)
            case (14, .bytes(let property)): try readProperty(property)
            default: break
            }
        }
        guard hasGraph, formatVersion >= 1 else { throw Malformed(offset: 0) }
    }

    private mutating func readGraph(_ bytes: ArraySlice<UInt8>) throws(Malformed) {
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            guard case .bytes(let part) = value else { continue }
            switch field {
            case 1: operators.append(try Self.text(part, field: 4))
            case 5: constants.append(try Self.tensor(part))
            case 11: inputs.append(try Self.text(part, field: 1))
            case 12: outputs.append(try Self.text(part, field: 1))
            default: break
            }
        }
    }

    private mutating func readOperatorSet(_ bytes: ArraySlice<UInt8>) throws(Malformed) {
        var reader = ProtobufReader(bytes)
        var version = 0
        while let (field, value) = try reader.next() {
            if field == 2, case .integer(let number) = value {
                version = Int(truncatingIfNeeded: number)
            }
        }
        operatorSets.append((try Self.text(bytes, field: 1), version))
    }

    private mutating func readProperty(_ bytes: ArraySlice<UInt8>) throws(Malformed) {
        metadata.append(
            .init(key: try Self.text(bytes, field: 1), value: try Self.text(bytes, field: 2)))
    }

    private static func tensor(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Tensor {
        var tensor = Tensor()
        tensor.name = try text(bytes, field: 8)
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            if field == 1, case .integer(let size) = value {
                tensor.shape.append(Int(truncatingIfNeeded: size))
            }
        }
        return tensor
    }

    /// The text of a field; empty when there is none.
    private static func text(
        _ bytes: ArraySlice<UInt8>, field wanted: Int
    ) throws(Malformed) -> String {
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            if field == wanted, case .bytes(let content) = value { return try text(content) }
        }
        return ""
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Malformed(offset: bytes.startIndex)
        }
        return text
    }
}
