/// The limits of a journal.
public struct JournalConfiguration: Equatable, Sendable {
    /// Bytes of records and checkpoints. From 90 % on ``Journal/isFull`` holds senders back.
    public let maxByteCount: Int
    /// Checkpoints that are kept, at least 2: with one, a single damaged page would cost the
    /// model, because the journal below it is trimmed.
    public let keptCheckpointCount: Int
    /// Producers whose last sequence is remembered.
    public let maxProducerCount: Int
    /// Whether every commit waits for the disk. Where some do not, a power cut may tear the log in
    /// the middle, so that a torn log is no sign of damage.
    public let isAlwaysDurable: Bool

    /// - Parameters:
    ///   - maxByteCount: At least 1.
    ///   - keptCheckpointCount: At least 1; 1 is taken as 2.
    ///   - maxProducerCount: At least 1.
    public init(
        maxByteCount: Int = 1 << 30, keptCheckpointCount: Int = 3, maxProducerCount: Int = 100_000,
        isAlwaysDurable: Bool = true
    ) {
        precondition(
            maxByteCount >= 1 && keptCheckpointCount >= 1 && maxProducerCount >= 1,
            "the limits of a journal are at least 1")
        self.maxByteCount = maxByteCount
        self.keptCheckpointCount = max(2, keptCheckpointCount)
        self.maxProducerCount = maxProducerCount
        self.isAlwaysDurable = isAlwaysDurable
    }
}
