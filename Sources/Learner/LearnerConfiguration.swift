import Evaluation
import Features
import NeuralNetwork
import StructureControl

/// Everything on which a learner's behaviour depends, besides its events.
public struct LearnerConfiguration: Equatable, Sendable {
    public var model = ModelConfiguration()
    public var target = TargetConfiguration()
    public var features = FeatureConfiguration()
    public var optimizer = OptimizerConfiguration()
    public var schedule = ScheduleConfiguration()
    public var learning = LearningConfiguration()
    public var drift = DriftConfiguration()
    /// Who changes the structure; nobody unless a policy is named.
    public var control = ControlConfiguration()
    /// A policy to start from; without, one that has learned nothing.
    public var learnedPolicy: Policy?
    public var committee = CommitteeConfiguration()
    public var join = JoinConfiguration()
    /// Samples in the windowed metrics. At least 1.
    public var metricsWindow = 1_000

    public init() {}
}

/// The network at the start.
public struct ModelConfiguration: Equatable, Sendable {
    /// Widths of the hidden layers; empty is a linear model.
    public var hidden: [Int] = [128, 64]
    public var activation: Activation = .relu
    /// `nil`: cross-entropy for classes, squared loss for numbers.
    public var loss: LossChoice?
    public var seed: UInt64 = 1

    public init() {}

    /// The losses that a user may name; which cross-entropy it is follows from the classes.
    public enum LossChoice: String, CaseIterable, Sendable {
        case crossEntropy = "cross_entropy"
        case squared, absolute, huber
    }
}

/// How samples are taken in.
public struct LearningConfiguration: Equatable, Sendable {
    /// Samples per update; `nil`: 1 while keeping up, more when a queue builds.
    public var batch: Int?
    /// Largest automatic batch. At least 1.
    public var maxBatch = 64
    /// Share of labelled samples that are scored and never learned. In `[0, 1)`.
    public var holdout = 0.01
    /// Share of each weight that a network with hidden layers gives up per 1,000 updates, and
    /// Adagrad of its sums of squares, so that it stays able to learn; from 50,000 updates on,
    /// and in full from 100,000 on. 0 is never. In `[0, 1)`.
    public var shrink = 0.01
    /// Networks learning side by side; `nil`: as many as the budget carries.
    public var committee: Int?
    /// At least 1.
    public var maxCommittee = 8
    /// Recent samples learned again per new one; `nil`: while there is slack.
    public var replay: Double?
    /// Samples to replay from. At least 1.
    public var replayWindow = 10_000

    public init() {}
}
