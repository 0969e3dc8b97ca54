/// Everything that learning changes: weights, biases, and what the optimiser remembers of each.
///
/// The layout is private to this module. Single values are read and written through accessors,
/// whole steps are taken by ``step(inputs:targets:importances:settings:using:)``.
public struct NetworkParameters: Equatable, Sendable {
    public internal(set) var weights: NetworkWeights
    /// Velocities or mean gradients, laid out as the weights; empty when the rule keeps none.
    var firstMoments: FloatBuffer
    /// Sums or means of squared gradients, laid out as the weights; empty when the rule keeps none.
    var secondMoments: FloatBuffer
    /// 1 where a connection is cut, laid out as the weights; empty when none is.
    var cuts = FloatBuffer(count: 0)
    /// Rows of the first layer that updates have passed over; `nil` when none has.
    var resting: RestingRows?
    /// Updates that were applied.
    public internal(set) var stepCount: Int
    /// The step count at which each unit began, by level; inputs are level 0. A weight is as old as
    /// the younger of the two units that it joins.
    var births: [[Int]] {
        didSet {
            commonBirth = Self.commonBirth(births)
            latestBirth = Self.latestBirth(births)
        }
    }
    /// The step count at which the moments began.
    var momentsBirth: Int
    /// The birth that all units share, if they do: nearly always.
    var commonBirth: Int?
    /// The birth of the youngest unit.
    var latestBirth: Int

    /// All weights, biases and moments zero, every unit new.
    public init(shape: NetworkShape, rule: UpdateRule) {
        self.init(weights: NetworkWeights(shape: shape), rule: rule, stepCount: 0)
    }

    init(weights: NetworkWeights, rule: UpdateRule, stepCount: Int) {
        self.weights = weights
        self.stepCount = stepCount
        births = weights.shape.unitCounts.map { [Int](repeating: stepCount, count: $0) }
        momentsBirth = stepCount
        commonBirth = stepCount
        latestBirth = stepCount
        firstMoments = FloatBuffer(count: 0)
        secondMoments = FloatBuffer(count: 0)
        resetMoments(for: rule)
    }

    public var shape: NetworkShape {
        @inline(__always) get { weights.shape }
    }

    /// Bytes that the parameters and moments take.
    public var byteCount: Int {
        (weights.values.count + firstMoments.count + secondMoments.count + cuts.count)
            * MemoryLayout<Float>.stride
    }

    /// Forgets all moments and keeps those that `rule` needs, from zero on; all units are new to it.
    public mutating func resetMoments(for rule: UpdateRule) {
        let count = shape.parameterCapacity
        resting = nil
        firstMoments = FloatBuffer(count: rule.keepsFirstMoment ? count : 0)
        secondMoments = FloatBuffer(count: rule.keepsSecondMoment ? count : 0)
        weights.forgetNorms()
        births = births.map { [Int](repeating: stepCount, count: $0.count) }
        momentsBirth = stepCount
    }

    /// Whether the moments that are kept are those that `rule` works on.
    public func suits(_ rule: UpdateRule) -> Bool {
        firstMoments.isEmpty != rule.keepsFirstMoment
            && secondMoments.isEmpty != rule.keepsSecondMoment
    }
}
