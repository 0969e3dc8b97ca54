import StructureControl

/// What contenders have come to on one scenario, over several seeds.
public struct Comparison: Sendable {
    public struct Line: Sendable {
        public var name: String
        public var utility: Estimate
        /// How far it stays behind the oracle, and behind the best fixed width; paired by seed.
        public var regretToOracle: Estimate
        public var regretToBestFixed: Estimate
        public var late: Double
        public var actions: Double
        public var kept: Double
        public var reverted: Double
        public var overhead: Double
        /// One for each seed.
        public var utilities: [Double]
    }

    public let scenario: Scenario
    public private(set) var lines: [Line] = []
    /// Mean of the best fixed width of each segment: what nobody can know before. One per seed.
    public private(set) var oracle: [Double] = []
    /// The fixed width with the best mean over all seeds, in hindsight.
    public private(set) var bestFixed = 0
    private var bestFixedUtilities: [Double] = []

    /// What the oracle is ahead of the best fixed width.
    public var headroom: Estimate { Estimate(zip(oracle, bestFixedUtilities).map { $0 - $1 }) }

    /// Runs every fixed width of the scenario.
    ///
    /// - Parameter seeds: At least one.
    public init(_ scenario: Scenario, seeds: [UInt64]) {
        self.scenario = scenario
        var runs: [[RunResult]] = []
        for width in scenario.rungs {
            runs.append(
                seeds.map { seed in
                    var run = Run(scenario, .fixed(width), seed: seed)
                    return run.finish()
                })
        }
        let means = runs.map { $0.reduce(0) { $0 + $1.utility } }
        let best = means.indices.max { (means[$0], $1) < (means[$1], $0) }!
        bestFixed = scenario.rungs[best]
        bestFixedUtilities = runs[best].map(\.utility)
        oracle = seeds.indices.map { seed in
            let count = runs[0][seed].segments.count
            guard count > 0 else { return bestFixedUtilities[seed] }
            let sum = (0..<count).reduce(0.0) { sum, segment in
                sum + runs.map { $0[seed].segments[segment] }.max()!
            }
            return sum / Double(count)
        }
        for (width, results) in zip(scenario.rungs, runs) {
            append(Contender.fixed(width).name, results)
        }
    }

    /// Runs one more.
    public mutating func add(_ contender: Contender, seeds: [UInt64]) {
        append(
            contender.name,
            seeds.map { seed in
                var run = Run(scenario, contender, seed: seed)
                return run.finish()
            })
    }

    private mutating func append(_ name: String, _ results: [RunResult]) {
        let utilities = results.map(\.utility)
        func mean(_ number: (RunResult) -> Double) -> Double {
            results.reduce(0) { $0 + number($1) } / Double(results.count)
        }
        lines.append(
            Line(
                name: name, utility: Estimate(utilities),
                regretToOracle: Estimate(zip(oracle, utilities).map { $0 - $1 }),
                regretToBestFixed: Estimate(zip(bestFixedUtilities, utilities).map { $0 - $1 }),
                late: mean(\.late), actions: mean { Double($0.actions) },
                kept: mean { Double($0.kept) }, reverted: mean { Double($0.reverted) },
                overhead: mean(\.overhead), utilities: utilities))
    }
}
