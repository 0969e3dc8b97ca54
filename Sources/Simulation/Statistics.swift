import Randomness

/// A mean with an interval that holds the true one in 95 % of cases.
public struct Estimate: Equatable, Sendable {
    public var mean: Double
    public var low: Double
    public var high: Double

    /// Percentile bootstrap over the values, one per seed; paired differences go in as such.
    ///
    /// - Source: Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, 13.3.
    public init(_ values: [Double]) {
        guard !values.isEmpty else {
            self.mean = 0
            low = 0
            high = 0
            return
        }
        self.mean = values.reduce(0, +) / Double(values.count)
        var generator = SeededGenerator(seed: 0x626F_6F74)
        var means: [Double] = []
        for _ in 0..<2_000 {
            var sum = 0.0
            for _ in values.indices { sum += values[generator.nextIndex(below: values.count)] }
            means.append(sum / Double(values.count))
        }
        means.sort()
        low = means[50]
        high = means[1_949]
    }
}
