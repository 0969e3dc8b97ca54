import StateCoding

/// DDM: fires when the error rate has risen three standard deviations above its lowest.
///
/// It sees rises only. Parameters and firing are those of River 0.26's `drift.binary.DDM`.
///
/// - Source: Gama, Medas, Castillo, Rodrigues, "Learning with Drift Detection", SBIA 2004.
struct ErrorRateTest: DriftTest, Equatable, Sendable {
    private static let shortestRun = 30
    private static let deviationCount = 3.0

    /// What starts anew with each run.
    private struct Run: Equatable, Sendable {
        var count = 0
        var rate = 0.0
        var lowestRate = Double.infinity
        var lowestDeviation = Double.infinity
    }

    /// Error rate above its lowest, from the 31st number of a run on; 0 before.
    private(set) var statistic = 0.0
    private var run = Run()

    /// - Parameter value: 1 for an error, 0 for none; what lies between is part of an error, and
    ///   what lies beyond counts as the nearer of the two.
    mutating func update(_ value: Double) -> Bool {
        let count = run.count + 1
        run.count = count
        run.rate += (min(max(value, 0), 1) - run.rate) / Double(count)
        statistic = 0
        guard count > Self.shortestRun else { return false }
        let deviation = (max(0, run.rate * (1 - run.rate)) / Double(count)).squareRoot()
        if run.rate + deviation <= run.lowestRate + run.lowestDeviation {
            run.lowestRate = run.rate
            run.lowestDeviation = deviation
        }
        statistic = run.rate - run.lowestRate
        let limit = run.lowestRate + Self.deviationCount * run.lowestDeviation
        guard run.rate + deviation > limit else { return false }
        run = Run()
        return true
    }
}

extension ErrorRateTest: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(statistic)
        writer.write(run.count)
        writer.write(run.rate)
        writer.write(run.lowestRate)
        writer.write(run.lowestDeviation)
    }

    init(from reader: inout StateReader) throws(StateError) {
        statistic = try reader.readDouble()
        run.count = try reader.readInt()
        run.rate = try reader.readDouble()
        run.lowestRate = try reader.readDouble()
        run.lowestDeviation = try reader.readDouble()
        guard run.count >= 0 else { throw .invalid(what: "DDM run", offset: reader.offset) }
    }
}
