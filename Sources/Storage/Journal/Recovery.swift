/// What was found when a journal was opened.
public struct Recovery: Equatable, Sendable {
    /// Something that the operator has to be told.
    public enum Note: Equatable, Sendable {
        /// An older checkpoint is used, or none; more of the journal is replayed.
        case damagedCheckpoint(offset: Int, reason: String)
        /// The database was made anew up to the offset; what followed could not be read
        /// (`--accept-data-loss`).
        case cut(afterOffset: Int, reason: String, damagedFile: String)
        /// Events after the newest checkpoint could not be read; the model goes on without them
        /// (`--accept-data-loss`).
        case skipped(afterOffset: Int, throughOffset: Int)
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
            "the journal was made anew up to offset \(offset), whatever followed is lost "
                + "(\(reason)); the damaged file is kept as \(file)"
        case .skipped(let afterOffset, let throughOffset):
            "events \(afterOffset + 1) to \(throughOffset) are lost; the model goes on from its "
                + "checkpoint at \(afterOffset)"
        case .endsEarly(let lastOffset, let watermark):
            "events \(lastOffset + 1) to \(watermark) are lost: the journal ends before them"
        case .modelLost(let offset):
            "no checkpoint can be read and events up to \(offset) are trimmed: a new model begins"
        case .unreadableWatermark:
            "the watermark file is unreadable; whether the journal is complete is not known"
        }
    }
}
