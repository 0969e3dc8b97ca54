import Features
import Glibc
import Kernels
import NeuralNetwork
import Randomness
import StructureControl

/// What a controller is told of the networks: numbers.
extension Learner {
    mutating func facts() -> LearnerFacts {
        var facts = LearnerFacts()
        guard let lead else { return facts }
        let network = lead.network
        facts.sampleCount = counts.learned + counts.shed
        facts.hidden = network.hidden
        facts.parameterCount = network.parameterCount
        facts.widenedParameterCount = widenedParameterCount(network)
        let top = network.hidden.last ?? 0
        facts.deepenedParameterCount = network.parameterCount + 2 * top * (top + 1)
        facts.totalParameterCount = learningParameterCount
        facts.replayedParameterCount = replayingParameterCount
        if let work = control.controller.serviceTimes.fixedWork { facts.fixedWork = work }
        facts.memberCount = awakeCount
        facts.memberTotal = 1 + committee.others.count { $0.role != .twin }
        facts.isReplaying = isReplaying
        facts.isReplayTried = isSingle && control.shedReplays == 0
        facts.hasShedReplay = control.shedReplays > 0
        facts.replayedAfterMore = network.parameterCount * Self.leadReplays
        facts.trainShare = control.trainShare
        facts.meanLoss = control.takeMeanLoss()
        facts.lossScale = lossScale
        if let last = counts.lastDriftSample { facts.samplesSinceDrift = counts.learned - last }
        facts.growthSignal = control.growthSignal
        facts.pruneSignal = control.pruneSignal
        facts.dormantShare = control.dormantShare
        facts.refusedSteps = counts.refusedSteps - control.refusedStepsAtTick
        if let parked = control.parked {
            facts.hasParked = suits(parked)
            facts.parkedParameterCount = parked.parameterCount
        }
        facts.possible = ChoiceSet([.widen, .narrow, .deepen, .shallow, .refresh, .restore])
        if facts.memberCount < facts.memberTotal { facts.possible.insert(Action.addMember.index) }
        if canReplayMore { facts.possible.insert(Action.replayMore.index) }
        return facts
    }

    /// Members that predict and learn, the lead among them and a twin not.
    var awakeCount: Int {
        1 + committee.others.count { $0.isAwake && $0.role != .twin }
    }

    /// Parameters that predict each sample and learn it, as many times as they do.
    public var learningParameterCount: Int {
        guard let lead else { return 0 }
        var count = lead.network.parameterCount
        for member in committee.others where member.isAwake {
            count += member.network.parameterCount
        }
        return count
    }

    /// Parameters that learn a sample of the past again, per new sample.
    public var replayingParameterCount: Int {
        guard isReplaying else { return 0 }
        let own = isSingle ? leads[0].plan.replays * leads[0].network.parameterCount : 0
        return committee.others.reduce(own) { count, member in
            count + (member.isAwake ? member.plan.replays * member.network.parameterCount : 0)
        }
    }

    /// Recent samples that a single network learns again after each new one, once that has shown to
    /// be of use.
    static var leadReplays: Int { 4 }

    /// Whether replay is the lead's alone, and up to the controller. It spoils some streams, so it is
    /// tried like a change of structure; a linear model has nothing to gain.
    var isSingle: Bool {
        configuration.learning.committee == 1 && configuration.learning.replay == nil
    }

    /// Whether anyone might learn samples of the past again who does not.
    private var canReplayMore: Bool {
        guard keepsSamples else { return false }
        guard !isSingle else {
            return leads[0].plan.replays == 0 && !leads[0].network.hidden.isEmpty
        }
        return !allowance.replays && committee.others.contains { $0.plan.replays > 0 }
    }

    /// Whether anyone does.
    private var isReplaying: Bool {
        guard hasLead, allowance.replays, keepsSamples else { return false }
        return isSingle && leads[0].plan.replays > 0
            || committee.others.contains { $0.isAwake && $0.plan.replays > 0 }
    }

    /// Loss of who knows nothing: `ln classes`, or that of the mean in units of usual errors.
    var lossScale: Double {
        guard schema.task == .classification else { return 1 }
        return Double(logf(Float(max(2, schema.classes.count))))
    }

    /// Whether a network that was set aside still has the columns and classes of the lead.
    func suits(_ parked: Network) -> Bool {
        guard let network = lead?.network else { return false }
        return parked.inputCount == network.inputCount
            && parked.outputCount == network.outputCount && parked.loss == network.loss
    }

    private func widenedParameterCount(_ network: Network) -> Int {
        guard let narrowest = network.hidden.min(),
            let layer = network.hidden.firstIndex(of: narrowest)
        else { return network.parameterCount }
        let below = layer == 0 ? network.inputCount : network.hidden[layer - 1]
        let above =
            layer + 1 < network.hidden.count ? network.hidden[layer + 1] : network.outputCount
        return network.parameterCount + narrowest * (below + above + 1)
    }

    /// Looks at the held-out samples: whether new units could follow errors that the present ones
    /// leave, and what the cheapest units are worth.
    mutating func measureSignals() {
        guard let lead, validation.samples.count >= Self.fewestSamples, !lead.network.hidden.isEmpty
        else { return }
        control.growthSignal = growthSignal(lead.network)
        var smaller = lead.network
        let samples = referenceSamples
        var limits = StructureLimits()
        limits.minUnits = 1
        let pruning = Pruning(criterion: .magnitude, scope: .units, amount: .fraction(0.1))
        // A copy of the generator: looking changes nothing.
        var generator = control.generator
        let outcome = try? smaller.edit(
            .prune(pruning), limits: limits, samples: samples, using: &generator)
        control.pruneSignal = outcome?.loss.map { $0.after - $0.before } ?? 0
        control.dormantShare = Double(lead.network.dormantShare(samples))
    }

    /// Held-out samples before they say anything.
    private static var fewestSamples: Int { 32 }
    /// New units that are tried in thought.
    private static var candidateCount: Int { 12 }

    /// How far the errors follow random new units of the first layer, beyond chance.
    ///
    /// For each candidate, `n · r²` with its correlation to an output's error has a mean of 1 when
    /// there is nothing to learn; the signal is the share of its mean above 1.5.
    private mutating func growthSignal(_ network: Network) -> Double {
        let samples = validation.samples
        let inputCount = network.inputCount
        guard samples.allSatisfy({ $0.inputs.count == inputCount }) else { return 0 }
        let errors = errors(of: network)
        let outputCount = errors[0].count
        var outputSquares = [Float](repeating: 0, count: outputCount)
        for error in errors {
            for output in 0..<outputCount { outputSquares[output] += error[output] * error[output] }
        }
        let total = outputSquares.reduce(0, +)
        guard total > 1e-6 else { return 0 }
        // The same candidates at each look: what changes is the errors.
        var generator = SeededGenerator(seed: 0x6772_6F77)
        let scale = (2 / Float(max(1, inputCount))).squareRoot()
        var statistic: Float = 0
        for _ in 0..<Self.candidateCount {
            let weights = (0..<inputCount).map { _ in scale * Float(generator.nextNormal()) }
            let bias = Float(generator.nextNormal()) / 2
            var activations = samples.map { sample in
                var sum = bias
                for input in 0..<inputCount { sum += weights[input] * sample.inputs[input] }
                return max(0, sum)
            }
            let mean = activations.reduce(0, +) / Float(samples.count)
            var square: Float = 0
            for index in activations.indices {
                activations[index] -= mean
                square += activations[index] * activations[index]
            }
            guard square > 1e-6 else { continue }
            for output in 0..<outputCount {
                var product: Float = 0
                for index in activations.indices {
                    product += activations[index] * errors[index][output]
                }
                // Correlation squared, weighted by the output's share of all errors.
                statistic += Float(samples.count) * product * product / (square * total)
            }
        }
        statistic /= Float(Self.candidateCount)
        return statistic > 1.5 ? Double(1 - 1.5 / statistic) : 0
    }

    /// What each held-out sample's outputs are away from its target, less their mean.
    private func errors(of network: Network) -> [[Float]] {
        var workspace = Workspace()
        var outputs = [Float](repeating: 0, count: network.outputCount)
        var errors: [[Float]] = []
        var means = [Float](repeating: 0, count: network.outputCount)
        for sample in validation.samples {
            network.predict(sample.inputs, into: &outputs, using: &workspace)
            var error = outputs
            switch network.loss {
            case .logistic: error[0] -= sample.targets[0]
            case .crossEntropy:
                let index = Int(sample.targets[0])
                if index < error.count { error[index] -= 1 }
            case .squared, .absolute, .huber:
                for output in error.indices { error[output] -= sample.targets[output] }
            }
            for output in error.indices { means[output] += error[output] }
            errors.append(error)
        }
        for output in means.indices { means[output] /= Float(errors.count) }
        for index in errors.indices {
            for output in means.indices { errors[index][output] -= means[output] }
        }
        return errors
    }
}

extension Learner {
    /// Samples scored so far and the share of them that was right; `nil` in regression, and before
    /// the first.
    public var accuracyTotal: (samples: Int, accuracy: Double)? {
        guard case .classification(let quality, _) = quality else { return nil }
        let figures = quality.cumulative
        return (figures.sampleCount, figures.accuracy)
    }
}

extension Learner {
    /// The policy with all that it has learned; `nil` when nobody decides.
    public var policy: Policy? { control.controller.policy }

    /// What a trainer asks of this copy; `nil` everywhere else.
    public var rollout: Rollout? {
        get { control.controller.rollout }
        set { control.controller.rollout = newValue }
    }

    /// What the last tick has shown.
    public var observation: Observation? { control.controller.observation }

    /// Parameters of the network that is on trial; `nil` when none is.
    public var trialParameterCount: Int? {
        guard let trial = control.trial, let index = committee.index(of: trial.member) else {
            return nil
        }
        return committee.others[index].network.parameterCount
    }
}
