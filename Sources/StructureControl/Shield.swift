import StateCoding

/// Rules that no policy can break: what is legal now, and what must happen whatever the policy says.
public struct Shield: Equatable, Sendable {
    /// Ticks in a row in which the stream asked for more than it may have.
    public private(set) var overloadedTicks = 0
    /// Ticks in a row with room for twice as much.
    private var roomyTicks = 0
    /// What trials may still cost, in parameters times samples.
    public private(set) var credit: Double = Self.grant
    /// Work of a sample besides its weights, in parameters: as measured, where it was.
    var fixedWork = Self.usualFixedWork

    /// Overloaded ticks that the policy is left alone with.
    public static let patience = 3
    /// Overload that only matters once the lag says so: a peak may pass.
    static let tolerance = 0.15
    /// Ticks to come that the shield reckons with.
    static let foresight = 2.0
    /// Parameters below which the rest of a sample's work is what takes the time: no less of them
    /// would relieve anybody.
    public static let worthwhile = 600
    /// Share of all work that trials may take.
    public static let overhead = 0.04
    /// What trials may cost before there was any work: enough to grow a few units to a hundred.
    public static let grant = 5e6
    /// Work of a sample besides its weights, in parameters, until it was measured: encoding,
    /// scoring, counting.
    public static let usualFixedWork = 800.0
    /// Load from which on a smaller network is worth a trial.
    public static let thrift = 0.3
    /// Smallest share of the samples that is learned.
    public static let leastShare = 1.0 / 64

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
    public mutating func bounds(
        _ observation: Observation, measurements: Measurements, facts: LearnerFacts,
        budget: ControlBudget, limits: ControlLimits, newSamples: Int
    ) -> Bounds {
        overloadedTicks = observation.isOverloaded ? overloadedTicks + 1 : 0
        roomyTicks = observation.isOverloaded || observation.load > 0.45 ? 0 : roomyTicks + 1
        let work = Double(facts.totalParameterCount) + fixedWork
        credit = min(credit + Self.overhead * work * Double(newSamples), max(credit, 40e6))
        let legal = legalActions(
            observation, facts: facts, budget: budget, limits: limits, measurements: measurements)
        return Bounds(
            legal: legal,
            order: order(
                observation, facts: facts, measurements: measurements, budget: budget,
                legal: legal))
    }

    /// Pays for a trial.
    public mutating func pay(_ cost: Double) { credit -= cost }

    private func order(
        _ observation: Observation, facts: LearnerFacts, measurements: Measurements,
        budget: ControlBudget, legal: ChoiceSet
    ) -> Order? {
        // What is asked for beyond what there is waits, tick after tick.
        let excess = measurements.demand / budget.cpuFraction - 1
        let coming =
            measurements.lagSeconds
            + Self.foresight * max(0, excess) * measurements.elapsedSeconds
        let isLate = coming > 0.8 * budget.maxLagSeconds
        let isStuck = overloadedTicks >= Self.patience && excess > Self.tolerance
        guard isLate || isStuck else {
            guard roomyTicks >= Self.patience, legal.contains(.trainMore) else { return nil }
            return Order(
                action: .trainMore, reason: "samples are shed and there has been room to learn them"
            )
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
        let load = Double(observation.load)
        // Never give up what there is room for.
        if load > 0.7 || isOverloaded {
            if facts.isReplaying { legal.insert(Action.replayLess.index) }
            if facts.memberCount > 1 { legal.insert(Action.retireMember.index) }
            if facts.trainShare > Self.leastShare { legal.insert(Action.trainLess.index) }
        }
        // Twice the training at most doubles the load.
        if facts.trainShare < 1, !isOverloaded, load < 0.45 {
            legal.insert(Action.trainMore.index)
        }
        if facts.trainShare >= 1, load < 0.4, !isOverloaded {
            for action in [Action.replayMore, .addMember] where facts.possible.contains(action) {
                legal.insert(action.index)
            }
        }
        guard !facts.hidden.isEmpty else { return legal }
        // A backlog alone drains by itself; what is cut away comes back much later.
        let isTooSlow =
            (load > 1 || load > 0.85 && observation[.lag] > 0.5)
            && facts.parameterCount > Self.worthwhile
            || observation[.memory] > 0 || observation[.latency] > 0
        addStructure(
            to: &legal, isOverloaded: isOverloaded, isTooSlow: isTooSlow, load: load,
            facts: facts, budget: budget, limits: limits, measurements: measurements)
        return legal
    }

    private func addStructure(
        to legal: inout ChoiceSet, isOverloaded: Bool, isTooSlow: Bool, load: Double,
        facts: LearnerFacts, budget: ControlBudget, limits: ControlLimits,
        measurements: Measurements
    ) {
        let widest = facts.hidden.max()!
        let canNarrow = widest / 2 >= limits.minUnits && facts.possible.contains(.narrow)
        if isOverloaded {
            // Act first; the wider network is set aside and comes back in a trial.
            if canNarrow, isTooSlow { legal.insert(Action.narrow.index) }
            return
        }
        // A twin runs only where there is room for it and its cost is covered.
        func fits(_ parameters: Int, window: Int) -> Bool {
            let work = Double(facts.totalParameterCount) + fixedWork
            let more = (Double(parameters) + fixedWork / 4) / work
            let memory = Double(measurements.memoryBytes) + 16 * Double(parameters)
            return load * (1 + more) < 0.85 && credit >= Double(parameters * window)
                && parameters <= budget.maxParameters ?? .max
                && memory <= budget.memoryBytes.map(Double.init) ?? .infinity
                && facts.trainShare >= 1 && facts.refusedSteps == 0
        }
        func allow(_ action: Action, _ parameters: Int, _ isPossible: Bool) {
            let window = TrialPlan(action, facts: facts, load: load).window
            if isPossible, facts.possible.contains(action), fits(parameters, window: window) {
                legal.insert(action.index)
            }
        }
        allow(.widen, facts.widenedParameterCount, facts.hidden.min()! * 2 <= limits.maxUnits)
        // What is smaller saves nothing that anybody needs while there is room.
        let saves = load > Self.thrift
        allow(.narrow, facts.parameterCount, canNarrow && saves)
        allow(.deepen, facts.deepenedParameterCount, facts.hidden.count < limits.maxLayers)
        allow(.shallow, facts.parameterCount, facts.hidden.count > 1 && saves)
        allow(.refresh, facts.parameterCount, facts.dormantShare > 0.05)
        allow(.restore, facts.widenedParameterCount, facts.hasParked)
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
                action == .deepen ? facts.deepenedParameterCount : facts.widenedParameterCount
            window = min(max(400 + after / 4, 600), 4_000)
            price = economy / 4
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
        writer.write(fixedWork)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        overloadedTicks = try reader.readInt()
        roomyTicks = try reader.readInt()
        credit = try reader.readDouble()
        fixedWork = try reader.readDouble()
    }
}
