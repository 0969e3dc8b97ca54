import Glibc
import Randomness
import StructureControl

/// Trains a deep policy on drawn scenarios, one run after the other.
///
/// In each, copies of the run make every choice that there is at some of the decisions and go on from
/// there, and the policy learns from what they come to. The first half of the episodes is decided by
/// the rules; then the policy decides, and draws less and less. Every so often the policy is judged
/// without draws on scenarios of its own, and the best one is what remains.
///
/// Values of decisions that lie apart in time differ by what the stream did in between, a hundred
/// times what any choice brings: copies are what makes choices comparable.
public struct PolicyTrainer {
    public struct Progress: Sendable {
        public var episode: Int
        /// Mean utility of the policy without draws, on the scenarios that judge it.
        public var utility: Double
        /// The same of the rules.
        public var rules: Double
    }

    private let episodeCount: Int
    private let seed: UInt64
    private var generator: SeededGenerator

    /// Of the episodes, in which the rules decide.
    private static let demonstrationShare = 0.5
    private static let judgeInterval = 25
    private static let judgeCount = 24
    /// Of the network, after each episode.
    private static let updates = 40
    /// Samples that a copy goes on for.
    private static let horizon = 8_000
    /// Of the decisions, that are looked at.
    private static let share = 0.15
    private static let sampleCount = 36_000
    private static let capacity = 2_000

    /// What spoils the training, to show what it is worth; `nil`: nothing.
    private let placebo: Placebo?

    public init(episodes: Int, seed: UInt64, placebo: Placebo? = nil) {
        episodeCount = episodes
        self.placebo = placebo
        self.seed = seed
        generator = SeededGenerator(seed: seed)
    }

    /// Trains.
    ///
    /// - Parameter report: Called after each judgement.
    public mutating func train(report: (Progress) -> Void) -> Policy {
        var policy = Policy(.dqn, capacity: Self.capacity, seed: seed)
        var known: [ComparedChoices] = []
        var best = policy
        var bestUtility = -Double.infinity
        let judges = (0..<Self.judgeCount).map { _ in
            Self.draw(using: &generator, samples: Self.sampleCount)
        }
        let rules = Self.judge(.rules, on: judges)
        for episode in 0..<episodeCount {
            let scenario = Self.draw(using: &generator, samples: Self.sampleCount)
            let progress = Double(episode) / Double(episodeCount)
            var contender = Contender.dqn(policy)
            contender.control.epsilon = max(0.02, 0.25 * (1 - progress / 0.8))
            contender.control.isDemonstrated = progress < Self.demonstrationShare
            contender.control.isLearning = false
            contender.control.memoryCapacity = Self.capacity
            var run = Run(scenario, contender, seed: generator.nextBits())
            known += spoilt(
                run.finishByRollouts(
                    horizon: Self.horizon, share: Self.share, using: &generator))
            policy.study(known, updates: Self.updates)
            guard episode % Self.judgeInterval == Self.judgeInterval - 1 else { continue }
            var judged = Contender.dqn(policy)
            judged.control.epsilon = 0
            judged.control.isLearning = false
            let utility = Self.judge(judged, on: judges)
            report(Progress(episode: episode + 1, utility: utility, rules: rules))
            if utility > bestUtility { (best, bestUtility) = (policy, utility) }
        }
        return best
    }

    /// What a placebo learns from: returns of other choices, or states of other times.
    private mutating func spoilt(_ found: [ComparedChoices]) -> [ComparedChoices] {
        guard let placebo else { return found }
        var spoilt = found
        for index in spoilt.indices {
            if placebo == .observations {
                spoilt[index].features = found[generator.nextIndex(below: found.count)].features
            } else {
                for place in spoilt[index].returns.indices.reversed() {
                    let other = generator.nextIndex(below: place + 1)
                    let reward = spoilt[index].returns[place].reward
                    spoilt[index].returns[place].reward = spoilt[index].returns[other].reward
                    spoilt[index].returns[other].reward = reward
                }
            }
        }
        return spoilt
    }

    private static func judge(_ contender: Contender, on scenarios: [Scenario]) -> Double {
        var sum = 0.0
        for (index, scenario) in scenarios.enumerated() {
            var run = Run(scenario, contender, seed: UInt64(1_000 + index))
            sum += run.finish().utility
        }
        return sum / Double(scenarios.count)
    }

    /// A scenario with drawn numbers: prototypes and teachers, bursts or constant, from calm to
    /// hopeless. The families of the report have other factors, streams and lengths.
    static func draw(using generator: inout SeededGenerator, samples: Int) -> Scenario {
        func pick<Value>(_ values: [Value]) -> Value {
            values[generator.nextIndex(below: values.count)]
        }
        var scenario = Scenario(name: "drawn")
        scenario.family = "training"
        scenario.samples = samples
        scenario.hidden = [pick([4, 8, 16, 32, 64])]
        scenario.stream.kind = pick([.prototypes, .prototypes, .teacher])
        scenario.stream.inputs = pick([8, 16, 24])
        scenario.stream.classes = pick([4, 8, 12])
        scenario.stream.complexity = pick([1, 3, 6])
        scenario.stream.noise = scenario.stream.kind == .prototypes ? pick([0.3, 0.5]) : 0.05
        scenario.stream.drift = pick([.none, .redraw, .redraw])
        scenario.stream.driftSamples = pick([5_000, 9_000, 14_000])
        scenario.arrival.kind = pick([.constant, .bursts, .bursts, .trace])
        scenario.arrival.quietSamples = pick([3_000, 6_000])
        scenario.arrival.burstSamples = pick([2_000, 5_000, 8_000])
        // A network of 64 units is to need so much of what there is while it is quiet, and so much
        // in a burst.
        let parameters = 64 * (scenario.stream.inputs + scenario.stream.classes + 1)
        let service = scenario.cost.seconds(parameterCount: parameters, isLearned: true)
        let quiet = pick([0.03, 0.1, 0.25])
        scenario.budget.cpuFraction = pick([0.8, 1])
        scenario.arrival.rate = quiet * scenario.budget.cpuFraction / service
        scenario.arrival.factor = pick([0.9, 1.5, 3, 6]) / quiet
        scenario.budget.maxLagSeconds = 200 * service * pick([3, 6])
        guard scenario.arrival.kind == .trace else { return scenario }
        // A walk between calm and the peak, in steps of a few hundred samples.
        scenario.arrival.quietSamples = pick([400, 1_200])
        var height = 0.0
        scenario.arrival.rates = (0..<90).map { _ in
            height = min(max(height + 0.15 * generator.nextNormal(), 0), 1)
            return scenario.arrival.rate * pow(scenario.arrival.factor, height)
        }
        return scenario
    }
}
