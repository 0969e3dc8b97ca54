import CZeroMQ

/// Something that happened to a connection or an endpoint of a socket.
public struct MonitorEvent: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// A connection of ours stands; the handshake follows.
        case connected
        case connectDelayed
        case connectRetried(after: Duration)
        case listening
        /// Numbers are those of the system.
        case bindFailed(errorNumber: Int)
        /// A peer connected to us; the handshake follows.
        case accepted
        case acceptFailed(errorNumber: Int)
        case closed
        case closeFailed(errorNumber: Int)
        case disconnected
        case handshakeSucceeded
        case handshakeFailed(errorNumber: Int)
        /// The peer broke the protocol, or speaks another one: `ZMQ_PROTOCOL_ERROR_…`.
        case handshakeFailedProtocol(code: Int)
        /// The peer was not let in: 300 (try later), 400 (refused) or 500 (the authenticator
        /// failed).
        case handshakeFailedAuthentication(status: Int)
        case monitorStopped
        /// An event of a newer library.
        case other(event: Int, value: Int)
    }

    public let kind: Kind
    /// Where it happened.
    public let endpoint: String

    public init(kind: Kind, endpoint: String) {
        self.kind = kind
        self.endpoint = endpoint
    }

    /// Decodes a message of the monitor: event (16 bits), value (32 bits), and a frame with the
    /// endpoint. `nil` for anything else.
    init?(_ message: Multipart) {
        guard message.frameCount == 2 else { return nil }
        let head = message.bytes(ofFrame: 0)
        guard head.count == 6 else { return nil }
        // In the machine's own order, which is little-endian on all that Swift runs on.
        let event = Int(head[0]) | Int(head[1]) << 8
        let bits = head[2...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        kind = Kind(event: event, value: Int(Int32(bitPattern: bits)))
        endpoint = String(decoding: message.bytes(ofFrame: 1), as: UTF8.self)
    }
}

extension MonitorEvent.Kind {
    fileprivate init(event: Int, value: Int) {
        switch CInt(event) {
        case ZMQ_EVENT_CONNECTED: self = .connected
        case ZMQ_EVENT_CONNECT_DELAYED: self = .connectDelayed
        case ZMQ_EVENT_CONNECT_RETRIED: self = .connectRetried(after: .milliseconds(value))
        case ZMQ_EVENT_LISTENING: self = .listening
        case ZMQ_EVENT_BIND_FAILED: self = .bindFailed(errorNumber: value)
        case ZMQ_EVENT_ACCEPTED: self = .accepted
        case ZMQ_EVENT_ACCEPT_FAILED: self = .acceptFailed(errorNumber: value)
        case ZMQ_EVENT_CLOSED: self = .closed
        case ZMQ_EVENT_CLOSE_FAILED: self = .closeFailed(errorNumber: value)
        case ZMQ_EVENT_DISCONNECTED: self = .disconnected
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: self = .handshakeSucceeded
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: self = .handshakeFailed(errorNumber: value)
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: self = .handshakeFailedProtocol(code: value)
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: self = .handshakeFailedAuthentication(status: value)
        case ZMQ_EVENT_MONITOR_STOPPED: self = .monitorStopped
        default: self = .other(event: event, value: value)
        }
    }
}
