/// How often the whole state is published.
public struct StatusSettings: Equatable, Sendable {
    /// Above 0.
    public var intervalSeconds = 1.0

    public init() {}
}

/// Metrics, health and the dashboard.
public struct HTTPSettings: Equatable, Sendable {
    /// `nil` switches the server off.
    public var address: NetworkAddress?

    public init() {}
}

public struct SecuritySettings: Equatable, Sendable {
    /// Whether sockets may be reachable from other machines without encryption.
    public var allowPlaintext = false

    public init() {}
}

public struct LogSettings: Equatable, Sendable {
    /// The levels of swift-log.
    public enum Level: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    public enum Format: String, CaseIterable, Sendable { case text, json }

    public var level: Level = .info
    public var format: Format = .text

    public init() {}
}
