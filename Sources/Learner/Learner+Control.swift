import Features
import NeuralNetwork
import StructureControl

/// The controller's decisions, carried out between two samples.
extension Learner {
    /// Takes a tick in: the controller looks, and what it decides is done.
    mutating func tick(_ measurements: Measurements, effects: inout [Effect]) {
        counts.ticks += 1
        guard hasLead, control.controller.policy != nil, !isPaused else { return }
        control.tickCount += 1
        if control.tickCount % Self.signalInterval == 5 { measureSignals() }
        let facts = facts()
        control.refusedStepsAtTick = counts.refusedSteps
        var decision = control.controller.tick(measurements, facts: facts)
        wakeReserves()
        while let present = decision {
            let load = control.controller.load
            carryOut(present, load: load, facts: facts, effects: &effects)
            decision = present.kind == .abandon ? control.controller.decide(facts) : nil
        }
    }

    /// Ticks between two looks at what more or fewer units could do.
    private static var signalInterval: Int { 25 }

    private mutating func carryOut(
        _ decision: ControlDecision, load: Double, facts: LearnerFacts, effects: inout [Effect]
    ) {
        let size = leadSize
        switch decision.kind {
        case .propose:
            tell(
                .proposed, decision, operation: Adaptation.Operation(decision.action.rawValue),
                before: size, after: size, effects: &effects)
        case .abandon:
            settleTrial(isKept: false, reason: decision.reason, effects: &effects)
        case .tryOut(let window, let price):
            tryOut(decision, window: window, price: price, effects: &effects)
        case .act:
            guard let operation = act(decision, load: load, facts: facts, effects: &effects)
            else {
                control.controller.noteImpossible()
                return
            }
            control.controller.noteDone(changesStructure: decision.action.isStructural)
            tell(
                .kept, decision, operation: operation, before: size, after: leadSize,
                effects: &effects)
        case .keep, .revert:
            break
        }
    }

    /// Changes who controls the structure, how, and within which budget.
    mutating func setControl(_ new: ControlConfiguration, effects: inout [Effect]) {
        let old = configuration.control
        if old.policy != new.policy || old.mode != new.mode {
            settleTrial(
                isKept: false, reason: "an operator changed the controller",
                effects: &effects)
            for reserve in control.reserves { retire(member: reserve) }
            control.reserves.removeAll()
            // Without somebody to take it back, nothing stays shed.
            control.trainShare = 1
            if hasLead, isSingle { leads[0].plan.replays = 0 }
            control.shedReplays = 0
            replayMemory.forget()
            allow(.everything)
        }
        configuration.control = new
        control.controller.set(new, learned: configuration.learnedPolicy)
    }

    /// What is said of the controller.
    var controlReport: ControlReport {
        let controller = control.controller
        return ControlReport(
            configuration: controller.configuration, counts: controller.counts,
            epsilon: controller.epsilon, observation: controller.observation,
            lastAction: controller.lastAction, lastReward: controller.lastReward,
            serviceTimes: controller.serviceTimes,
            trainShare: control.trainShare, isTrying: control.trial != nil)
    }

    /// Does what needs no trial.
    ///
    /// - Returns: What was done; `nil`: nothing could be.
    private mutating func act(
        _ decision: ControlDecision, load: Double, facts: LearnerFacts, effects: inout [Effect]
    ) -> Adaptation.Operation? {
        let action = decision.action
        var load = load
        var facts = facts
        // Whatever is given up under load, what is learned a second time goes with it.
        let shedsReplays = isSingle && action.isRelief && facts.replayedParameterCount > 0
        if shedsReplays {
            load = Shield.loadWithoutReplay(load, facts: facts)
            facts.replayedParameterCount = 0
            shedReplays()
        }
        let lag = Double(decision.observation[.lag])
        let foresight = control.controller.foresight
        func trainShare(after action: Action) -> Double {
            Shield.trainShare(
                after: action, load: load, lag: lag, foresight: foresight, facts: facts)
        }
        switch action {
        case .trainMore, .trainLess:
            control.trainShare = trainShare(after: action)
            if action == .trainMore, control.trainShare >= 1 { resumeReplays() }
            let replay = shedsReplays ? [Adaptation.Operation.Argument("replay", 0)] : []
            return .init("train_share", [.init("share", control.trainShare)] + replay)
        case .replayMore where isSingle:
            resumeReplays()
            return replayOperation(action)
        case .replayLess where isSingle:
            var operation = replayOperation(action)
            let room = Shield.reliefLoad(lag: lag, foresight: foresight)
            if load > room, !Shield.hasMuchToLearn(decision.observation) {
                control.trainShare = trainShare(after: .trainLess)
                operation.arguments.append(.init("share", control.trainShare))
            }
            return operation
        case .replayMore, .replayLess:
            var allowance = allowance
            allowance.replays = action == .replayMore
            allow(allowance)
            return replayOperation(action)
        case .addMember, .retireMember:
            var allowance = allowance
            allowance.members = max(1, awakeCount + (action == .addMember ? 1 : -1))
            allow(allowance)
            return .init("committee", [.init("members", Double(allowance.members))])
        case .narrow:
            let relief = Shield.relief(
                decision.observation, load: load, foresight: foresight, facts: facts)
            guard let operation = narrowAtOnce(to: relief.width, effects: &effects) else {
                return nil
            }
            control.trainShare = relief.share(parameters: learningParameterCount)
            return operation
        default:
            return nil
        }
    }

    /// Changes a network as an action says.
    ///
    /// - Returns: What was done, worded as a control request; `nil`: it cannot be done.
    mutating func edit(
        _ network: inout Network, _ action: Action
    ) -> Adaptation.Operation? {
        if action == .restore {
            guard let parked = control.parked, suits(parked) else { return nil }
            network = parked
            return .init("restore", [.init("units", Double(parked.hidden.reduce(0, +)))])
        }
        if action == .replayMore || action == .replayLess { return replayOperation(action) }
        guard let edit = structureEdit(network, action) else { return nil }
        do throws(EditRefusal) {
            _ = try network.edit(
                edit, limits: structureLimits, samples: referenceSamples,
                using: &control.generator)
        } catch {
            return nil
        }
        return operation(edit)
    }

    /// The layer that a change of width is for: growing, the narrowest and lowest; shrinking, the
    /// widest and highest.
    private func structureEdit(_ network: Network, _ action: Action) -> StructureEdit? {
        let hidden = network.hidden
        let limits = control.controller.configuration.limits
        switch action {
        case .widen:
            guard let width = hidden.min(), let layer = hidden.firstIndex(of: width) else {
                return nil
            }
            return .grow(layer: layer, units: min(width, limits.maxUnits - width))
        case .narrow:
            guard let width = hidden.max(), let layer = hidden.lastIndex(of: width) else {
                return nil
            }
            return .shrink(layer: layer, units: width - width / 2)
        case .deepen: return .insertLayer(layer: hidden.count)
        case .shallow: return .removeLayer(layer: hidden.count - 1)
        case .refresh: return .refresh(fraction: 0.05)
        default: return nil
        }
    }

    private func replayOperation(_ action: Action) -> Adaptation.Operation {
        .init("replay", [.init("on", action == .replayMore ? 1 : 0)])
    }

    func operation(_ edit: StructureEdit) -> Adaptation.Operation? {
        switch edit {
        case .grow(let layer, let units, _):
            .init("grow", [.init("layer", Double(layer)), .init("units", Double(units))])
        case .shrink(let layer, let units):
            .init("shrink", [.init("layer", Double(layer)), .init("units", Double(units))])
        case .insertLayer(let layer, _): .init("insert_layer", [.init("layer", Double(layer))])
        case .removeLayer(let layer): .init("remove_layer", [.init("layer", Double(layer))])
        case .refresh(let fraction): .init("refresh", [.init("fraction", fraction)])
        default: nil
        }
    }

    var structureLimits: StructureLimits {
        let configuration = control.controller.configuration
        var limits = StructureLimits()
        limits.minUnits = configuration.limits.minUnits
        limits.maxUnits = configuration.limits.maxUnits
        limits.maxLayers = configuration.limits.maxLayers
        limits.maxParameters = configuration.budget.maxParameters
        return limits
    }

    func tell(
        _ stage: Adaptation.Stage, _ decision: ControlDecision,
        operation: Adaptation.Operation, before: Adaptation.Size, after: Adaptation.Size,
        effects: inout [Effect]
    ) {
        effects.append(
            .adaptation(
                Adaptation(
                    stage: stage, operation: operation, structure: counts.structure,
                    before: before, after: after, by: decision.by,
                    observation: decision.observation, actionValues: decision.values,
                    reward: stage == .proposed ? nil : control.controller.lastReward,
                    reason: decision.reason)))
    }

    /// The lead as it is.
    var leadSize: Adaptation.Size {
        guard let lead else { return .init(hidden: [], parameterCount: 0) }
        return .init(hidden: lead.network.hidden, parameterCount: lead.network.parameterCount)
    }
}
