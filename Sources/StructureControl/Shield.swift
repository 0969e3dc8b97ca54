import StateCoding

/// Rules that no policy can break: what is legal now, and what must happen whatever the policy says.
public struct Shield: Equatable, Sendable {
    /// Ticks in a row in which the stream asked for more than it may have.
    public private(set) var overloadedTicks = 0
    /// Ticks in a row without overload.
    private var roomyTicks = 0
    /// The highest rate of late, which may come again.
    private var peak = RatePeak()
    /// What trials may still cost, in parameters times samples.
    public private(set) var credit: Double = Self.grant

    /// Overloaded ticks that the policy is left alone with.
    public static let patience = 3
    /// Ticks without overload before what was shed is learned again.
    public static let calm = 1
    /// Overload that only matters once the lag says so: a peak may pass.
    static let tolerance = 0.15
    /// Ticks to come that the shield reckons with.
    static let foresight = 2.0
    /// Parameters below which the rest of a sample's work is what takes the time: no less of them
    /// would relieve anybody.
    public static let worthwhile = 600
    /// Share of all work that trials may take.
    public static let overhead = 0.06
    /// What trials may cost before there was any work: enough to grow a few units to a hundred.
    public static let grant = 3e6
    /// Work of a sample besides its weights, in parameters, until it was measured: encoding, scoring,
    /// counting.
    public static let usualFixedWork = 800.0
    /// Load from which on a smaller network is worth a trial.
    public static let thrift = 0.3
    /// Smallest share of the samples that is learned.
    public static let leastShare = 1.0 / 64
    /// Share of the load below which shedding relieves nobody.
    static let leastSaving = 0.05
    /// Loads to come out at when less is learned, and when more is.
    static let fullLoad = 0.7
    /// Expected share of the allowed lag from which on relief is allowed at all.
    static let wariness: Float = 0.3
    /// Share of the allowed lag that the first tick of a peak may cost.
    static let caution = 0.35
    /// Share of the loss of who knows nothing below which nothing grows.
    static let floor = 0.005

    public init() {}

    /// What a policy may choose.
    public struct Bounds: Equatable, Sendable {
        public var legal: ChoiceSet
        /// What must be done now instead of what the policy wants.
        public var order: Order?
    }

    /// An action that no policy is asked about, and why.
    public struct Order: Equatable, Sendable {
        public var action: Action
        public var reason: String

        /// Whether another action does what is ordered in its own way.
        func isServed(by choice: Action) -> Bool {
            action.isRelief ? choice.isRelief : choice == action
        }
    }

    /// Takes a tick in.
    ///
    /// - Parameter newSamples: Since the last one.
    public mutating func note(
        _ observation: Observation, measurements: Measurements, facts: LearnerFacts, newSamples: Int
    ) {
        overloadedTicks = observation.isOverloaded ? overloadedTicks + 1 : 0
        roomyTicks = observation.isOverloaded ? 0 : roomyTicks + 1
        peak.note(measurements)
        let work = Double(facts.totalParameterCount) + facts.fixedWork
        credit = min(credit + Self.overhead * work * Double(newSamples), max(credit, 40e6))
    }

    /// What may be chosen now, and what must be.
    public func bounds(
        _ observation: Observation, measurements: Measurements, facts: LearnerFacts,
        budget: ControlBudget, limits: ControlLimits
    ) -> Bounds {
        let legal = legalActions(
            observation, facts: facts, budget: budget, limits: limits, measurements: measurements)
        return Bounds(
            legal: legal,
            order: order(
                observation, facts: facts, measurements: measurements, budget: budget,
                legal: legal))
    }

    /// Work of a sample while a share of the samples is learned, in parameters: a prediction is a
    /// quarter of what prediction and update are together.
    ///
    /// With the usual fixed work also where it was measured: the shipped policy has learned to live
    /// with this relief, and with a measured one it loses 1.5 points on inputs that change places.
    static func work(_ facts: LearnerFacts, share: Double) -> Double {
        usualFixedWork + Double(facts.totalParameterCount) * (0.25 + 0.75 * share)
    }

    /// What less is done than before: anything more would be asked for again at once.
    static let leastCut = 0.75
    /// The load to come out at when less is done: one that lets the lag fall when there is much of it,
    /// somewhat more than all while a peak may still pass.
    static func reliefLoad(lag: Double) -> Double { min(max(1 + 0.5 * (0.8 - lag), 0.85), 1.15) }

    /// Share of the load that learning nothing more would save.
    static func saving(_ facts: LearnerFacts) -> Double {
        1 - work(facts, share: leastShare) / work(facts, share: facts.trainShare)
    }

    /// Share of the samples to learn after an action, as the load asks or leaves room for.
    ///
    /// - Parameters:
    ///   - load: Demanded over allowed share of the processor, as it is now.
    ///   - lag: Over the largest allowed.
    public static func trainShare(
        after action: Action, load: Double, lag: Double = 1, facts: LearnerFacts
    ) -> Double {
        let present = facts.trainShare
        let target = action == .trainMore ? fullLoad : reliefLoad(lag: lag)
        let allowed = work(facts, share: present) * target / max(load, 1e-6)
        let parameters = Double(max(facts.totalParameterCount, 1))
        let share = ((allowed - usualFixedWork) / parameters - 0.25) / 0.75
        switch action {
        case .trainMore: return min(1, max(present, share))
        case .trainLess: return max(leastShare, min(leastCut * present, share))
        default: return present
        }
    }

    /// How much narrower the widest layer has to become at once for a load, and which share of the
    /// samples is learned then.
    ///
    /// - Parameters:
    ///   - load: Demanded over allowed share of the processor, as it is now.
    ///   - lag: Over the largest allowed.
    public static func relief(
        load: Double, lag: Double, facts: LearnerFacts
    ) -> (width: Double, share: Double) {
        let share = facts.trainShare
        let target = reliefLoad(lag: lag)
        let allowed = work(facts, share: share) * target / max(load, 1e-6) - usualFixedWork
        let parameters = max(allowed / (0.25 + 0.75 * share), Double(worthwhile))
        // Besides the lead only twins learn, and they end or sleep under load.
        let width = min(leastCut, parameters / Double(max(facts.parameterCount, 1)))
        let rest = (allowed / parameters - 0.25) / 0.75
        return (width, min(share, max(leastShare, rest)))
    }

    /// Pays for a trial.
    public mutating func pay(_ cost: Double) { credit -= cost }

    private func order(
        _ observation: Observation, facts: LearnerFacts, measurements: Measurements,
        budget: ControlBudget, legal: ChoiceSet
    ) -> Order? {
        // What is asked for beyond what there is waits, tick after tick.
        let excess = measurements.demand / budget.cpuFraction - 1
        // A backlog alone drains by itself.
        let isLate = observation.isBusy && observation[.pressure] > 0.8
        let isStuck = overloadedTicks >= Self.patience && excess > Self.tolerance
        guard isLate || isStuck else {
            guard roomyTicks >= Self.calm else { return nil }
            if legal.contains(.trainMore) {
                return Order(
                    action: .trainMore,
                    reason: "samples are shed and there has been room to learn them")
            }
            guard legal.contains(.restore), observation.load < RulesPolicy.calm else { return nil }
            return Order(
                action: .restore,
                reason: "a wider network was set aside under load and there has been room for it")
        }
        let reason =
            isLate
            ? "learning is about to fall behind by more than budget.max_lag_seconds"
            : "overloaded for \(overloadedTicks) ticks"
        for action in [Action.replayLess, .trainLess, .retireMember, .narrow]
        where legal.contains(action) {
            return Order(action: action, reason: reason)
        }
        return nil
    }

    private func legalActions(
        _ observation: Observation, facts: LearnerFacts, budget: ControlBudget,
        limits: ControlLimits, measurements: Measurements
    ) -> ChoiceSet {
        var legal = ChoiceSet([.none])
        let isOverloaded = observation.isOverloaded
        let load = measurements.demand / budget.cpuFraction
        let canCut = canCut(observation, load: load, facts: facts, limits: limits)
        // Never give up what there is room for, nor what a peak that passes would leave.
        if isOverloaded || load > 1 && observation[.pressure] > Self.wariness {
            if facts.isReplaying { legal.insert(Action.replayLess.index) }
            if facts.memberCount > 1 { legal.insert(Action.retireMember.index) }
            // What would not be enough is left to a narrower network, which sheds besides.
            let rest = load * (1 - Self.saving(facts))
            if Self.saving(facts) > Self.leastSaving, rest < 1 || !canCut {
                legal.insert(Action.trainLess.index)
            }
        }
        let share = Self.trainShare(after: .trainMore, load: load, facts: facts)
        if !isOverloaded, !observation.isBusy, share >= min(1, 1.25 * facts.trainShare),
            share > facts.trainShare
        {
            legal.insert(Action.trainMore.index)
        }
        if facts.trainShare >= 1, load < 0.4, !isOverloaded {
            for action in [Action.replayMore, .addMember] where facts.possible.contains(action) {
                legal.insert(action.index)
            }
        }
        guard !facts.hidden.isEmpty else { return legal }
        if isOverloaded || observation.isBusy {
            // Act first; the wider network is set aside and comes back in a trial.
            if canCut { legal.insert(Action.narrow.index) }
        } else {
            addTrials(
                to: &legal, observation, load: load, facts: facts, budget: budget,
                limits: limits, measurements: measurements)
        }
        return legal
    }

    /// Whether a narrower network at once would relieve anybody: a backlog alone drains by itself,
    /// and what is cut away comes back later.
    private func canCut(
        _ observation: Observation, load: Double, facts: LearnerFacts, limits: ControlLimits
    ) -> Bool {
        let isTooSlow =
            (load > 1 || load > 0.85 && observation[.lag] > 0.5)
            && facts.parameterCount > Self.worthwhile
            || observation[.memory] > 0 || observation[.latency] > 0
        return isTooSlow && canNarrow(facts, limits: limits)
    }

    /// Whether a network so large could be cut back in time, should the highest rate of late come again:
    /// what waits until the next two ticks have shown it must not break the limit of the lag.
    private func survivesPeak(
        _ parameters: Int, measurements: Measurements, facts: LearnerFacts, budget: ControlBudget
    ) -> Bool {
        let unit = measurements.serviceSeconds / Self.work(facts, share: facts.trainShare)
        let service = unit * (Self.usualFixedWork + Double(parameters))
        let excess = peak.rate * service / budget.cpuFraction - 1
        return max(0, excess) * peak.elapsedSeconds < Self.caution * budget.maxLagSeconds
    }

    private func canNarrow(_ facts: LearnerFacts, limits: ControlLimits) -> Bool {
        (facts.hidden.max() ?? 0) / 2 >= limits.minUnits && facts.possible.contains(.narrow)
    }

    private func addTrials(
        to legal: inout ChoiceSet, _ observation: Observation, load: Double,
        facts: LearnerFacts, budget: ControlBudget,
        limits: ControlLimits, measurements: Measurements
    ) {
        // A twin runs only where there is room for it and its cost is covered.
        func fits(_ parameters: Int, window: Double) -> Bool {
            let work = Double(facts.totalParameterCount) + facts.fixedWork
            let more = (Double(parameters) + facts.fixedWork / 4) / work
            let memory = Double(measurements.memoryBytes) + 16 * Double(parameters)
            return load * (1 + more) < 0.85 && credit >= Double(parameters) * window
                && observation[.lag] < 0.5
                && parameters <= budget.maxParameters ?? .max
                && (parameters <= facts.parameterCount
                    || survivesPeak(
                        parameters, measurements: measurements, facts: facts, budget: budget))
                && memory <= budget.memoryBytes.map(Double.init) ?? .infinity
                && facts.trainShare >= 1 && facts.refusedSteps == 0
        }
        // Where there is next to no loss left, there is nothing to grow for.
        let isWorthIt = (facts.meanLoss ?? facts.lossScale) > Self.floor * facts.lossScale
        func allow(_ action: Action, _ parameters: Int, _ isPossible: Bool) {
            // What comes back is tried once, shows soon what it is worth, and pays the rest back.
            let window =
                action == .restore
                ? -.infinity : Double(TrialPlan(action, facts: facts, load: load).window)
            if isPossible, facts.possible.contains(action), fits(parameters, window: window) {
                legal.insert(action.index)
            }
        }
        allow(
            .widen, facts.widenedParameterCount,
            isWorthIt && facts.hidden.min()! * 2 <= limits.maxUnits)
        // What is smaller saves nothing that anybody needs while there is room.
        let saves = load > Self.thrift
        allow(.narrow, facts.parameterCount, canNarrow(facts, limits: limits) && saves)
        allow(
            .deepen, facts.deepenedParameterCount,
            isWorthIt && facts.hidden.count < limits.maxLayers)
        allow(.shallow, facts.parameterCount, facts.hidden.count > 1 && saves)
        allow(.refresh, facts.parameterCount, facts.dormantShare > 0.05)
        allow(.restore, facts.parkedParameterCount, facts.hasParked)
    }
}

/// How long a trial lasts, and what it must bring.
public struct TrialPlan: Equatable, Sendable {
    public let window: Int
    /// In nats per sample; negative: what it may cost.
    public let price: Double

    /// - Parameter load: Demanded over allowed share of the processor.
    public init(_ action: Action, facts: LearnerFacts, load: Double) {
        // Economy matters in proportion to the load; a nat is worth the same everywhere.
        let economy = 0.002 * min(max(load, 0.1), 1)
        switch action {
        case .widen, .deepen, .restore:
            // New units start silent, and a small network learns to use them sooner.
            let after =
                switch action {
                case .deepen: facts.deepenedParameterCount
                case .restore: facts.parkedParameterCount
                default: facts.widenedParameterCount
                }
            window = min(max(400 + after / 4, 600), 4_000)
            price = max(economy / 4, 0.001)
        case .narrow, .shallow:
            window = 1_000
            price = -economy
        default:
            window = 2_000
            price = 0
        }
    }
}

extension Shield: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(overloadedTicks)
        writer.write(roomyTicks)
        writer.write(credit)
        writer.write(peak)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        overloadedTicks = try reader.readInt()
        roomyTicks = try reader.readInt()
        credit = try reader.readDouble()
        peak = try reader.read()
    }
}
