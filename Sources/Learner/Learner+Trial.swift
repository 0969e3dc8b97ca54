import NeuralNetwork
import StructureControl

/// A change of structure on trial: a twin that learns beside the lead until a verdict falls.
extension Learner {
    /// Makes a changed twin of the lead, to be judged beside it.
    mutating func tryOut(
        _ decision: ControlDecision, window: Int, price: Double, effects: inout [Effect]
    ) {
        learnPending(effects: &effects)
        var network = leads[0].network
        guard let operation = edit(&network, decision.action), let twin = addTwin(),
            let index = committee.index(of: twin)
        else {
            control.controller.noteImpossible()
            return
        }
        committee.others[index].network = network
        switch decision.action {
        case .replayMore: committee.others[index].plan.replays = Self.leadReplays
        case .replayLess: committee.others[index].plan.replays = 0
        default: break
        }
        control.trial = .init(member: twin, operation: operation, before: leadSize)
        control.controller.beginTrial(
            window: window, price: price,
            cost: network.parameterCount * (1 + committee.others[index].plan.replays))
        tell(
            .proposed, decision, operation: operation, before: leadSize,
            after: .init(hidden: network.hidden, parameterCount: network.parameterCount),
            effects: &effects)
    }

    /// Keeps or undoes the change on trial.
    mutating func settleTrial(isKept: Bool, reason: String? = nil, effects: inout [Effect]) {
        guard let trial = control.trial.take() else { return }
        control.verdict = nil
        let before = leadSize
        let action = control.controller.trial?.action
        var isKept = isKept
        if isKept {
            let earlier = lead
            isKept = promote(member: trial.member)
            if isKept {
                if action?.isStructural == true { counts.structure += 1 }
                if let earlier { keepReserve(earlier) }
            }
            // What was set aside has come back, or is no wider than what there is.
            if let parked = control.parked,
                action == .restore || parked.parameterCount <= leadSize.parameterCount
            {
                control.parked = nil
            }
        } else {
            retire(member: trial.member)
            if action == .restore { control.parked = nil }
        }
        let outcome = control.controller.concludeTrial(
            isKept: isKept, lossScale: lossScale, reason: reason)
        guard let outcome else { return }
        tell(
            isKept ? .kept : .reverted, outcome, operation: trial.operation, before: before,
            after: leadSize, effects: &effects)
    }

    /// Settles a trial whose verdict has fallen with the last sample.
    mutating func settleVerdict(effects: inout [Effect]) {
        guard let verdict = control.verdict else { return }
        settleTrial(isKept: verdict == .keep, effects: &effects)
    }

    /// Charges the network on trial and the lead for the same sample.
    ///
    /// - Parameters: Both losses in nats, or in units of what errors usually are.
    mutating func noteTrial(member: Int, changed: Float, lead: Float) {
        guard control.trial?.member == member, control.verdict == nil else { return }
        let verdict = control.controller.compare(
            changed: Double(changed), incumbent: Double(lead))
        if verdict != .wait { control.verdict = verdict }
    }
}
