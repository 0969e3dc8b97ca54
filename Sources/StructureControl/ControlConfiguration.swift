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
    public var limits = StructureLimits()
    /// How often a policy that learns draws an action instead. In `[0, 1]`.
    public var epsilon = 0.01
    /// Decisions that a deep policy remembers. At least 1.
    public var memoryCapacity = 2_000
    /// Whether policies go on learning.
    public var isLearning = true

    public init() {}
}

extension ControlConfiguration: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(policy?.rawValue ?? "off")
        writer.write(mode.rawValue)
        writer.write(budget)
        for limit in [limits.minUnits, limits.maxUnits, limits.maxLayers, limits.maxMembers] {
            writer.write(limit)
        }
        writer.write(limits.maxReplay)
        writer.write(epsilon)
        writer.write(memoryCapacity)
        writer.write(isLearning)
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
        limits.maxMembers = try reader.readInt()
        limits.maxReplay = try reader.readDouble()
        epsilon = try reader.readDouble()
        memoryCapacity = try reader.readInt()
        isLearning = try reader.readBool()
    }
}
