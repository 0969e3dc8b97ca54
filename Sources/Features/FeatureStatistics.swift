/// What is known of one feature's values, as the `schema` command reports it.
public struct FeatureStatistics: Equatable, Sendable {
    /// Numbers taken in; of a feature that is zero as a rule those that are not.
    public let count: Int
    /// Labelled samples since the feature was met in which it had no value.
    public let missing: Int
    /// Labelled samples in which it was a category.
    public let categories: Int
    /// Running mean of the numbers; 0 when there is none.
    public let mean: Double
    /// Running population standard deviation of the numbers.
    public let deviation: Double
    /// Least and greatest number since the statistics last began.
    public let minimum: Double
    public let maximum: Double
    /// Numbers that were too far out to enter the statistics unbounded.
    public let clipped: Int
}

extension InputEncoder {
    /// Features that have been observed; their indices are those of the schema.
    public var featureCount: Int { features.count }

    /// Numbers of all features that were too far out to enter the statistics unbounded.
    public var clippedCount: Int {
        var sum = 0
        for feature in 0..<features.count { sum += features[feature].clippedCount }
        return sum
    }

    /// - Parameter feature: Index of the feature, below ``featureCount``.
    public func statistics(ofFeature feature: Int) -> FeatureStatistics {
        let moments = features[feature]
        let tally = tallies[feature]
        let present = moments.count + tally.categoryCount
        // Of a sparse feature nobody counts the zeros.
        let absent = tally.isSparse ? 0 : observedRowCount - tally.firstRow - present
        return FeatureStatistics(
            count: moments.count, missing: absent,
            categories: tally.categoryCount, mean: moments.mean, deviation: moments.deviation,
            minimum: moments.minimum, maximum: moments.maximum, clipped: moments.clippedCount)
    }
}
