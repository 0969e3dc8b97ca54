import Evaluation
import Features
import Kernels
import NeuralNetwork
import StructureControl

/// What a learner says of itself. Making one changes nothing.
public struct LearnerReport: Sendable {
    public var counts: LearnerCounts
    public var isPaused: Bool
    /// Samples that wait for their label.
    public var waitingCount: Int
    /// What became of those that no longer do.
    public var join: LabelJoinCounts
    public var task: Task?
    /// Features of a sample, before they are encoded.
    public var featureCount: Int
    /// `nil` before the first labelled sample.
    public var model: ModelReport?
    /// `nil` before the first labelled sample.
    public var quality: QualityReport?
    /// `nil` until intervals were scored, and where there are none.
    public var intervalCoverage: IntervalCoverage?
    public var validationCount: Int
    /// Mean loss over the held-out samples with the weights as they are; `nil` without any.
    public var validationLoss: Double?
    /// Widths of the hidden layers, also before there is a network.
    public var hiddenWidths: [Int]
    public var optimizer: OptimizerConfiguration
    public var schedule: ScheduleConfiguration
    public var control: ControlReport
    /// The networks, the lead first; empty before the first labelled sample.
    public var members: [MemberReport]
}

/// One network of the committee.
public struct MemberReport: Equatable, Sendable {
    public var identifier: Int
    public var role: MemberRole
    /// Whether it predicts and learns; else it waits until there is time for it.
    public var isAwake: Bool
    public var hidden: [Int]
    /// Its share in answers, in `[0, 1]`; all add up to 1.
    public var weight: Float
    public var optimizer: OptimizerConfiguration.Name
    /// The rate of the next update.
    public var learningRate: Float
    public var parameterCount: Int
    /// Its losses beside the lead's.
    public var paired: PairedLoss
}

/// The share of targets that lay within the interval around their prediction, told before they were
/// known. In `[0, 1]`.
public struct IntervalCoverage: Equatable, Sendable {
    public var total: Double
    /// Over the newest samples, as many as in the windowed metrics.
    public var window: Double
}

/// The network that answers.
public struct ModelReport: Sendable {
    public var inputCount: Int
    public var outputCount: Int
    public var parameterCount: Int
    public var nonzeroParameterCount: Int
    /// Weights and optimiser state.
    public var byteCount: Int
    public var activation: Activation
    public var loss: Loss
    /// The rate of the next update.
    public var learningRate: Float
}

/// Prequential quality, every figure over samples that were predicted before they were learned.
public enum QualityReport: Sendable {
    case classification(
        total: ClassificationFigures, window: ClassificationFigures, windowSize: Int,
        majority: Double, noChange: Double)
    case regression(
        total: RegressionFigures, window: RegressionFigures, windowSize: Int,
        mean: Double, noChange: Double)
}
