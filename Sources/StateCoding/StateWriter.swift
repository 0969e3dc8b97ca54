/// Turns state into its canonical bytes.
///
/// Equal states give equal bytes on every machine: little-endian, no padding, counts before
/// elements, floating-point values by their bit patterns. Digests and checkpoints are both made of
/// these bytes, so a field that is left out of ``StateCodable/encode(to:)`` is lost at a restart
/// and missed by the digest.
public struct StateWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func write(_ value: UInt8) { bytes.append(value) }
    public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }
    public mutating func write(_ value: UInt32) { append(UInt64(value), byteCount: 4) }
    public mutating func write(_ value: UInt64) { append(value, byteCount: 8) }
    public mutating func write(_ value: Int) { write(UInt64(bitPattern: Int64(value))) }
    public mutating func write(_ value: Float) { write(value.bitPattern) }
    public mutating func write(_ value: Double) { write(value.bitPattern) }

    /// Writes the count of UTF-8 bytes, then the bytes.
    public mutating func write(_ value: String) {
        write(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    /// Writes the count, then each value.
    public mutating func write(_ values: [Float]) {
        write(values.count)
        append(values.count) { values[$0].bitPattern }
    }

    /// Writes the count, then each value.
    public mutating func write(_ values: [Double]) {
        write(values.count)
        append(values.count) { values[$0].bitPattern }
    }

    /// Writes the count, then each value.
    public mutating func write(_ values: [Int]) {
        write(values.count)
        append(values.count) { Int64(values[$0]) }
    }

    /// Writes the count, then each value.
    public mutating func write(_ values: [String]) {
        write(values.count)
        for value in values { write(value) }
    }

    /// Writes the count, then each element's own state.
    public mutating func write<Element: StateCodable>(_ elements: [Element]) {
        write(elements.count)
        for element in elements { element.encode(to: &self) }
    }

    /// Writes whether there is a value, then the value's own state.
    public mutating func write<Wrapped: StateCodable>(_ value: Wrapped?) {
        write(value != nil)
        value?.encode(to: &self)
    }

    /// Writes the state of a part.
    public mutating func write<Part: StateCodable>(_ part: Part) { part.encode(to: &self) }

    /// Appends words of one size in one stretch: weights are most of a state, and growing the array
    /// byte by byte is several times slower.
    @inline(__always)
    private mutating func append<Word: FixedWidthInteger>(_ count: Int, _ word: (Int) -> Word) {
        var place = bytes.count
        let byteCount = MemoryLayout<Word>.size
        bytes.append(contentsOf: repeatElement(0, count: count * byteCount))
        var span = bytes.mutableSpan
        for index in 0..<count {
            var rest = word(index)
            for _ in 0..<byteCount {
                span[place] = UInt8(truncatingIfNeeded: rest)
                rest >>= 8
                place += 1
            }
        }
    }

    private mutating func append(_ value: UInt64, byteCount: Int) {
        for index in 0..<byteCount {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
