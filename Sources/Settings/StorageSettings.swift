/// Where what must survive is kept.
public struct StorageSettings: Equatable, Sendable {
    /// Journal and checkpoints live here; `nil` keeps everything in memory.
    public var directory: String?
    /// Whether refused messages are kept in a bounded file.
    public var keepsDeadLetters = false

    public init() {}
}

/// When the journal is forced to disk.
public struct JournalSettings: Equatable, Sendable {
    public enum Synchronization: String, CaseIterable, Sendable { case always, interval, never }

    public var sync: Synchronization = .always
    /// Longest time that `interval` leaves an event volatile. At least 1.
    public var syncIntervalMilliseconds = 100
    public var maxBytes = 1_073_741_824

    public init() {}
}

/// When checkpoints are written, and how many are kept.
public struct CheckpointSettings: Equatable, Sendable {
    /// Above 0.
    public var intervalSeconds = 60.0
    /// At least 1.
    public var intervalSamples = 100_000
    /// At least 1.
    public var keep = 3

    public init() {}
}
