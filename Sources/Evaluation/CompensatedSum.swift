import StateCoding

/// A sum whose error does not grow with the number of terms.
///
/// - Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen",
///   ZAMM 54, 1974, algorithm IV.
struct CompensatedSum: Equatable, Sendable {
    private var sum = 0.0
    private var compensation = 0.0

    init() {}

    var value: Double { sum + compensation }

    mutating func add(_ term: Double) {
        let next = sum + term
        compensation +=
            sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
        sum = next
    }
}

extension CompensatedSum: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(sum)
        writer.write(compensation)
    }

    init(from reader: inout StateReader) throws(StateError) {
        sum = try reader.readDouble()
        compensation = try reader.readDouble()
    }
}
