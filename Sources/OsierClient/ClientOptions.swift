import ZeroMQ

/// How a client connects and how long it waits.
public struct ClientOptions: Equatable, Sendable {
    /// How long a call waits for room, a reply, or the next acknowledgement, before it throws.
    public var timeout = Duration.seconds(5)
    /// ``AcknowledgedSender``: after so long without an answer, it asks what the daemon has, and
    /// sends the rest again.
    public var resendTimeout = Duration.seconds(1)
    /// How long messages of a ``SampleSender`` may still be on their way when it is closed.
    public var linger = Duration.seconds(5)
    /// Requests on their way to the daemon without an answer. At least 1.
    public var maxInFlight = 64
    /// A daemon that sends more than this in a frame is cut off.
    public var maxReplyBytes = 1 << 30
    /// Encrypts the connection; the daemon demands it on addresses beyond this machine.
    public var security = Socket.Security.plaintext

    public init() {}

    /// The options of a socket of the client's.
    func socketOptions(linger: Duration) -> Socket.Options {
        var options = Socket.Options(linger: linger)
        options.sendTimeout = timeout
        options.receiveTimeout = timeout
        options.maxMessageBytes = maxReplyBytes
        options.heartbeat = .init(
            interval: .seconds(2), timeout: .seconds(6), timeToLive: .seconds(6))
        options.allowsIPv6 = true
        options.security = security
        return options
    }
}

/// Where a daemon listens unless its configuration says otherwise.
public enum DefaultEndpoint {
    public static let samples = "tcp://127.0.0.1:5701"
    public static let learn = "tcp://127.0.0.1:5702"
    public static let predict = "tcp://127.0.0.1:5703"
    public static let status = "tcp://127.0.0.1:5704"
    public static let control = "tcp://127.0.0.1:5705"
}
