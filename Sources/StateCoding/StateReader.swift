/// Reads back what a ``StateWriter`` wrote, in the same order.
///
/// Bytes from a file are never trusted: a count is checked against the bytes that are left before
/// anything is allocated for it.
public struct StateReader: Sendable {
    private let bytes: [UInt8]
    /// Bytes consumed so far.
    public private(set) var offset = 0

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Bytes not yet consumed.
    public var remainingCount: Int { bytes.count - offset }

    public mutating func readUInt8() throws(StateError) -> UInt8 {
        UInt8(try take(byteCount: 1, what: "a byte"))
    }

    /// - Throws: ``StateError/invalid(what:offset:)`` for anything but 0 and 1.
    public mutating func readBool() throws(StateError) -> Bool {
        switch try take(byteCount: 1, what: "a Boolean") {
        case 0: return false
        case 1: return true
        default: throw .invalid(what: "a Boolean", offset: offset - 1)
        }
    }

    public mutating func readUInt32() throws(StateError) -> UInt32 {
        UInt32(try take(byteCount: 4, what: "a 32-bit integer"))
    }

    public mutating func readUInt64() throws(StateError) -> UInt64 {
        try take(byteCount: 8, what: "a 64-bit integer")
    }

    public mutating func readInt() throws(StateError) -> Int {
        Int(Int64(bitPattern: try readUInt64()))
    }

    public mutating func readFloat() throws(StateError) -> Float {
        Float(bitPattern: try readUInt32())
    }

    public mutating func readDouble() throws(StateError) -> Double {
        Double(bitPattern: try readUInt64())
    }

    public mutating func readString() throws(StateError) -> String {
        let count = try readCount(bytesPerElement: 1, what: "a string")
        defer { offset += count }
        guard let text = String(validating: bytes[offset..<offset + count], as: UTF8.self) else {
            throw .invalid(what: "UTF-8 text", offset: offset)
        }
        return text
    }

    public mutating func readFloats() throws(StateError) -> [Float] {
        let count = try readCount(bytesPerElement: 4, what: "an array of floats")
        var values: [Float] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try readFloat()) }
        return values
    }

    public mutating func readDoubles() throws(StateError) -> [Double] {
        let count = try readCount(bytesPerElement: 8, what: "an array of doubles")
        var values: [Double] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try readDouble()) }
        return values
    }

    public mutating func readInts() throws(StateError) -> [Int] {
        let count = try readCount(bytesPerElement: 8, what: "an array of integers")
        var values: [Int] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try readInt()) }
        return values
    }

    public mutating func readStrings() throws(StateError) -> [String] {
        let count = try readCount(bytesPerElement: 8, what: "an array of strings")
        var values: [String] = []
        for _ in 0..<count { values.append(try readString()) }
        return values
    }

    public mutating func readArray<Element: StateCodable>(
        of type: Element.Type = Element.self
    ) throws(StateError) -> [Element] {
        // Every element takes at least one byte.
        let count = try readCount(bytesPerElement: 1, what: "an array")
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try Element(from: &self)) }
        return elements
    }

    public mutating func readOptional<Wrapped: StateCodable>(
        _ type: Wrapped.Type = Wrapped.self
    ) throws(StateError) -> Wrapped? {
        try readBool() ? try Wrapped(from: &self) : nil
    }

    public mutating func read<Part: StateCodable>(
        _ type: Part.Type = Part.self
    ) throws(StateError) -> Part {
        try Part(from: &self)
    }

    /// Everything that is left.
    public mutating func readRest() -> [UInt8] {
        defer { offset = bytes.count }
        return Array(bytes[offset...])
    }

    private mutating func readCount(
        bytesPerElement: Int, what: String
    ) throws(StateError) -> Int {
        let start = offset
        let count = try readInt()
        guard count >= 0, count <= remainingCount / bytesPerElement else {
            throw .truncated(what: what, offset: start)
        }
        return count
    }

    private mutating func take(byteCount: Int, what: String) throws(StateError) -> UInt64 {
        guard remainingCount >= byteCount else { throw .truncated(what: what, offset: offset) }
        var value: UInt64 = 0
        for index in 0..<byteCount { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
        offset += byteCount
        return value
    }
}
