/// The learner's whole state after an event of the journal.
public struct Checkpoint: Equatable, Sendable {
    /// The last event that the state has taken in; 0 before the first.
    public let offset: Int
    /// Samples that the model had learned.
    public let samples: Int
    /// Revision of the model's structure.
    public let structure: Int
    public let state: [UInt8]

    public init(offset: Int, samples: Int, structure: Int, state: [UInt8]) {
        self.offset = offset
        self.samples = samples
        self.structure = structure
        self.state = state
    }
}

/// A checkpoint without its state.
public struct CheckpointSummary: Equatable, Sendable {
    public let offset: Int
    public let samples: Int
    public let structure: Int
    /// Bytes of the state.
    public let byteCount: Int
}

extension Checkpoint {
    public var summary: CheckpointSummary {
        CheckpointSummary(
            offset: offset, samples: samples, structure: structure, byteCount: state.count)
    }
}

/// The digest of the learner's state after an event, recorded to be compared at a replay.
public struct StateDigest: Equatable, Sendable {
    public let offset: Int
    public let digest: Digest

    public init(offset: Int, digest: Digest) {
        self.offset = offset
        self.digest = digest
    }
}
