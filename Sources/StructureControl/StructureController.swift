import Glibc
import Randomness
import StateCoding

/// Decides what the network may grow to and what it must give up, in three layers: a shield of hard
/// rules, a policy, and a gate that judges each change of structure by a paired trial.
///
/// It sees numbers and returns decisions; its owner carries them out and reports the losses of a
/// trial. Equal numbers in equal order give equal decisions.
public struct StructureController: Equatable, Sendable {
    public internal(set) var configuration: ControlConfiguration
    /// `nil` when nobody decides.
    public internal(set) var policy: Policy?
    public internal(set) var counts = ControlCounts()
    /// What was seen at the last tick; `nil` before the first.
    public internal(set) var observation: Observation?
    public internal(set) var lastAction: Action?
    /// What the last decision has earned.
    public internal(set) var lastReward: Double?
    var shield = Shield()
    var reward = Reward()
    var losses = LossMemory()
    /// What a sample has cost with each set of networks.
    public internal(set) var serviceTimes = ServiceTimes()
    /// How the trials of each family ended, fading from ±1.
    var outcomes = [0.0, 0, 0]
    /// Samples since the last change of the structure, in thousands.
    var rest = 0.0
    /// The highest demand of late over what is allowed, fading by a thirtieth each thousand samples.
    var peakLoad = 0.0
    /// The same of the lag over the largest allowed.
    var peakLag = 0.0
    /// Samples since the last overload, in thousands.
    var calm = 0.0
    var peakLength = PeakLength()
    /// How many seconds learning would be behind with no more of the processor than is allowed: what
    /// was used beyond that, and not yet made up for.
    var debt = 0.0
    /// What the stream's difficulty alone is worth; `nil` before the first loss.
    var potential: Double?
    var lastSampleCount = 0
    /// The last tick; `nil` before the first.
    var latest: Measurements?
    /// What the last tick counts for, see ``weight(of:)``.
    var latestWeight = 0.0
    /// Samples since the last drift, at the last tick.
    var driftAge = Int.max
    var open: OpenDecision?
    var generator: SeededGenerator
    var placebo = PlaceboMemory()
    /// What a trainer asks of this copy; `nil` everywhere else.
    public var rollout: Rollout?
    /// What is not to be tried again yet.
    var patience = Patience()
    /// What a deep policy has to be clearly better than.
    var baseline = RulesPolicy()

    /// What a tick counts for, of the one before it.
    static let discount = 0.95
    /// A load of late that may come again, and be too much for a wider network.
    static let peak = 0.5
    /// What a peak counts for, a thousand samples later.
    static let fading = 0.97
    /// Samples after which a tick is due.
    public static let tickSamples = 200
    /// Share of the allowed lag by which learning may fall behind from one tick to the next.
    public static let lagStep = 0.1
    /// Share of the allowed lag that a lump of samples may take.
    static let lump = 0.05
    /// Ticks for which a change that was kept is credited with its gain.
    static let horizon = 4.0

    /// - Parameter policy: What has learned already; without, the configured policy starts anew.
    public init(configuration: ControlConfiguration, policy: Policy? = nil, seed: UInt64) {
        self.configuration = configuration
        generator = SeededGenerator(seed: seed ^ 0x636F_6E74_726F_6C21)
        if let name = configuration.policy {
            self.policy =
                policy?.name == name
                ? policy : Policy(name, capacity: configuration.memoryCapacity, seed: seed)
        }
    }

    /// The change that is on trial.
    public var trial: Trial? { open?.trial }

    /// How far each budget is overdrawn, in the order of ``Reward/budgets``, in units of itself.
    public var violations: [Double] { reward.violations }

    /// Share of draws that a policy makes to learn; `nil` for one that does not.
    public var epsilon: Double? {
        switch policy {
        case .qLearning, .dqn: configuration.epsilon
        case .rules, nil: nil
        }
    }

    /// Whether a narrower network should learn beside the lead, to take over in a peak of the load.
    ///
    /// - Parameters:
    ///   - more: Parameters that would learn besides; 0 when it does already.
    ///   - total: Parameters that learn.
    public func keepsWarm(more: Int, total: Int) -> Bool {
        guard let observation, peakLoad > Self.peak else { return false }
        let work = Double(total) + (serviceTimes.fixedWork ?? Shield.usualFixedWork)
        return Double(observation.load) * (1 + Double(more) / work) < (more > 0 ? 0.5 : 0.7)
    }

    /// Changes who decides, how, and within which budget. A trial that runs must be given up before
    /// policy or mode change.
    ///
    /// - Parameter learned: A policy to go on from, where it is of the name that is asked for.
    public mutating func set(_ new: ControlConfiguration, learned: Policy?) {
        let name = new.policy
        let hasNewPolicy = name != configuration.policy
        configuration = new
        guard hasNewPolicy else { return }
        open = nil
        policy = name.map { name in
            learned?.name == name
                ? learned!
                : Policy(
                    name, capacity: configuration.memoryCapacity, seed: generator.nextBits())
        }
    }

    /// Takes a tick in, and decides unless a trial runs.
    ///
    /// - Returns: What is to be done or said; `nil`: nothing.
    public mutating func tick(
        _ raw: Measurements, facts: LearnerFacts
    ) -> ControlDecision? {
        guard policy != nil else { return nil }
        let measurements = smoothed(raw)
        latest = measurements
        let newSamples = facts.sampleCount - lastSampleCount
        let weight = Self.weight(of: newSamples)
        latestWeight = weight
        if let loss = facts.meanLoss { losses.add(loss, weight: weight) }
        noteServiceTime(measurements, facts: facts)
        rest += weight
        fadeOutcomes(weight: weight)
        patience.pass(
            samples: newSamples,
            hasDrifted: facts.samplesSinceDrift < driftAge)
        driftAge = facts.samplesSinceDrift
        let load = measurements.demand / configuration.budget.cpuFraction
        owe(measurements, load: load)
        peakLength.note(
            rate: measurements.arrivalRate, load: load,
            elapsedSeconds: measurements.elapsedSeconds)
        let lag = max(measurements.lagSeconds, debt) / configuration.budget.maxLagSeconds
        let fading = pow(Self.fading, weight)
        // So put, a rate that is no number changes nothing.
        peakLoad = load > fading * peakLoad ? load : fading * peakLoad
        peakLag = lag > fading * peakLag ? lag : fading * peakLag
        var seen = observe(measurements, facts: facts, lag: lag)
        calm = seen.isOverloaded ? 0 : calm + weight
        seen[.calm] = Float(calm / 50)
        observation = seen
        let earned =
            weight * reward.earn(measurements, facts: facts, budget: configuration.budget)
            + potentialGain(facts, weight: weight)
        shield.note(seen, measurements: measurements, facts: facts, newSamples: newSamples)
        lastSampleCount = facts.sampleCount
        open?.add(earned, weight: weight)
        lastReward = open?.reward ?? lastReward
        if let trial = open?.trial {
            let isTight = seen.isBusy || seen.isOverloaded
            guard isTight || facts.refusedSteps > 0 else { return nil }
            let why = isTight ? "there is no room for a twin" : "a step was not finite"
            return ControlDecision(
                kind: .abandon, action: trial.action, by: decider, observation: seen,
                values: open?.values, expected: open?.expected,
                reason: "\(trial.action.words) is given up after \(trial.count) samples: \(why)")
        }
        return decide(facts)
    }

    /// Decides by what the last tick has shown: also when the trial that it ended is settled, since
    /// load does not wait.
    public mutating func decide(_ facts: LearnerFacts) -> ControlDecision? {
        guard policy != nil, let seen = observation, let measurements = latest,
            open?.trial == nil
        else { return nil }
        var bounds = shield.bounds(
            seen, measurements: measurements, facts: facts, budget: configuration.budget,
            limits: configuration.limits)
        // What a trial has shown is no reason to bear a load.
        if !seen.isBusy, !seen.isOverloaded {
            for action in Action.allCases where patience.bars(action) {
                bounds.legal.remove(action)
            }
        }
        bounds.legal = bounds.legal.intersection(configuration.allowed)
        if let order = bounds.order, !bounds.legal.contains(order.action) { bounds.order = nil }
        closeDecision(next: seen, legal: bounds.legal)
        return decide(seen, bounds: bounds, facts: facts)
    }

    private mutating func decide(
        _ seen: Observation, bounds: Shield.Bounds, facts: LearnerFacts
    ) -> ControlDecision? {
        counts.decisions += 1
        var choice = choose(seen, legal: bounds.legal)
        if let asked = rollout?.begin(legal: bounds.legal) {
            choice.action = asked
            choice.isExploration = true
        }
        var by = policy!.name
        var overruled: Action?
        if let order = bounds.order, !order.isServed(by: choice.action) {
            overruled = choice.action
            choice.action = order.action
            choice.reason = order.reason
            choice.isExploration = true
            by = .rules
        }
        let isActing = configuration.mode == .act
        var decision = ControlDecision(
            kind: .act, action: choice.action, by: by, observation: seen, values: choice.values,
            expected: choice.advantage,
            reason: sentence(choice, by: by, observation: seen))
        if !isActing {
            decision.kind = .propose
            decision.reason += "; mode is observe, so nothing is changed"
        } else if isTried(choice.action, facts: facts), !seen.isBusy, !seen.isOverloaded {
            let plan = TrialPlan(choice.action, facts: facts, load: Double(seen.load))
            decision.kind = .tryOut(window: plan.window, price: plan.price)
        }
        // In `observe`, what follows is the consequence of doing nothing.
        open = OpenDecision(
            observation: seen, action: isActing ? choice.action : .none,
            isExploration: choice.isExploration, values: choice.values,
            expected: choice.advantage)
        open?.overruled = isActing ? overruled : nil
        if overruled != nil { rollout?.isOverruled = true }
        guard choice.action != .none else { return nil }
        lastAction = choice.action
        return decision
    }

    /// Whether a change has to show in a trial what it is worth.
    private func isTried(_ action: Action, facts: LearnerFacts) -> Bool {
        action.isStructural
            || facts.isReplayTried && (action == .replayMore || action == .replayLess)
    }

    /// What is added to a reward so that values tell choices apart and not streams: a hard one
    /// earns less whatever is done. It changes no optimal policy.
    ///
    /// - Source: Ng, Harada, Russell, "Policy Invariance under Reward Transformations", ICML 1999,
    ///   theorem 1.
    private mutating func potentialGain(_ facts: LearnerFacts, weight: Double) -> Double {
        guard let slow = losses.slow else { return 0 }
        let next = -min(max(slow / facts.lossScale, 0), 2) / (1 - Self.discount)
        defer { potential = next }
        let discount = Self.discount(weight: weight)
        return potential.map { discount * next - $0 } ?? (discount - 1) * next
    }

    /// What a tick counts for: with its samples, up to a thousand. Under load ticks are short, and a
    /// decision's worth must not hang on how often it was looked at.
    static func weight(of samples: Int) -> Double { min(max(Double(samples) / 1_000, 0.05), 1) }

    /// What is left of a reward after a tick of a weight.
    static func discount(weight: Double) -> Double { 1 - (1 - discount) * weight }

    private mutating func closeDecision(next: Observation, legal: ChoiceSet) {
        guard let closing = open.take() else { return }
        if rollout?.isBegun == true {
            rollout!.add(
                reward: closing.reward, discount: closing.discount, next: next, legal: legal)
        }
        guard configuration.isLearning else { return }
        let earned =
            configuration.placebo == .rewards ? placebo.exchange(closing.reward) : closing.reward
        var closed = ClosedDecision(
            observation: closing.observation, action: closing.action,
            isExploration: closing.isExploration, reward: Float(earned),
            discount: Float(closing.discount), next: next, legal: legal)
        policy?.learn(closed)
        guard let overruled = closing.overruled else { return }
        // What the shield has to prevent is no better than what it does, less a fine: else a policy
        // would learn to leave relief to it (Alshiekh et al., "Safe Reinforcement Learning via
        // Shielding", AAAI 2018, 5.2).
        closed.action = overruled
        closed.isExploration = true
        closed.reward -= Float(Reward.overruled)
        policy?.learn(closed)
    }

    private var decider: PolicyName { policy?.name ?? .rules }
}
