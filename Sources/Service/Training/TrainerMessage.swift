import Features
import Learner
import StructureControl
import WireFormat

/// What the trainer is asked to do, in the order in which it is to be done.
enum TrainerMessage: Sendable {
    /// Learn these samples; they arrived then, and the last one has this offset. Answer with
    /// ``TrainerReply/learned(offset:)`` if that is waited for.
    case samples(AdmittedBlock, arrival: ContinuousClock.Instant, offset: Int, isAwaited: Bool)
    /// Obey, then answer with ``TrainerReply/done``, except to an allowance.
    case command(Command, offset: Int)
    /// Look at what the machine shows. Not answered.
    case tick(Measurements, offset: Int)
    /// Have a checkpoint written; the journal thread says when it is durable.
    case checkpoint
    /// Answer with ``TrainerReply/report(_:)``.
    case report
    /// Answer with ``TrainerReply/schema(_:)``.
    case schema
    /// Answer with ``TrainerReply/state(_:)``.
    case state
    /// Answer with ``TrainerReply/exportable(_:)``.
    case export
    /// Nothing more will come: finish and end the thread.
    case finish
}

/// What the trainer answers to the network thread, in the order in which it was asked.
enum TrainerReply: Sendable {
    /// The samples up to this offset are learned, and predictions know it.
    case learned(offset: Int)
    case done
    /// A change of structure was made.
    case changed(StructureChange)
    /// What was asked for is under way.
    case started
    /// A command was refused and changed nothing.
    case refused(Refusal)
    case report(LearnerReport)
    case schema(SchemaReport)
    /// The canonical bytes of the learner's whole state, and the events in it.
    case state([UInt8], offset: Int)
    /// What predictions need, as it is now; `nil` before the first labelled sample.
    case exportable(Predictor?)
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
