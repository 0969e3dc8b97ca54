import StateCoding

/// The Page-Hinkley test in both directions, with a fading sum.
///
/// Semantics of River 0.26 (`drift.PageHinkley`), whose `alpha` fades the sums.
///
/// - Source: Page, "Continuous Inspection Schemes", Biometrika 41, 1954; Hinkley, "Inference about
///   the Change-Point from Cumulative Sum Tests", Biometrika 58, 1971.
public struct PageHinkley: ChangeDetector, Equatable, Sendable {
    private let minimumCount: Int
    private let tolerance: Double
    private let threshold: Double
    private let fading: Double

    private var count = 0
    private var mean = 0.0
    private var increase = 0.0
    private var decrease = 0.0
    private var leastIncrease = Double.infinity
    private var greatestDecrease = -1.0
    private var hasDetected = false

    /// - Parameters:
    ///   - minimumCount: Numbers before the first detection.
    ///   - tolerance: Deviation from the mean that is no change.
    ///   - threshold: Accumulated deviation that is one. Above 0.
    ///   - fading: Share of the sums that is carried on. In `(0, 1]`.
    public init(
        minimumCount: Int = 30, tolerance: Double = 0.005, threshold: Double = 50,
        fading: Double = 1 - 0.0001
    ) {
        self.minimumCount = minimumCount
        self.tolerance = tolerance
        self.threshold = threshold
        self.fading = fading
    }

    public mutating func update(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        if hasDetected {
            self = PageHinkley(
                minimumCount: minimumCount, tolerance: tolerance, threshold: threshold,
                fading: fading)
        }
        count += 1
        mean += (1 / Double(count)) * (value - mean)
        let deviation = value - mean
        increase = fading * increase + deviation - tolerance
        decrease = fading * decrease + deviation + tolerance
        leastIncrease = min(leastIncrease, increase)
        greatestDecrease = max(greatestDecrease, decrease)
        hasDetected =
            count >= minimumCount
            && (increase - leastIncrease > threshold || greatestDecrease - decrease > threshold)
        return hasDetected
    }
}

extension PageHinkley: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(minimumCount)
        writer.write(count)
        for value in [tolerance, threshold, fading, mean, increase, decrease] {
            writer.write(value)
        }
        writer.write(leastIncrease)
        writer.write(greatestDecrease)
        writer.write(hasDetected)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        minimumCount = try reader.readInt()
        count = try reader.readInt()
        tolerance = try reader.readDouble()
        threshold = try reader.readDouble()
        fading = try reader.readDouble()
        mean = try reader.readDouble()
        increase = try reader.readDouble()
        decrease = try reader.readDouble()
        leastIncrease = try reader.readDouble()
        greatestDecrease = try reader.readDouble()
        hasDetected = try reader.readBool()
    }
}
