import StateCoding

/// Rules that no policy can break: what is legal now, and what must happen whatever the policy says.
public struct Shield: Equatable, Sendable {
    /// Ticks in a row in which the stream asked for more than it may have.
    public private(set) var overloadedTicks = 0
    /// Ticks in a row without overload.
    private var roomyTicks = 0
    /// The highest rate of late, which may come again.
    private(set) var peak = RatePeak()
    /// What trials may still cost, in parameters times samples.
    public private(set) var credit: Double = Self.grant

    /// Overloaded ticks that the policy is left alone with.
    public static let patience = 3
    /// Ticks without overload before what was shed is learned again.
    public static let calm = 1
    /// Overload that only matters once the lag says so: a peak may pass.
    static let tolerance = 0.15
    /// Parameters below which the rest of a sample's work is what takes the time: no less of them
    /// would relieve anybody.
    public static let worthwhile = 600
    /// Share of all work that trials may take.
    public static let overhead = 0.05
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
        peak.note(
            measurements, load: Double(observation.load),
            weight: StructureController.weight(of: newSamples))
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
            if facts.hasShedReplay, legal.contains(.replayMore) {
                return Order(
                    action: .replayMore,
                    reason: "replay was given up under load and there has been room for it")
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
