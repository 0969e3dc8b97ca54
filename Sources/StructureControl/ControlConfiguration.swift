import StateCoding

/// Who changes the structure, and within which bounds.
public struct ControlConfiguration: Equatable, Sendable {
    public enum Mode: String, CaseIterable, Sendable {
        case act
        /// Decides and reports, changes nothing.
        case observe
    }

    /// `nil`: nobody.
    public var policy: PolicyName?
    public var mode: Mode = .act
    public var budget = ControlBudget()
    public var limits = ControlLimits()
    /// How often a policy that learns draws an action instead. In `[0, 1]`.
    public var epsilon = 0.01
    /// Decisions that a deep policy remembers. At least 1.
    public var memoryCapacity = 2_000
    /// What a policy may choose at all; others are never legal.
    public var allowed = ChoiceSet(first: Action.allCases.count)
    /// Anything but `nil` spoils the policy, to show what it is worth.
    public var placebo: Placebo?
    /// Whether the rules decide and the policy learns from what they do.
    public var isDemonstrated = false
    /// Whether policies go on learning.
    public var isLearning = true

    public init() {}
}

/// A policy spoilt on purpose, as a control in experiments. No setting leads here.
public enum Placebo: Equatable, Sendable {
    /// Learns from rewards of other decisions.
    case rewards
    /// Decides by observations of other times.
    case observations
    /// Draws a legal action in this share of the ticks, and does nothing in the others.
    case random(share: Double)
}

extension ControlConfiguration: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(policy?.rawValue ?? "off")
        writer.write(mode.rawValue)
        writer.write(budget)
        for limit in [limits.minUnits, limits.maxUnits, limits.maxLayers] {
            writer.write(limit)
        }
        writer.write(epsilon)
        writer.write(memoryCapacity)
        writer.write(isLearning)
        writer.write(isDemonstrated)
        writer.write(allowed.bits)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let policy = try reader.readString()
        self.policy = PolicyName(rawValue: policy)
        let mode = Mode(rawValue: try reader.readString())
        guard self.policy != nil || policy == "off", let mode else {
            throw .invalid(what: "policy and mode", offset: offset)
        }
        self.mode = mode
        budget = try reader.read()
        limits.minUnits = try reader.readInt()
        limits.maxUnits = try reader.readInt()
        limits.maxLayers = try reader.readInt()
        epsilon = try reader.readDouble()
        memoryCapacity = try reader.readInt()
        isLearning = try reader.readBool()
        isDemonstrated = try reader.readBool()
        allowed = ChoiceSet(bits: try reader.readUInt32())
    }
}
