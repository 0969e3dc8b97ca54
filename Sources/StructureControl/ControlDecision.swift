import StateCoding

/// What a controller wants done or said, with all that led to it.
public struct ControlDecision: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// Do it now.
        case act
        /// Do it to a twin of the lead, and report both losses for each sample.
        case tryOut(window: Int, price: Double)
        /// Only say it.
        case propose
        /// Undo the change on trial.
        case abandon
        /// The change on trial was kept, or undone.
        case keep, revert
    }

    public var kind: Kind
    public var action: Action
    /// The shield speaks as `rules`.
    public var by: PolicyName
    public var observation: Observation
    /// Values of all actions, legal or not; `nil` for rules.
    public var values: [Float]?
    /// Value of the action above that of doing nothing; `nil` for rules.
    public var expected: Double?
    /// A sentence.
    public var reason: String

    /// Every action with its value; `nil` for rules.
    public var namedValues: [(name: String, value: Double)]? {
        values.map { zip(Action.allCases, $0).map { ($0.rawValue, Double($1)) } }
    }
}

/// How often what was decided.
public struct ControlCounts: Equatable, Sendable {
    /// Choices made, those to do nothing among them.
    public internal(set) var decisions = 0
    /// Changes that stayed.
    public internal(set) var kept = 0
    /// Changes that a trial undid.
    public internal(set) var reverted = 0
}

/// A decision whose consequences are still coming in.
struct OpenDecision: Equatable, Sendable {
    var observation: Observation
    var action: Action
    var isExploration: Bool
    var values: [Float]?
    var expected: Double?
    var trial: Trial?
    /// What the policy wanted when the shield decided instead.
    var overruled: Action?
    /// Earned since the decision, discounted.
    private(set) var reward = 0.0
    /// What the next tick counts for.
    private(set) var discount = 1.0

    init(
        observation: Observation, action: Action, isExploration: Bool, values: [Float]?,
        expected: Double?
    ) {
        self.observation = observation
        self.action = action
        self.isExploration = isExploration
        self.values = values
        self.expected = expected
    }

    /// - Parameter weight: Of the tick, see ``StructureController/weight(of:)``.
    mutating func add(_ earned: Double, weight: Double) {
        reward += discount * earned
        discount *= StructureController.discount(weight: weight)
    }

    mutating func add(bonus: Double) { reward += discount * bonus }
}

extension OpenDecision: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(observation)
        writer.write(action)
        writer.write(isExploration)
        writer.write(values != nil)
        writer.write(values ?? [])
        writer.write(trial)
        writer.write(overruled)
        writer.write(reward)
        writer.write(discount)
    }

    init(from reader: inout StateReader) throws(StateError) {
        observation = try reader.read()
        action = try reader.read()
        isExploration = try reader.readBool()
        let hasValues = try reader.readBool()
        let numbers = try reader.readFloats()
        values = hasValues && numbers.count == Action.allCases.count ? numbers : nil
        trial = try reader.readOptional()
        overruled = try reader.readOptional()
        reward = try reader.readDouble()
        discount = try reader.readDouble()
        expected = values.map { Double($0[action.index] - $0[Action.none.index]) }
    }
}
