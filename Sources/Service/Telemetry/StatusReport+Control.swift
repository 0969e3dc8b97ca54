import Learner
import Settings
import StructureControl
import WireFormat

extension StatusReport.Controller {
    /// What the learner says of its controller; before its first word, what is configured.
    init(_ report: ControlReport?, settings: Settings) {
        self.init()
        policy = settings.structure.policy.rawValue
        mode = settings.structure.mode.rawValue
        guard let report else { return }
        policy = report.configuration.policy?.rawValue ?? "off"
        mode = report.configuration.mode.rawValue
        decisions = report.counts.decisions
        kept = report.counts.kept
        reverted = report.counts.reverted
        epsilon = report.epsilon ?? 0
        if let seen = report.observation { observation = NamedNumbers(seen) }
        lastAction = report.lastAction.map { JSONObject([.init("op", .string($0.rawValue))]) }
        lastReward = report.lastReward
        serviceTimes = report.serviceTimes.entries.map { entry in
            var time = StatusReport.ServiceTime()
            time.hidden = entry.architecture.hidden
            time.members = entry.architecture.members
            time.replay = entry.architecture.isReplaying
            time.parameters = entry.parameterCount
            time.seconds = entry.seconds
            time.samples = entry.samples
            return time
        }
    }
}

extension NamedNumbers {
    init(_ observation: Observation) {
        self.init(observation.named.map { .init($0.name, $0.value) })
    }
}

extension AdaptationMessage {
    /// A change as the world hears of it, without time and sequence.
    init(_ adaptation: Adaptation) {
        self.init()
        structure = adaptation.structure
        switch adaptation.stage {
        case .proposed: event = .proposed
        case .kept: event = .kept
        case .reverted: event = .reverted
        case .forced: event = .forced
        }
        action = JSONObject(adaptation.operation)
        hidden = Change(before: adaptation.before.hidden, after: adaptation.after.hidden)
        parameters = Change(
            before: adaptation.before.parameterCount, after: adaptation.after.parameterCount)
        switch adaptation.by {
        case .rules: origin = .rules
        case .qLearning: origin = .qLearning
        case .dqn: origin = .dqn
        case nil: origin = .operator
        }
        observation = adaptation.observation.map(NamedNumbers.init)
        actionValues = adaptation.actionValues.map { values in
            NamedNumbers(
                zip(Action.allCases, values).map { .init($0.rawValue, Double($1)) })
        }
        reward = adaptation.reward
        reason = adaptation.reason
    }
}

extension JSONObject {
    /// An operation with its arguments, worded as in a control request.
    init(_ operation: Adaptation.Operation) {
        self.init(
            [Member("op", .string(operation.name))]
                + operation.arguments.map { argument in
                    let whole = Int64(exactly: argument.value)
                    return Member(
                        argument.name, whole.map(JSONValue.integer) ?? .number(argument.value))
                })
    }
}
