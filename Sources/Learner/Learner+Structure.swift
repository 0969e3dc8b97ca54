import Features
import NeuralNetwork

/// Changes of structure, between two samples.
extension Learner {
    /// Carries a command out, or begins to. What came of it is appended to `effects`: a change, or
    /// for a command that was refused, and changed nothing, the reason.
    mutating func change(_ command: StructureCommand, effects: inout [Effect]) {
        do throws(Refusal) {
            switch command.action {
            case .edit(let edit):
                let change = try apply(edit, command)
                // What is on trial is a twin of a network that is no more.
                settleTrial(
                    isKept: false, reason: "an operator changed the structure", effects: &effects)
                effects.append(.structure(change))
            case .distill(let hidden):
                try beginDistillation(hidden: hidden, command)
                effects.append(.distillationStarted)
            }
        } catch {
            // A refused command leaves no trace at all.
            counts.commands -= 1
            effects.append(.refused(error))
        }
    }

    /// Changes the structure of a network at once.
    ///
    /// - Parameter member: `nil` is the lead.
    /// - Throws: `bad_value` or `no_model`, with nothing changed.
    @discardableResult
    public mutating func edit(
        _ edit: StructureEdit, member: Int? = nil, limits: StructureLimits
    ) throws(Refusal) -> EditOutcome {
        let samples = referenceSamples
        let place = try place(ofMember: member)
        do throws(EditRefusal) {
            let outcome: EditOutcome
            if let place {
                outcome = try committee.others[place].network.edit(
                    edit, limits: limits, samples: samples, using: &structureGenerator)
                committee.others[place].plan.hidden = outcome.hidden.after
            } else {
                outcome = try leads[0].network.edit(
                    edit, limits: limits, samples: samples, using: &structureGenerator)
                leads[0].plan.hidden = outcome.hidden.after
            }
            if outcome.isChange { counts.structure += 1 }
            return outcome
        } catch {
            throw Refusal(.badValue, error.description)
        }
    }

    /// Samples that edits are judged on: those held out of learning, and while they are few also
    /// some that were learned.
    public var referenceSamples: ReferenceSamples {
        var samples = validation.samples.map {
            ReferenceSamples.Sample(inputs: $0.inputs, targets: $0.targets)
        }
        guard samples.count < Self.enoughHeldOut else { return ReferenceSamples(samples) }
        samples += learnedSamples
        return ReferenceSamples(samples)
    }

    /// What a network is chosen by that has to answer at once: the newest samples, learned or not, since
    /// the held-out ones go back to before the last drift.
    var newestSamples: ReferenceSamples {
        recentSamples.count < Self.enoughRecent
            ? referenceSamples : ReferenceSamples(learnedSamples)
    }

    private var learnedSamples: [ReferenceSamples.Sample] {
        (0..<recentSamples.count).map { slot in
            .init(
                inputs: Array(recentSamples.values[recentSamples.inputRange(of: slot)]),
                targets: Array(
                    recentSamples.targetValues[recentSamples.targetRange(of: slot)]))
        }
    }

    private static var enoughRecent: Int { 64 }

    private static var enoughHeldOut: Int { 128 }
    /// Learned samples that are kept for edits and distillation.
    static var recentCapacity: Int { 256 }

    /// Keeps every fourth learned sample, and the first ones all.
    mutating func keepRecent(importance: Float) {
        guard recentSamples.count < 64 || counts.learned & 3 == 0 else { return }
        recentSamples.insert(
            inputs: scratch.inputs, targets: scratch.targets, importance: importance)
    }

    /// Where a member stands among those beside the lead; `nil` is the lead.
    func place(ofMember identifier: Int?) throws(Refusal) -> Int? {
        guard let lead else {
            throw Refusal(
                .noModel, "there is no network yet; send labelled samples, then change it")
        }
        guard let identifier, identifier != lead.identifier else { return nil }
        guard let index = committee.index(of: identifier) else {
            let known = ([lead] + committee.others).map { "\($0.identifier)" }
            throw Refusal(
                .badValue,
                "member \(identifier) does not exist; the committee has "
                    + known.joined(separator: ", "))
        }
        return index
    }

    private mutating func apply(
        _ edit: StructureEdit, _ command: StructureCommand
    ) throws(Refusal) -> StructureChange {
        let outcome = try self.edit(edit, member: command.member, limits: command.limits)
        return StructureChange(
            event: .forced, command: command, hidden: outcome.hidden,
            parameters: outcome.parameters, structure: counts.structure,
            reason: outcome.sentence)
    }
}

extension EditOutcome {
    /// What an operator should know of it.
    fileprivate var sentence: String {
        guard isChange else { return "An operator asked for it; there was nothing to change." }
        var parts: [String] = []
        if unitCount > 0 { parts.append("\(unitCount) units") }
        if connectionCount > 0 { parts.append("\(connectionCount) connections") }
        let what = parts.isEmpty ? "a layer" : parts.joined(separator: " and ")
        guard let loss else { return "An operator asked for it: \(what)." }
        return "An operator asked for it: \(what); outputs change by at most "
            + "\(largestOutputChange), and the loss on recent samples is \(Float(loss.after)) after "
            + "\(Float(loss.before))."
    }
}
