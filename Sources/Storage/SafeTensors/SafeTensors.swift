/// Named tensors and text, in the file form of that name.
///
/// Eight bytes little-endian with the length of a JSON header, the header, and the tensors'
/// bytes, which cover the rest of the file without holes. Source: the format's description in
/// `huggingface/safetensors`. This reader also refuses names that come twice and values that are
/// not finite: a model with either is not one.
public struct SafeTensors: Equatable, Sendable {
    /// How an element is stored, always little-endian.
    public enum ElementType: String, CaseIterable, Sendable {
        case bool = "BOOL"
        case uint8 = "U8"
        case int8 = "I8"
        case uint16 = "U16"
        case int16 = "I16"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case uint32 = "U32"
        case int32 = "I32"
        case float32 = "F32"
        case uint64 = "U64"
        case int64 = "I64"
        case float64 = "F64"

        /// Bytes of one element.
        public var byteCount: Int {
            switch self {
            case .bool, .uint8, .int8: 1
            case .uint16, .int16, .float16, .bfloat16: 2
            case .uint32, .int32, .float32: 4
            case .uint64, .int64, .float64: 8
            }
        }
    }

    /// An array of numbers with a name.
    public struct Tensor: Equatable, Sendable {
        public let name: String
        public let type: ElementType
        /// Sizes from the slowest index to the fastest; none is a single number.
        public let shape: [Int]
        /// The elements in C order.
        public let bytes: [UInt8]

        /// - Throws: ``SafeTensorsError`` when bytes and shape disagree or a value is not finite.
        public init(
            name: String, type: ElementType, shape: [Int], bytes: [UInt8]
        ) throws(SafeTensorsError) {
            guard let byteCount = SafeTensors.byteCount(type, shape), byteCount == bytes.count
            else {
                throw .shape(tensor: name, shape: shape, byteCount: bytes.count)
            }
            if let index = SafeTensors.firstNonFinite(type, bytes) {
                throw .notFinite(tensor: name, index: index)
            }
            self.name = name
            self.type = type
            self.shape = shape
            self.bytes = bytes
        }

        /// A tensor of 32-bit floats.
        public init(name: String, shape: [Int], values: [Float]) throws(SafeTensorsError) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(4 * values.count)
            for value in values {
                let pattern = value.bitPattern
                for index in 0..<UInt32(4) {
                    bytes.append(UInt8(truncatingIfNeeded: pattern >> (8 * index)))
                }
            }
            try self.init(name: name, type: .float32, shape: shape, bytes: bytes)
        }

        /// The elements of a tensor of 32-bit floats; nil for another type.
        public var floats: [Float]? {
            guard type == .float32 else { return nil }
            return (0..<bytes.count / 4).map { index in
                Float(bitPattern: UInt32(truncatingIfNeeded: element(at: index)))
            }
        }

        /// The bits of an element.
        private func element(at index: Int) -> UInt64 {
            SafeTensors.pattern(bytes, at: index, byteCount: type.byteCount)
        }
    }

    /// Text beside the tensors.
    public struct Entry: Equatable, Sendable {
        public let key: String
        public let value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// In the order of the file.
    public let metadata: [Entry]
    /// In the order of the header.
    public let tensors: [Tensor]

    /// The longest header, as in the reference reader.
    static let maxHeaderByteCount = 100_000_000

    /// - Throws: ``SafeTensorsError/duplicate(name:)``.
    public init(metadata: [Entry] = [], tensors: [Tensor]) throws(SafeTensorsError) {
        if let name = Self.firstDuplicate(tensors.map(\.name) + ["__metadata__"]) {
            throw .duplicate(name: name)
        }
        if let key = Self.firstDuplicate(metadata.map(\.key)) { throw .duplicate(name: key) }
        self.metadata = metadata
        self.tensors = tensors
    }

    /// The tensor of a name.
    public func tensor(named name: String) -> Tensor? { tensors.first { $0.name == name } }

    /// The text of a key.
    public func text(for key: String) -> String? { metadata.first { $0.key == key }?.value }
}

extension SafeTensors {
    /// Bytes of a tensor; nil when a size is negative or the product too large.
    static func byteCount(_ type: ElementType, _ shape: [Int]) -> Int? {
        var count = type.byteCount
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }

    /// The bits of an element, in the low end of the result.
    static func pattern(_ bytes: [UInt8], at index: Int, byteCount: Int) -> UInt64 {
        var pattern: UInt64 = 0
        for position in 0..<byteCount {
            pattern |= UInt64(bytes[index * byteCount + position]) << UInt64(8 * position)
        }
        return pattern
    }

    /// Index of the first NaN or infinity: a float whose exponent bits are all set.
    static func firstNonFinite(_ type: ElementType, _ bytes: [UInt8]) -> Int? {
        let exponent: UInt64
        switch type {
        case .float16: exponent = 0x7c00
        case .bfloat16: exponent = 0x7f80
        case .float32: exponent = 0x7f80_0000
        case .float64: exponent = 0x7ff0_0000_0000_0000
        default: return nil
        }
        return (0..<bytes.count / type.byteCount).first { index in
            pattern(bytes, at: index, byteCount: type.byteCount) & exponent == exponent
        }
    }

    private static func firstDuplicate(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }
}
