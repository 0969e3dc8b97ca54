/// Who changes the network's structure, and within which bounds.
public struct StructureSettings: Equatable, Sendable {
    public enum Policy: String, CaseIterable, Sendable {
        case dqn
        case qLearning = "q-learning"
        case rules
        case off
    }

    public enum Mode: String, CaseIterable, Sendable {
        case act
        /// Decides and reports, changes nothing.
        case observe
    }

    public var policy: Policy = .dqn
    public var mode: Mode = .act
    /// Narrowest hidden layer. At least 1.
    public var minUnits = 2
    /// Widest hidden layer. Not below ``minUnits``.
    public var maxUnits = 4_096
    /// Most hidden layers. From 0 to 64.
    public var maxLayers = 6
    /// `nil`: the pre-trained policy that ships with Osier.
    public var policyFile: String?

    public init() {}
}

/// What learning may cost. `nil` is no limit.
public struct BudgetSettings: Equatable, Sendable {
    /// Share of one core, for learning. Above 0.
    public var cpuFraction = 1.0
    public var memoryBytes: Int?
    public var predictP99Microseconds: Int?
    public var maxParameters: Int? = 1_000_000
    /// How far learning may fall behind the stream. Above 0.
    public var maxLagSeconds = 1.0

    public init() {}
}
