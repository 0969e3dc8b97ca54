import StructureControl

/// What a learner says of the structure's controller.
public struct ControlReport: Sendable {
    public var configuration: ControlConfiguration
    public var counts: ControlCounts
    /// Share of decisions that are drawn; `nil` for a policy without.
    public var epsilon: Double?
    /// `nil` before the first tick.
    public var observation: Observation?
    public var lastAction: Action?
    public var lastReward: Double?
    /// What a sample has cost with each set of networks.
    public var serviceTimes: ServiceTimes
    /// Share of the samples that is learned, in `(0, 1]`.
    public var trainShare: Double
    /// Whether a change is on trial.
    public var isTrying: Bool
}
