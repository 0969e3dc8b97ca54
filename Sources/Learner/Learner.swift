import Evaluation
import Features
import Kernels
import NeuralNetwork
import Randomness
import StateCoding
import StructureControl

/// The deterministic core: it takes events one by one, learns from labelled samples, and says what
/// the world should be told.
///
/// A value: a copy is a snapshot or a twin, and costs little until one of the two changes. It reads
/// no clock, no file and no global, so equal configurations and equal events give equal bits.
public struct Learner: Sendable {
    public internal(set) var configuration: LearnerConfiguration
    /// What the stream has shown of features and classes.
    public internal(set) var schema: SampleSchema
    var encoder: InputEncoder
    /// Regression only, from the first labelled sample on.
    var scaler: TargetScaler?
    /// The network that answers; none before the first labelled sample, and never more than one. An
    /// element of an array is used in place, where an optional would be copied whole.
    var leads: [Member] = []
    /// The networks that answer with it.
    var committee = Committee()
    /// What there is time for.
    public internal(set) var allowance = Allowance.everything
    var replayMemory: ReplayMemory
    /// Decides which samples are learned again, and nothing else.
    var replayGenerator: SeededGenerator
    var quality: StreamQuality?
    /// Regression on one number only, from the first prediction on.
    var intervals: IntervalEstimator?
    var detector: DriftDetector
    var validation = ValidationSet()
    /// Samples that wait for their label.
    var join: LabelJoin<RememberedSample>
    /// Decides which samples are held out, and nothing else.
    var holdoutGenerator: SeededGenerator
    var weightGenerator: SeededGenerator
    /// Draws the weights of new units and networks, and what is restored.
    var structureGenerator: SeededGenerator
    /// Some of the newest learned samples.
    var recentSamples = ReplayMemory(window: Learner.recentCapacity)
    /// The network that learns from another one, if any; at most one.
    var distillation: [Distillation] = []
    public internal(set) var counts = LearnerCounts()
    public internal(set) var isPaused = false
    /// Who changes the structure, and what is under way.
    var control: Control
    /// Samples that wait for their micro-batch.
    var pending = PendingBatch()
    /// The classes that the networks were last held against; no part of the state either.
    var followedClassCount = -1
    /// Room for one pass; holds nothing between two samples, and is no part of the state.
    var scratch = Scratch()

    public init(configuration: LearnerConfiguration) {
        self.configuration = configuration
        schema = SampleSchema(features: configuration.features, target: configuration.target)
        encoder = InputEncoder(
            configuration: configuration.features,
            hasHiddenLayers: !configuration.model.hidden.isEmpty)
        join = LabelJoin(configuration: configuration.join)
        detector = DriftDetector(configuration: configuration.drift)
        // Separate streams of draws: a held-out share must not change the initial weights.
        holdoutGenerator = SeededGenerator(seed: configuration.model.seed ^ 0x686F_6C64_6F75_7421)
        weightGenerator = SeededGenerator(seed: configuration.model.seed)
        control = Control(configuration)
        structureGenerator = SeededGenerator(seed: configuration.model.seed ^ 0x7374_7275_6374_7572)
        replayGenerator = SeededGenerator(seed: configuration.model.seed ^ 0x7265_706C_6179_2121)
        replayMemory = ReplayMemory(window: configuration.learning.replayWindow)
    }

    /// Takes one event in.
    ///
    /// - Parameter effects: What the caller should tell the world is appended here.
    public mutating func handle(_ event: borrowing Event, effects: inout [Effect]) {
        switch event {
        case .samples(let block):
            learn(block, rows: block.rows.indices, effects: &effects)
        case .command(let command): obey(command, effects: &effects)
        case .tick(let measurements): tick(measurements, effects: &effects)
        }
    }

    private mutating func obey(_ command: Command, effects: inout [Effect]) {
        counts.commands += 1
        switch command {
        case .pause: isPaused = true
        case .resume: isPaused = false
        case .setOptimizer(let optimizer):
            configuration.optimizer = optimizer
            if hasLead { leads[0].network.setOptimizer(optimizer) }
            resetSchedule()
        case .setSchedule(let schedule):
            configuration.schedule = schedule
            resetSchedule()
        case .setControl(let control):
            setControl(control, effects: &effects)
        case .allow(let allowance):
            allow(allowance)
            // What waits for a batch that is not to be filled any more.
            if pending.count >= batchSize { learnPending(effects: &effects) }
        case .structure(let command): change(command, effects: &effects)
        case .adopt(let model): adopt(model)
        }
    }

    private mutating func resetSchedule() {
        guard hasLead else { return }
        leads[0].schedule = Schedule(
            configuration.schedule, baseRate: Double(configuration.optimizer.learningRate))
        leads[0].updateCount = 0
    }
}

/// How many events of each kind a learner has handled.
public struct LearnerCounts: Equatable, Sendable {
    /// Labelled samples taken in, those held out among them.
    public internal(set) var learned = 0
    /// Labelled samples kept for validation.
    public internal(set) var heldOut = 0
    /// Samples without a label: they change nothing, but those with an identifier wait for one.
    public internal(set) var unlabelled = 0
    /// Predictions whose features wait for a label.
    public internal(set) var remembered = 0
    /// Steps that were left out because they were not finite.
    public internal(set) var refusedSteps = 0
    /// Labelled samples that were scored and not learned, to keep up. Not among ``learned``.
    public internal(set) var shed = 0
    /// Ticks of the clock.
    public internal(set) var ticks = 0
    public internal(set) var driftDetections = 0
    /// The value of ``learned`` at the last detection.
    public internal(set) var lastDriftSample: Int?
    /// Commands obeyed.
    public internal(set) var commands = 0
    /// Members of the committee that started afresh, because they failed or lagged.
    public internal(set) var restarts = 0
    /// Revision of the architecture: each change of the hidden layers adds one.
    public internal(set) var structure = 0

    /// Nothing handled yet.
    public static let none = LearnerCounts()

    /// Events handled: every sample is one, and so is every command.
    public var events: Int { learned + shed + unlabelled + remembered + commands + ticks }
}

/// Samples of an unfinished micro-batch, as the network will get them.
struct PendingBatch: Equatable, Sendable {
    /// Shape `[count, inputs]`.
    var inputs: [Float] = []
    /// Shape `[count]` or `[count, outputs]`.
    var targets: [Float] = []
    /// Shape `[count]`.
    var importances: [Float] = []
    /// Whether one of them has a number that is hardly believable.
    var isExtreme = false

    var count: Int { importances.count }

    mutating func removeAll() {
        inputs.removeAll(keepingCapacity: true)
        targets.removeAll(keepingCapacity: true)
        importances.removeAll(keepingCapacity: true)
        isExtreme = false
    }
}

/// Buffers of one pass, sized at the first use and at a change of the architecture.
struct Scratch: Sendable {
    /// Shape `[inputs]`.
    var inputs: [Float] = []
    /// The answer, of all members together. Shape `[outputs]`.
    var outputs: [Float] = []
    /// What the lead alone said. Shape `[outputs]`.
    var leadAnswer: [Float] = []
    /// What each of the others said. Shape `[others][outputs]`.
    var answers: [[Float]] = []
    /// A class index, or shape `[outputs]`.
    var targets: [Float] = []
    /// Regression: the prediction in the target's own units, shape `[outputs]`.
    var predictions: [Double] = []
    /// Regression: the target in its own units, shape `[outputs]`.
    var numbers: [Double] = []
    var workspace = Workspace()
}
