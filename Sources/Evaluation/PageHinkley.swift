import StateCoding

/// Page and Hinkley's test: the sum of deviations from the mean so far, in both directions.
///
/// Its threshold is in the unit of the numbers, so it suits numbers of about 1. Parameters and
/// firing are those of River 0.26's `drift.PageHinkley`.
///
/// - Source: Page, "Continuous Inspection Schemes", Biometrika 41, 1954.
struct PageHinkley: DriftTest, Equatable, Sendable {
    private static let shortestRun = 30
    /// Deviation that is tolerated.
    private static let tolerance = 0.005
    private static let threshold = 50.0
    private static let forgetting = 0.9999

    /// The sums that start anew with each run.
    private struct Run: Equatable, Sendable {
        var count = 0
        var mean = 0.0
        var upSum = 0.0
        var lowestUpSum = Double.infinity
        var downSum = 0.0
        var highestDownSum = -1.0
    }

    /// The larger of the two test values, below 0 if it is the one that speaks for a fall.
    private(set) var statistic = 0.0
    private var run = Run()

    mutating func update(_ value: Double) -> Bool {
        run.count += 1
        run.mean += (value - run.mean) / Double(run.count)
        let deviation = value - run.mean
        run.upSum = Self.forgetting * run.upSum + deviation - Self.tolerance
        run.downSum = Self.forgetting * run.downSum + deviation + Self.tolerance
        run.lowestUpSum = min(run.lowestUpSum, run.upSum)
        run.highestDownSum = max(run.highestDownSum, run.downSum)
        let rise = run.upSum - run.lowestUpSum
        let fall = run.highestDownSum - run.downSum
        statistic = rise >= fall ? rise : -fall
        guard run.count >= Self.shortestRun, max(rise, fall) > Self.threshold else { return false }
        run = Run()
        return true
    }
}

extension PageHinkley: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(statistic)
        writer.write(run.count)
        writer.write(run.mean)
        writer.write(run.upSum)
        writer.write(run.lowestUpSum)
        writer.write(run.downSum)
        writer.write(run.highestDownSum)
    }

    init(from reader: inout StateReader) throws(StateError) {
        statistic = try reader.readDouble()
        run.count = try reader.readInt()
        run.mean = try reader.readDouble()
        run.upSum = try reader.readDouble()
        run.lowestUpSum = try reader.readDouble()
        run.downSum = try reader.readDouble()
        run.highestDownSum = try reader.readDouble()
        guard run.count >= 0 else {
            throw .invalid(what: "Page-Hinkley run", offset: reader.offset)
        }
    }
}
