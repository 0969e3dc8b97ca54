import StateCoding

/// How far the target may lie from a prediction with a probability of ``coverage``.
///
/// Adaptive conformal inference over the newest absolute residuals, in the target's own units: the
/// radius is their quantile at a level that falls with each miss and rises with each hit, so that the
/// share of misses is right in the long run whatever the stream does. Residuals in standard
/// deviations of the target, or in their own recent mean, cover no better on bike_sharing (within
/// 0.1 % in each third of the stream) and are no narrower, so they stay as they are.
///
/// - Source: Gibbs, Candès, "Adaptive Conformal Inference Under Distribution Shift", NeurIPS 2021,
///   eq. 2.
struct IntervalEstimator: Equatable, Sendable {
    /// Share of the targets that are to lie within their interval.
    static let coverage = 0.9
    /// Residuals before there is a radius.
    static let firstCount = 100
    /// Newest residuals that are kept: few enough to follow a drift within hundreds of samples.
    static let capacity = 500
    /// The step of the level, the γ of eq. 2.
    static let rate = 0.005
    private static let missShare = 0.1

    /// The newest ``capacity`` residuals; the oldest is at ``next`` once there are as many.
    private var residuals: [Double] = []
    private var next = 0
    /// The same numbers, rising. Derived from ``residuals``.
    private var sorted: [Double] = []
    /// The share of residuals to leave outside, the α of eq. 2.
    private(set) var level = Self.missShare
    private(set) var hits: WindowedShare

    /// - Parameter window: Samples in the windowed coverage. At least 1.
    init(window: Int) { hits = WindowedShare(window: window) }

    /// Half the width of an interval, in the target's units; `nil` until it can be estimated.
    ///
    /// Where the theory asks for an infinite interval this is the largest residual kept.
    var radius: Double? {
        guard sorted.count >= Self.firstCount else { return nil }
        let rank = (Double(sorted.count + 1) * (1 - level)).rounded(.up)
        return sorted[min(max(Int(rank), 1), sorted.count) - 1]
    }

    /// Scores the radius on a new sample, then takes its residual in.
    ///
    /// - Parameter residual: Distance of the target from the prediction that was made before the
    ///   target was known. Not negative; NaN counts as infinite.
    /// - Complexity: O(capacity), a move of at most 4 KiB.
    mutating func update(residual: Double) {
        // Bounded, so that bounds of intervals are finite.
        let residual = residual < 1e300 ? residual : 1e300
        if let radius {
            let isHit = residual <= radius
            hits.add(isHit)
            let step = Self.rate * (Self.missShare - (isHit ? 0 : 1))
            // Infinite intervals would keep the level above −γ, as no target misses them; where
            // the largest residual stands for infinity, that has to be said.
            level = min(max(level + step, -Self.rate), 1 + Self.rate)
        }
        insert(residual)
    }

    private mutating func insert(_ residual: Double) {
        if residuals.count < Self.capacity {
            residuals.append(residual)
        } else {
            sorted.remove(at: position(of: residuals[next]))
            residuals[next] = residual
            next = next + 1 == Self.capacity ? 0 : next + 1
        }
        sorted.insert(residual, at: position(of: residual))
    }

    /// The first place in ``sorted`` that holds no smaller number.
    private func position(of residual: Double) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < residual { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension IntervalEstimator: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(residuals)
        writer.write(next)
        writer.write(level)
        writer.write(hits)
    }

    init(from reader: inout StateReader) throws(StateError) {
        residuals = try reader.readDoubles()
        next = try reader.readInt()
        level = try reader.readDouble()
        hits = try reader.read()
        let isFull = residuals.count == Self.capacity
        guard residuals.count <= Self.capacity,
            next == 0 || isFull && (0..<Self.capacity).contains(next),
            residuals.allSatisfy({ $0 >= 0 && $0.isFinite }),
            level >= -Self.rate, level <= 1 + Self.rate
        else { throw .invalid(what: "window of residuals", offset: reader.offset) }
        sorted = residuals.sorted()
    }
}
