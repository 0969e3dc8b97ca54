import StateCoding

/// What a tick is worth: quality less what breaks the budgets.
///
/// The price of each budget follows from how often it is broken (dual ascent on the constraint), so
/// nobody has to weigh a millisecond of lag against a nat.
///
/// - Source: Tessler, Mankowitz, Mannor, "Reward Constrained Policy Optimization", ICLR 2019, eq. 4.
public struct Reward: Equatable, Sendable {
    /// The budgets, in the order of ``prices``.
    public static let budgets = ["cpu", "lag", "memory", "latency"]
    /// How far each budget is overdrawn, in units of itself, at most 1.
    public private(set) var violations = [0.0, 0, 0, 0]
    /// What a full violation costs.
    public private(set) var prices = [0.2, 1.0, 1.0, 0.5]

    private static let rate = 0.02
    /// Share of violation that lets a price fall again.
    private static let tolerance = 0.01
    private static let leastPrice = 0.1
    private static let greatestPrice = 5.0
    /// What the whole allowed processor costs per tick: economy where nothing else speaks.
    static let running = 0.01
    /// What a change of structure costs.
    public static let change = 0.005
    /// What it costs to want what the shield has to prevent.
    public static let overruled = 0.3

    public init() {}

    /// The worth of the tick that ends now; raises or lowers the prices.
    public mutating func earn(
        _ measurements: Measurements, facts: LearnerFacts, budget: ControlBudget
    ) -> Double {
        func excess(_ value: Double, over limit: Double?) -> Double {
            guard let limit, limit > 0 else { return 0 }
            let share = value / limit - 1
            return share > 0 ? min(share, 1) : 0
        }
        violations = [
            excess(measurements.demand, over: budget.cpuFraction),
            excess(measurements.lagSeconds, over: budget.maxLagSeconds),
            excess(Double(measurements.memoryBytes), over: budget.memoryBytes.map(Double.init)),
            excess(
                measurements.predictP99Microseconds, over: budget.predictP99Microseconds),
        ]
        // Who is late knows nothing.
        let late = measurements.lagSeconds > budget.maxLagSeconds ? 1.0 : 0
        let relative = min(max((facts.meanLoss ?? 0) / facts.lossScale, 0), 2)
        var worth = -(late + (1 - late) * relative)
        for index in violations.indices {
            worth -= prices[index] * violations[index]
            prices[index] = min(
                max(
                    prices[index] + Self.rate * (violations[index] - Self.tolerance),
                    Self.leastPrice), Self.greatestPrice)
        }
        return worth - Self.running * min(measurements.demand / budget.cpuFraction, 1)
    }
}

extension Reward: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(violations)
        writer.write(prices)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        violations = try reader.readDoubles()
        prices = try reader.readDoubles()
        guard violations.count == Self.budgets.count, prices.count == Self.budgets.count else {
            throw .invalid(what: "prices of the budgets", offset: offset)
        }
    }
}
