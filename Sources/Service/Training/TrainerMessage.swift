import Features
import Learner
import WireFormat

/// What the trainer is asked to do, in the order in which it is to be done.
enum TrainerMessage: Sendable {
    /// Learn these samples; they arrived then. Answer with ``TrainerReply/learned`` if that is
    /// waited for.
    case samples(AdmittedBlock, arrival: ContinuousClock.Instant, isAwaited: Bool)
    /// Obey, then answer with ``TrainerReply/done(_:)``.
    case command(Command)
    /// Answer with ``TrainerReply/report(_:)``.
    case report
    /// Answer with ``TrainerReply/schema(_:)``.
    case schema
    /// Answer with ``TrainerReply/state(_:)``.
    case state
    /// Nothing more will come: finish and end the thread.
    case finish
}

/// What the trainer answers to the network thread, in the order in which it was asked.
enum TrainerReply: Sendable {
    /// The samples of the oldest awaited message are learned, and predictions know it.
    case learned
    case done
    case report(LearnerReport)
    case schema(SchemaReport)
    /// The canonical bytes of the learner's whole state, and the events in it.
    case state([UInt8], offset: Int)
    /// An effect of the learner that the world should hear of.
    case effect(Effect)
    /// A report that was wanted out of turn.
    case periodicReport(LearnerReport)
    /// The features' statistics, for those who look on.
    case periodicSchema(SchemaReport)
    /// The thread has ended.
    case finished
}

/// What a prediction needs, as it was after so many samples.
struct Snapshot: Sendable {
    /// `nil` before the first labelled sample.
    let predictor: Predictor?
    /// The trainer's ``Gauges/finishedSamples`` at that moment.
    let finishedSamples: Int
    let time: ContinuousClock.Instant
}
