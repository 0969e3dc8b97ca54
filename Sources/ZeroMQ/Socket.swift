import CZeroMQ
import Glibc

/// A ZeroMQ socket. The value owns the handle and closes it when its lifetime ends.
///
/// Only one thread at a time may use a socket. The type is neither copyable nor `Sendable`, so two
/// threads cannot share one. Open the socket on the thread that uses it, or move it there once.
///
/// A call that a signal interrupts is made again, with its whole timeout.
@safe
public struct Socket: ~Copyable {
    /// The messaging pattern, and the side of it that the socket plays.
    public enum Kind: CaseIterable, Sendable {
        case pair, pub, sub, xpub, xsub, push, pull, req, rep, dealer, router

        var rawValue: CInt {
            switch self {
            case .pair: ZMQ_PAIR
            case .pub: ZMQ_PUB
            case .sub: ZMQ_SUB
            case .xpub: ZMQ_XPUB
            case .xsub: ZMQ_XSUB
            case .push: ZMQ_PUSH
            case .pull: ZMQ_PULL
            case .req: ZMQ_REQ
            case .rep: ZMQ_REP
            case .dealer: ZMQ_DEALER
            case .router: ZMQ_ROUTER
            }
        }
    }

    public let kind: Kind
    let raw: UnsafeMutableRawPointer
    /// What pollers and monitors keep, to notice when the socket is closed.
    let handle: SocketHandle
    /// Keeps the context open: closing a context that still has sockets blocks for ever.
    let context: Context

    /// Opens a socket with the given options.
    ///
    /// - Throws: ``ZeroMQError`` if the context is shut down or has no socket left, or if the kind
    ///   does not have an option or refuses its value.
    public init(_ context: Context, _ kind: Kind, _ options: Options) throws(ZeroMQError) {
        guard let raw = unsafe zmq_socket(context.handle, kind.rawValue) else {
            throw .last(.openSocket)
        }
        do throws(ZeroMQError) {
            try unsafe options.apply(to: raw)
        } catch {
            unsafe zmq_close(raw)
            throw error
        }
        self.kind = kind
        unsafe self.raw = raw
        unsafe self.handle = SocketHandle(raw)
        self.context = context
    }

    /// Opens a socket with the library's defaults.
    ///
    /// - Parameter linger: How long unsent messages may delay the end of the context; zero drops
    ///   them. Always explicit, because the library's default is to wait for ever.
    public init(_ context: Context, _ kind: Kind, linger: Duration) throws(ZeroMQError) {
        try self.init(context, kind, Options(linger: linger))
    }

    /// Accepts peers on an endpoint: `tcp://127.0.0.1:5701`, `tcp://127.0.0.1:*` for a free port
    /// (see ``lastEndpoint``), `ipc:///run/osier/samples`, `inproc://name`.
    ///
    /// A bind to an `ipc` path takes the path over, even from a process that still listens on it.
    ///
    /// - Throws: ``ZeroMQError`` naming the endpoint, for example when it is in use.
    public borrowing func bind(to endpoint: String) throws(ZeroMQError) {
        try Self.check(endpoint, .bind)
        guard unsafe zmq_bind(raw, endpoint) == 0 else { throw .last(.bind, endpoint: endpoint) }
    }

    /// Stops accepting peers on an endpoint, given as ``lastEndpoint`` told it.
    public borrowing func unbind(from endpoint: String) throws(ZeroMQError) {
        guard unsafe zmq_unbind(raw, endpoint) == 0 else {
            throw .last(.unbind, endpoint: endpoint)
        }
    }

    /// Connects to an endpoint, now or whenever somebody binds it, and again after each loss.
    ///
    /// - Throws: ``ZeroMQError`` naming the endpoint, when it cannot be one.
    public borrowing func connect(to endpoint: String) throws(ZeroMQError) {
        try Self.check(endpoint, .connect)
        guard unsafe zmq_connect(raw, endpoint) == 0 else {
            throw .last(.connect, endpoint: endpoint)
        }
    }

    /// Ends a connection. Messages that wait for it are dropped after the linger.
    ///
    /// The library does part of the work in this socket's later calls; if none follows, the peer
    /// is not told until the socket is closed.
    public borrowing func disconnect(from endpoint: String) throws(ZeroMQError) {
        guard unsafe zmq_disconnect(raw, endpoint) == 0 else {
            throw .last(.disconnect, endpoint: endpoint)
        }
    }

    /// Receives messages of a SUB socket that start with these bytes, too. Empty: all messages.
    public borrowing func subscribe(to prefix: [UInt8]) throws(ZeroMQError) {
        try unsafe SocketOption.set(raw, "ZMQ_SUBSCRIBE", ZMQ_SUBSCRIBE, bytes: prefix)
    }

    /// Receives messages of a SUB socket whose topic starts with this text, too.
    public borrowing func subscribe(to prefix: String) throws(ZeroMQError) {
        try subscribe(to: Array(prefix.utf8))
    }

    /// Takes back one ``subscribe(to:)-(String)`` of the same text.
    public borrowing func unsubscribe(from prefix: String) throws(ZeroMQError) {
        try unsafe SocketOption.set(
            raw, "ZMQ_UNSUBSCRIBE", ZMQ_UNSUBSCRIBE, bytes: Array(prefix.utf8))
    }

    /// Refuses a port beyond 65,535, of which the library would take the lower 16 bits.
    private static func check(
        _ endpoint: String, _ operation: ZeroMQError.Operation
    ) throws(ZeroMQError) {
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return }
        let port = endpoint[endpoint.index(after: colon)...]
        if !port.isEmpty, port.allSatisfy(\.isWholeNumber), UInt16(port) == nil {
            throw ZeroMQError(operation, endpoint: endpoint, code: .invalidArgument)
        }
    }

    deinit {
        handle.close()
    }
}

@available(*, unavailable)
extension Socket: Sendable {}

/// The shared part of a socket: whoever watches a socket keeps this, and sees when it is closed.
@safe
final class SocketHandle {
    /// `nil` once the socket is closed.
    private(set) var raw: UnsafeMutableRawPointer?

    var isOpen: Bool { unsafe raw != nil }

    init(_ raw: UnsafeMutableRawPointer) { unsafe self.raw = raw }

    func close() {
        guard let raw = unsafe raw else { return }
        unsafe self.raw = nil
        let code = unsafe zmq_close(raw)
        precondition(code == 0, "zmq_close fails only on a handle that is not a socket")
    }
}

@available(*, unavailable)
extension SocketHandle: Sendable {}
