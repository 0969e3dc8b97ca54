/// How features become inputs of a network. `Settings` checks the ranges before one is made.
public struct FeatureConfiguration: Equatable, Sendable {
    public enum Scaling: String, CaseIterable, Sendable { case standard, minmax, none }
    public enum Missing: String, CaseIterable, Sendable { case mean, zero, reject }

    /// Known features, in order; empty means that the stream tells.
    public var names: [String] = []
    /// More than this are hashed when hashing is on, else refused. At least 1.
    public var maxFeatures: Int = 4_096
    /// Number of hash buckets for named and categorical features; 0 means off.
    public var hashing: Int = 0
    public var scaling: Scaling = .standard
    /// Floor of the running statistics' step; 0 never forgets. In `[0, 1)`.
    public var forgetting: Double = 0.001
    /// Standardised inputs are clipped to ± this; 0 means off.
    public var clip: Double = 5
    public var missing: Missing = .mean
    /// Number of previous targets fed back as features; 0 means off.
    public var targetHistory: Int = 0
    /// A numeric feature with at most this many distinct values also gets one input per value; 0
    /// means off. A linear model (no hidden layer) never gets them: one weight per feature.
    public var oneHot: Int = 32

    public init() {}
}

/// What is to be learned.
public enum Task: String, CaseIterable, Sendable { case classification, regression }

/// What is known of the target before the stream starts.
public struct TargetConfiguration: Equatable, Sendable {
    /// `nil`: the first label decides.
    public var task: Task?
    /// Known classes, in order.
    public var classes: [Label] = []
    /// At least 2.
    public var maxClasses: Int = 1_000

    public init() {}
}
