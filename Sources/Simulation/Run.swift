import Features
import Learner
import NeuralNetwork
import StructureControl

/// What a run has come to.
public struct RunResult: Equatable, Sendable {
    /// Share of the samples that were answered in time and right.
    public var utility = 0.0
    /// The same for each stretch of ``Run/segment`` samples.
    public var segments: [Double] = []
    /// Share of the samples that were right, also when they were late.
    public var accuracy = 0.0
    /// Share of the samples that waited longer than the budget allows.
    public var late = 0.0
    public var shed = 0
    public var decisions = 0
    public var kept = 0
    public var reverted = 0
    /// Actions other than none, of every kind.
    public var actions = 0
    /// Processor time over that of a run whose trials, reserves and replays cost nothing, minus 1.
    public var overhead = 0.0
    public var hidden: [Int] = []
}

/// One learner on virtual time: samples arrive as the scenario says and are served one after the
/// other, each as long as the cost model says.
public struct Run {
    private let scenario: Scenario
    var learner: Learner
    private var schema: SampleSchema
    private var generator: StreamGenerator
    private var block = SampleBlock()
    var effects: [Effect] = []
    /// Samples so far.
    private(set) var taken = 0
    /// Virtual seconds: when the last sample came, and when the learner is free again.
    private var now = 0.0
    private var freeAt = 0.0
    private var result = RunResult()
    private var onTime = 0.0
    private var segmentSum = 0.0
    private var busy = 0.0
    private var trialCost = 0.0
    private var tick = TickSums()

    private struct TickSums {
        var start = 0.0
        var samples = 0
        var service = 0.0
        /// Seconds that the last sample waited when it began.
        var lag = 0.0
    }

    /// Samples that are handled at once.
    public static let blockSize = 50
    /// Samples in a segment.
    public static let segment = 1_000
    /// Senders are held back rather than let the queue grow beyond this, in limits of the lag.
    private static let patience = 4.0

    public init(_ scenario: Scenario, _ contender: Contender, seed: UInt64) {
        self.scenario = scenario
        var configuration = LearnerConfiguration()
        configuration.model.seed = seed
        configuration.model.hidden = contender.hidden ?? scenario.hidden
        configuration.learning.committee = 1 + contender.companions.count
        configuration.committee.plans = contender.companions.map {
            MemberPlan(hidden: $0, optimizer: configuration.optimizer)
        }
        configuration.control = contender.control
        configuration.control.budget = scenario.budget
        configuration.learnedPolicy = contender.policy
        learner = Learner(configuration: configuration)
        schema = learner.schema
        generator = StreamGenerator(scenario.stream, seed: seed)
    }

    /// The policy as the run has left it.
    public var policy: Policy? { learner.policy }

    /// Runs to the end of the scenario.
    ///
    /// - Parameter observe: Gets every adaptation and the sample after which it came.
    public mutating func finish(
        observe: (Adaptation, _ sample: Int, _ lag: Double) -> Void = { _, _, _ in }
    ) -> RunResult {
        while advance() {
            if isTickDue { handleTick() }
            if taken % Self.segment == 0 {
                result.segments.append(segmentSum / Double(Self.segment))
                segmentSum = 0
            }
            for case .adaptation(let adaptation) in effects {
                observe(adaptation, taken, freeAt - now)
                if adaptation.by != nil, adaptation.stage != .reverted { result.actions += 1 }
            }
            effects.removeAll(keepingCapacity: true)
        }
        let report = learner.report()
        result.utility = onTime / Double(taken)
        result.accuracy = learner.accuracyTotal?.accuracy ?? 0
        result.late /= Double(taken)
        result.shed = report.counts.shed
        result.decisions = report.control.counts.decisions
        result.kept = report.control.counts.kept
        result.reverted = report.control.counts.reverted
        result.overhead = busy > trialCost ? trialCost / (busy - trialCost) : 0
        result.hidden = report.hiddenWidths
        return result
    }

    /// The next samples arrive and are served.
    ///
    /// - Returns: `false` at the end of the scenario.
    mutating func advance() -> Bool {
        let count = min(Self.blockSize, scenario.samples - taken)
        guard count > 0 else { return false }
        step(count: count, at: taken)
        taken += count
        return true
    }

    private mutating func step(count: Int, at sample: Int) {
        generator.fill(&block, count: count)
        let before = learner.accuracyTotal
        let shedBefore = learner.counts.shed
        let parameters = learner.learningParameterCount
        let replayed = learner.replayingParameterCount
        learner.handle(.samples(schema.admit(block)), effects: &effects)
        let after = learner.accuracyTotal
        let right = Self.right(after) - Self.right(before)

        let shed = learner.counts.shed - shedBefore
        let perPrediction = scenario.cost.seconds(parameterCount: parameters, isLearned: false)
        let perUpdate =
            scenario.cost.seconds(parameterCount: parameters, isLearned: true) - perPrediction
        let again = Double(replayed) * scenario.cost.learnSeconds
        let work =
            Double(count) * perPrediction + Double(count - shed) * (perUpdate + again)
        // The budget's share of a core is all that there is.
        let service = work / scenario.budget.cpuFraction
        busy += work
        let extra = (learner.trialParameterCount ?? 0) + learner.reserveParameterCount
        trialCost += Double(count - shed) * again
        if extra > 0 {
            trialCost +=
                Double(count)
                * (scenario.cost.seconds(parameterCount: extra, isLearned: true)
                    - scenario.cost.fixedSeconds)
        }
        now += Double(count) / scenario.arrival.rate(at: sample)
        // Back-pressure: senders wait with what the queue cannot hold.
        let limit = scenario.budget.maxLagSeconds
        now = max(now, freeAt - Self.patience * limit)
        freeAt = max(freeAt, now) + service
        let isLate = freeAt - now > limit
        if isLate { result.late += Double(count) }
        onTime += isLate ? 0 : right
        segmentSum += isLate ? 0 : right
        tick.samples += count
        tick.service += work
    }

    var isTickDue: Bool { taken % StructureController.tickSamples == 0 || isFallingBehind }

    private var isFallingBehind: Bool {
        let step = StructureController.lagStep * scenario.budget.maxLagSeconds
        return freeAt - now > tick.lag + step
    }

    mutating func handleTick() {
        let elapsed = max(now - tick.start, 1e-9)
        let limit = scenario.budget.maxLagSeconds
        let lag = max(0, freeAt - now)
        learner.handle(
            .tick(
                Measurements(
                    elapsedSeconds: elapsed, arrivedSamples: tick.samples,
                    serviceSeconds: tick.service / Double(max(1, tick.samples)),
                    queueFill: min(1, lag / (Self.patience * limit)), lagSeconds: lag,
                    cpuFraction: min(tick.service / elapsed, scenario.budget.cpuFraction))),
            effects: &effects)
        tick = TickSums(start: now, lag: lag)
    }

    private static func right(_ total: (samples: Int, accuracy: Double)?) -> Double {
        total.map { Double($0.samples) * $0.accuracy } ?? 0
    }
}
