import StateCoding

/// The least and the greatest of some values.
struct ValueRange: Equatable, Sendable {
    private var least = Double.infinity
    private var greatest = -Double.infinity

    /// That of no values.
    init() {}

    /// Negative before the first value.
    var width: Double { greatest - least }

    mutating func include(_ value: Double) {
        least = min(least, value)
        greatest = max(greatest, value)
    }

    /// Whether the two have more than half of the narrower one in common.
    func overlaps(_ other: ValueRange) -> Bool {
        let common = min(greatest, other.greatest) - max(least, other.least)
        return common > 0.5 * min(width, other.width)
    }
}

extension ValueRange: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(least)
        writer.write(greatest)
    }

    init(from reader: inout StateReader) throws(StateError) {
        least = try reader.readDouble()
        greatest = try reader.readDouble()
    }
}
