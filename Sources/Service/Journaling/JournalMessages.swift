import Learner
import Storage

/// What the journal thread is to write, in the order in which the learner handles it.
struct JournalMessage: Sendable {
    let entry: JournalEntry
    /// Of its last event.
    let offset: Int
    /// The request's number, when a producer counts its requests.
    let sequence: Int?
}

/// What the journal thread tells the network thread.
enum JournalReply: Sendable {
    /// Everything up to this event is as safe as `journal.sync` promises.
    case committed(offset: Int)
    /// A checkpoint is durable.
    case checkpoint(CheckpointSummary, seconds: Double, isAwaited: Bool)
    /// A checkpoint was not written, and why.
    case checkpointRefused(reason: String, isAwaited: Bool)
    /// Senders are held back from now on, and why.
    case held(JournalHold, message: String)
    /// There is room again.
    case released(JournalHold)
    /// Nothing will be acknowledged any more; the thread has ended.
    case failed(StorageError)
    /// Everything is durable, and the thread has ended.
    case finished
}

/// Why nothing can be taken in at present, although the daemon is well.
enum JournalHold: Equatable, Sendable {
    /// The disk has no room for what was sent already.
    case diskFull
    /// `journal.max_bytes` is reached.
    case sizeLimit
}

/// The learner at one moment, between two events.
struct LearnerSnapshot: Sendable {
    enum Purpose: Sendable {
        /// It is time for one.
        case periodic
        /// An operator waits for it.
        case awaited
        /// The last one: the learner has ended.
        case final
    }

    let learner: Learner
    /// The last event in it.
    let offset: Int
    let purpose: Purpose
    let time: ContinuousClock.Instant
}

/// A snapshot in bytes, for the journal thread to write.
struct EncodedCheckpoint: Sendable {
    let checkpoint: Checkpoint
    /// Of the learner's state.
    let digest: Digest
    /// Why it must not be written; nil for a good one.
    let defect: String?
    let purpose: LearnerSnapshot.Purpose
    let time: ContinuousClock.Instant

    var isPeriodic: Bool { if case .periodic = purpose { true } else { false } }
    var isAwaited: Bool { if case .awaited = purpose { true } else { false } }
}

/// The rings of the journal and checkpoint threads; there are none without a storage directory.
struct JournalRings: Sendable {
    /// From the network thread.
    let inbox: Ring<JournalMessage>
    /// From the trainer to the thread that encodes.
    let snapshots: Ring<LearnerSnapshot>
    /// From there to the journal thread.
    let checkpoints: Ring<EncodedCheckpoint>
    /// To the network thread.
    let outbox: Ring<JournalReply>
}
