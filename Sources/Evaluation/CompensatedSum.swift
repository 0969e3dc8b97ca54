import StateCoding

/// A running sum whose error does not grow with the number of terms.
///
/// - Source: Kahan, "Further Remarks on Reducing Truncation Errors", CACM 8(1), 1965.
struct CompensatedSum: Equatable, Sendable {
    private(set) var value = 0.0
    /// What the last addition rounded away, with the opposite sign.
    private var excess = 0.0

    mutating func add(_ term: Double) {
        let corrected = term - excess
        let next = value + corrected
        excess = (next - value) - corrected
        value = next
    }
}

extension CompensatedSum: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(value)
        writer.write(excess)
    }

    init(from reader: inout StateReader) throws(StateError) {
        value = try reader.readDouble()
        excess = try reader.readDouble()
    }
}
