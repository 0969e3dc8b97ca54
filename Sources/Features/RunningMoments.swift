import StateCoding

/// How running statistics step and what they believe.
struct MomentsRule: Equatable, Sendable {
    /// Values kept in sight: the step is `1 / min(age, horizon)`. Infinite: nothing is forgotten.
    let horizon: Double
    /// Largest believable distance from the mean, in standard deviations; 0 believes everything.
    let plausibleDeviations: Double

    /// - Parameters:
    ///   - forgetting: Floor of the step, in `[0, 1)`.
    ///   - clip: Bound of the standardised value; 0 means that nothing is bounded.
    init(forgetting: Double, clip: Double) {
        horizon = forgetting > 0 ? 1 / forgetting : .infinity
        // A value that the clip lets through must also reach the statistics, hence the extra one.
        plausibleDeviations = clip > 0 ? min(max(clip + 1, 5), 10) : 0
    }

    var isGuarded: Bool { plausibleDeviations > 0 }
}

/// Running mean, variance and range of one quantity, in double precision.
///
/// Without a guard and without forgetting this is Welford's recurrence with the population
/// variance, operation by operation as in River's `StandardScaler`. With a guard no single value
/// moves it far:
///
/// - A value further than ``MomentsRule/plausibleDeviations`` from the mean enters at that
///   distance. With the step at 1/1000 and 6 deviations it moves the mean by 0.006 and the standard
///   deviation by 1.8 %.
/// - ``patience`` implausible values in a row are a new scale and not an accident: the
///   statistics start again. Shorter runs that keep coming widen the deviation by the same 1.8 %
///   each, so a smaller change of scale is followed within some hundred values.
/// - Forgetting alone would take ten horizons to come down to a scale a thousand times smaller. So
///   after ``quietQuarters`` quarters of a horizon in a row whose values all lie within a tenth of
///   the standard deviation the statistics start again as well. Not when they are constant, and not
///   when each quarter lies elsewhere: a clock that creeps has not changed its scale.
/// - Nothing can be called implausible before there is a scale. The first ``warmUpCount`` values,
///   and those after a constant begins to vary, are kept and judged together by
///   ``rebase(on:)``.
struct RunningMoments: Equatable, Sendable {
    /// Values judged together before there is a scale.
    static let warmUpCount = 32
    /// Implausible values in a row after which they are believed.
    static let patience = 32
    /// Quiet quarters of a horizon in a row after which a smaller scale is believed.
    static let quietQuarters = 3
    /// Larger values enter as this, so that no square overflows.
    static let largestMagnitude = 1e150

    /// Values taken in.
    private(set) var count = 0
    /// Values that entered bounded.
    private(set) var clippedCount = 0
    private(set) var mean = 0.0
    /// Population variance.
    private(set) var variance = 0.0
    /// Square root of ``variance``.
    private(set) var deviation = 0.0
    /// Meaningless before the first value.
    private(set) var minimum = 0.0
    private(set) var maximum = 0.0
    /// Values since the last start.
    private var age = 0
    private var outlierRun = 0
    /// Values of the present quarter of a horizon, their range, and that of the quarter before.
    private var quarterAge = 0
    private var quarter = ValueRange()
    private var formerQuarter = ValueRange()
    /// Quiet quarters in a row before the present one.
    private var quietRun = 0
    /// Values still to be kept for ``rebase(on:)``.
    private(set) var warmUpLeft = Self.warmUpCount

    /// Takes in one value.
    ///
    /// - Parameter value: Not NaN.
    /// - Returns: Whether the value was plausible.
    mutating func observe(_ value: Double, rule: MomentsRule) -> Bool {
        var value = Self.bounded(value)
        count += 1
        var isPlausible = true
        if rule.isGuarded, age >= Self.warmUpCount, warmUpLeft == 0 {
            if deviation == 0 {
                if value != mean { warmUpLeft = Self.warmUpCount }
            } else {
                let reach = rule.plausibleDeviations * deviation
                let nearest = min(max(value, mean - reach), mean + reach)
                isPlausible = nearest == value
                outlierRun = isPlausible ? 0 : outlierRun + 1
                if outlierRun >= Self.patience {
                    start()
                } else if !isPlausible {
                    clippedCount += 1
                    value = nearest
                }
            }
        }
        take(value, horizon: rule.horizon)
        if rule.isGuarded, rule.horizon < .infinity { watchForQuiet(value, rule.horizon) }
        return isPlausible
    }

    /// Starts again when the values have kept to a small part of the scale for long.
    @inline(__always)
    private mutating func watchForQuiet(_ value: Double, _ horizon: Double) {
        quarter.include(value)
        quarterAge += 1
        guard Double(quarterAge) * 4 >= horizon else { return }
        let isQuiet = quarter.width > 0 && quarter.width < 0.1 * deviation
        quietRun = !isQuiet ? 0 : quarter.overlaps(formerQuarter) ? quietRun + 1 : 1
        formerQuarter = quarter
        quarter = ValueRange()
        quarterAge = 0
        if quietRun >= Self.quietQuarters { start() }
    }

    /// Judges the values of a warm-up together, and takes them in again when one of them stands
    /// further than ten robust deviations from their median.
    ///
    /// - Parameter values: The values since the warm-up began.
    /// - Source: Median absolute deviation times 1.4826: Rousseeuw, Croux, "Alternatives to the
    ///   Median Absolute Deviation", JASA 88(424), 1993, section 1.
    mutating func rebase(on values: [Double], rule: MomentsRule) {
        let median = Self.median(values)
        let reach = 10 * 1.4826 * Self.median(values.map { ($0 - median).magnitude })
        // When more than half are equal there is no telling an accident from a rare event.
        guard reach > 0, values.contains(where: { ($0 - median).magnitude > reach }) else { return }
        start()
        warmUpLeft = 0
        for value in values {
            let nearest = min(max(value, median - reach), median + reach)
            if nearest != value { clippedCount += 1 }
            take(nearest, horizon: rule.horizon)
        }
    }

    /// Square root of the mean of squares.
    var rootMeanSquare: Double { (variance + mean * mean).squareRoot() }

    /// Notes that one more value of the warm-up is kept.
    mutating func countWarmUp() { warmUpLeft -= 1 }

    static func bounded(_ value: Double) -> Double {
        min(max(value, -largestMagnitude), largestMagnitude)
    }

    private mutating func start() {
        age = 0
        mean = 0
        variance = 0
        deviation = 0
        outlierRun = 0
        quietRun = 0
        quarterAge = 0
        quarter = ValueRange()
        warmUpLeft = Self.warmUpCount
    }

    /// - Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares and
    ///   Products", Technometrics 4(3), 1962; the divisor stops at `horizon`.
    private mutating func take(_ value: Double, horizon: Double) {
        age += 1
        let divisor = min(Double(age), horizon)
        let before = mean
        mean += (value - before) / divisor
        variance += ((value - before) * (value - mean) - variance) / divisor
        deviation = variance.squareRoot()
        minimum = age == 1 ? value : min(minimum, value)
        maximum = age == 1 ? value : max(maximum, value)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }
}

extension RunningMoments: StateCodable {
    func encode(to writer: inout StateWriter) {
        for value in [count, clippedCount, age, outlierRun, warmUpLeft, quietRun, quarterAge] {
            writer.write(value)
        }
        for value in [mean, variance, deviation, minimum, maximum] { writer.write(value) }
        writer.write(quarter)
        writer.write(formerQuarter)
    }

    init(from reader: inout StateReader) throws(StateError) {
        count = try reader.readInt()
        clippedCount = try reader.readInt()
        age = try reader.readInt()
        outlierRun = try reader.readInt()
        warmUpLeft = try reader.readInt()
        quietRun = try reader.readInt()
        quarterAge = try reader.readInt()
        mean = try reader.readDouble()
        variance = try reader.readDouble()
        deviation = try reader.readDouble()
        minimum = try reader.readDouble()
        maximum = try reader.readDouble()
        quarter = try reader.read()
        formerQuarter = try reader.read()
        guard (0...Self.warmUpCount).contains(warmUpLeft), count >= 0, age >= 0 else {
            throw .invalid(what: "running statistics", offset: reader.offset)
        }
    }
}
