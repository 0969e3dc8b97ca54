/// How long features wait for a label that comes later.
public struct JoinConfiguration: Equatable, Sendable {
    /// Above 0.
    public var timeToLiveSeconds = 3_600.0
    /// Most samples waiting; the oldest yields. 0: nothing waits.
    public var capacity = 100_000

    public init() {}
}
