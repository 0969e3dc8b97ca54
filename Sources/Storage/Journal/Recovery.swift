/// What was found when a journal was opened.
public struct Recovery: Equatable, Sendable {
    /// Something that the operator has to be told.
    public enum Note: Equatable, Sendable {
        /// An older checkpoint is used, or none; more of the journal is replayed.
        case damagedCheckpoint(offset: Int, reason: String)
        /// Events after the offset could not be read and are gone (`--accept-data-loss`).
        case cut(afterOffset: Int, reason: String, damagedFile: String)
        /// Events up to the watermark are gone (`--accept-data-loss`).
        case endsEarly(lastOffset: Int, watermark: Int)
        /// No checkpoint is left, and events up to the offset are trimmed: a new model begins
        /// (`--accept-data-loss`).
        case modelLost(throughOffset: Int)
        /// The watermark file holds something else; it is written anew.
        case unreadableWatermark
    }

    /// The checkpoint to start from; nil when the learner starts from nothing.
    public let checkpoint: CheckpointSummary?
    /// The last event in the journal; those after the checkpoint are to be replayed.
    public let lastOffset: Int
    /// The first event that the journal still has.
    public let firstOffset: Int
    /// The newest mark of each producer.
    public let producers: [ProducerMark]
    /// State digests after the checkpoint, to be compared at the replay.
    public let digests: [StateDigest]
    public let notes: [Note]
}

extension Recovery.Note: CustomStringConvertible {
    /// One line for the log.
    public var description: String {
        switch self {
        case .damagedCheckpoint(let offset, let reason):
            "the checkpoint at offset \(offset) is not used (\(reason)); the one before it is"
        case .cut(let offset, let reason, let file):
            "events after offset \(offset) are lost (\(reason)); the damaged file is kept as \(file)"
        case .endsEarly(let lastOffset, let watermark):
            "events \(lastOffset + 1) to \(watermark) are lost: the journal ends before them"
        case .modelLost(let offset):
            "no checkpoint can be read and events up to \(offset) are trimmed: a new model begins"
        case .unreadableWatermark:
            "the watermark file is unreadable; whether the journal is complete is not known"
        }
    }
}
