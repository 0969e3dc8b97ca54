import StateCoding

/// The Drift Detection Method: an error rate that rises above its best by so many deviations.
///
/// Semantics of River 0.26 (`drift.binary.DDM`).
///
/// - Source: Gama, Medas, Castillo, Rodrigues, "Learning with Drift Detection", SBIA 2004.
public struct DDM: ChangeDetector, Equatable, Sendable {
    private let warmStart: Int
    private let driftThreshold: Double

    private var count = 0
    private var rate = 0.0
    private var leastRate = 0.0
    private var leastDeviation = 0.0
    private var leastSum = Double.infinity
    private var hasDetected = false

    /// - Parameters:
    ///   - warmStart: Numbers before the first detection.
    ///   - driftThreshold: Deviations above the best rate that are a drift.
    public init(warmStart: Int = 30, driftThreshold: Double = 3) {
        self.warmStart = warmStart
        self.driftThreshold = driftThreshold
    }

    /// - Parameter value: 1 for an error, 0 for a hit; what lies beyond counts as the nearer one.
    public mutating func update(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        if hasDetected { self = DDM(warmStart: warmStart, driftThreshold: driftThreshold) }
        count += 1
        rate += (1 / Double(count)) * (min(max(value, 0), 1) - rate)
        // Rounding may carry the rate past 1 by a bit, and the root of a negative is NaN.
        let deviation = max(rate * (1 - rate) / Double(count), 0).squareRoot()
        guard count > warmStart else { return false }
        if rate + deviation <= leastSum {
            leastRate = rate
            leastDeviation = deviation
            leastSum = rate + deviation
        }
        hasDetected = rate + deviation > leastRate + driftThreshold * leastDeviation
        return hasDetected
    }
}

extension DDM: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(warmStart)
        writer.write(driftThreshold)
        writer.write(count)
        for value in [rate, leastRate, leastDeviation, leastSum] { writer.write(value) }
        writer.write(hasDetected)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        warmStart = try reader.readInt()
        driftThreshold = try reader.readDouble()
        count = try reader.readInt()
        rate = try reader.readDouble()
        leastRate = try reader.readDouble()
        leastDeviation = try reader.readDouble()
        leastSum = try reader.readDouble()
        hasDetected = try reader.readBool()
    }
}
