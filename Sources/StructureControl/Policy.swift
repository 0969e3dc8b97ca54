import Randomness
import StateCoding

/// Who decides.
public enum PolicyName: String, CaseIterable, Sendable {
    case rules
    case qLearning = "q-learning"
    case dqn
}

/// One way to choose an action, with all that it has learned.
public enum Policy: Equatable, Sendable {
    case rules(RulesPolicy)
    case qLearning(TableLearner)
    case dqn(DeepLearner)

    /// What a policy chose.
    public struct Choice: Equatable, Sendable {
        public var action: Action
        /// Values of all actions, legal or not; `nil` for rules.
        public var values: [Float]?
        /// Whether it was drawn to be tried, and not the best.
        public var isExploration = false
        /// Why, where the policy can say it in words.
        public var reason: String?
    }

    /// The value of every cell of a new table: above what a tick can earn, so all is tried.
    static let optimism: Float = 0.5

    /// A policy that has learned nothing yet.
    public init(_ name: PolicyName, capacity: Int, seed: UInt64) {
        let count = Action.allCases.count
        switch name {
        case .rules: self = .rules(RulesPolicy())
        case .qLearning:
            self = .qLearning(
                TableLearner(
                    stateCount: Observation.stateCount, choiceCount: count, start: Self.optimism))
        case .dqn:
            self = .dqn(
                DeepLearner(
                    featureCount: Observation.Feature.allCases.count, choiceCount: count,
                    capacity: capacity, seed: seed))
        }
    }

    private static let growth = ChoiceSet(Action.allCases.filter(\.isGrowth))

    public var name: PolicyName {
        switch self {
        case .rules: .rules
        case .qLearning: .qLearning
        case .dqn: .dqn
        }
    }

    /// Values of all actions, legal or not; `nil` for rules.
    public func values(of observation: Observation) -> [Float]? {
        switch self {
        case .rules: nil
        case .qLearning(let table): Array(table.values(of: observation.state))
        case .dqn(let learner): learner.values(of: observation.values)
        }
    }

    /// Chooses among the legal actions.
    ///
    /// - Parameter epsilon: How often one is drawn evenly instead; rules never draw.
    public mutating func choose(
        _ observation: Observation, legal: ChoiceSet, epsilon: Double,
        using generator: inout SeededGenerator
    ) -> Choice {
        if case .rules(var rules) = self {
            let (action, reason) = rules.choose(observation, legal: legal)
            self = .rules(rules)
            return Choice(action: action, values: nil, reason: reason)
        }
        let values = values(of: observation)!
        if generator.nextUniformDouble() < epsilon {
            let drawn = legal.index(atRank: generator.nextIndex(below: legal.count))
            return Choice(
                action: Action.allCases[drawn], values: values,
                isExploration: drawn != legal.best(of: values[...]))
        }
        return Choice(action: Action.allCases[legal.best(of: values[...])], values: values)
    }

    /// What nobody may choose, whatever it would bring: nothing grows under load.
    public static func barred(where observation: Observation) -> ChoiceSet {
        observation.isBusy ? growth : ChoiceSet()
    }

    /// Learns from choices whose returns are known side by side.
    public mutating func study(_ known: [ComparedChoices], updates: Int) {
        guard case .dqn(var learner) = self, !known.isEmpty else { return }
        self = .rules(RulesPolicy())
        for _ in 0..<updates { learner.learn(known) }
        self = .dqn(learner)
    }

    /// Learns from one decision and what came of it.
    public mutating func learn(_ decision: ClosedDecision) {
        switch self {
        case .rules: break
        case .qLearning(var table):
            self = .rules(RulesPolicy())
            table.learn(
                state: decision.observation.state, choice: decision.action.index,
                reward: decision.reward, discount: decision.discount,
                next: decision.next.state, legal: decision.legal,
                wasBest: !decision.isExploration)
            self = .qLearning(table)
        case .dqn(var learner):
            // Moved out, so that its memory is not copied.
            self = .rules(RulesPolicy())
            learner.learn(
                ReplayMemory.Transition(
                    features: decision.observation.values, choice: decision.action.index,
                    reward: decision.reward, discount: decision.discount,
                    next: decision.next.values, legal: decision.legal,
                    barred: Self.barred(where: decision.observation)))
            self = .dqn(learner)
        }
    }
}

/// A decision with its consequences.
public struct ClosedDecision: Equatable, Sendable {
    public var observation: Observation
    public var action: Action
    public var isExploration: Bool
    /// Discounted, over all ticks that the decision lasted.
    public var reward: Float
    public var discount: Float
    public var next: Observation
    /// What may be chosen next.
    public var legal: ChoiceSet
}

extension Policy: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(name.rawValue)
        switch self {
        case .rules(let rules): writer.write(rules)
        case .qLearning(let table): writer.write(table)
        case .dqn(let learner): writer.write(learner)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        guard let name = PolicyName(rawValue: try reader.readString()) else {
            throw .invalid(what: "policy", offset: offset)
        }
        switch name {
        case .rules: self = .rules(try reader.read())
        case .qLearning:
            let table: TableLearner = try reader.read()
            guard table.stateCount == Observation.stateCount,
                table.choiceCount == Action.allCases.count
            else { throw .invalid(what: "value table", offset: offset) }
            self = .qLearning(table)
        case .dqn:
            let learner: DeepLearner = try reader.read()
            guard learner.featureCount == Observation.Feature.allCases.count,
                learner.choiceCount == Action.allCases.count
            else { throw .invalid(what: "value network", offset: offset) }
            self = .dqn(learner)
        }
    }
}
