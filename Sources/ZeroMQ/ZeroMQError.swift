import CZeroMQ
import Glibc

/// What ZeroMQ refused, where, and why.
public struct ZeroMQError: Error, Equatable, Sendable {
    /// What was asked of the library.
    public enum Operation: Equatable, Sendable {
        case createContext
        case openSocket
        /// An `eventfd` or a `signalfd`.
        case openDescriptor
        /// `name` is the option in ZeroMQ's own words, such as `ZMQ_SNDHWM`.
        case setOption(name: String, value: String)
        case readOption(name: String)
        case bind, unbind, connect, disconnect
        case monitor
        case send, receive, poll
        case curve
    }

    /// An error number of the system or of ZeroMQ.
    public struct Code: RawRepresentable, Equatable, Sendable {
        public let rawValue: CInt

        public init(rawValue: CInt) { self.rawValue = rawValue }

        public static let addressInUse = Code(rawValue: EADDRINUSE)
        public static let addressNotAvailable = Code(rawValue: EADDRNOTAVAIL)
        public static let hostUnreachable = Code(rawValue: EHOSTUNREACH)
        public static let invalidArgument = Code(rawValue: EINVAL)
        /// The socket's kind does not allow this now: a REQ must receive before it sends again.
        public static let wrongState = Code(rawValue: EFSM)
        /// The context was shut down.
        public static let terminated = Code(rawValue: ETERM)
        /// No socket or file descriptor is left.
        public static let tooManyOpen = Code(rawValue: EMFILE)
        public static let noSuchFile = Code(rawValue: ENOENT)
        public static let notSupported = Code(rawValue: ENOTSUP)
    }

    public let operation: Operation
    public let endpoint: String?
    public let code: Code

    public init(_ operation: Operation, endpoint: String? = nil, code: Code) {
        self.operation = operation
        self.endpoint = endpoint
        self.code = code
    }

    /// The failure of the library call that was made last on this thread.
    static func last(_ operation: Operation, endpoint: String? = nil) -> ZeroMQError {
        ZeroMQError(operation, endpoint: endpoint, code: Code(rawValue: zmq_errno()))
    }
}

extension ZeroMQError: CustomStringConvertible {
    /// One line: the endpoint or what was asked, the reason, what to do next.
    public var description: String {
        let subject = endpoint ?? operation.words
        return advice.map { "\(subject): \(reason); \($0)" } ?? "\(subject): \(reason)"
    }

    /// The error number in words, as the library says it.
    public var reason: String {
        // Sound: the library returns a static, zero-terminated text for every number.
        unsafe String(cString: zmq_strerror(code.rawValue))
    }

    private var advice: String? {
        switch (operation, code.rawValue) {
        case (.bind, EADDRINUSE):
            "another process holds it: choose another port or stop it"
        case (.bind, EADDRNOTAVAIL), (.bind, ENODEV):
            "this machine has no such address: use one of its own, or * for all of them"
        case (.bind, ENOENT), (.bind, EACCES):
            "the directory must exist and be writable for this user"
        case (_, ENAMETOOLONG):
            "the path of an ipc endpoint has at most 107 bytes: use a shorter one"
        case (.bind, EINVAL), (.connect, EINVAL):
            "write tcp://host:port (0 to 65535), ipc:///path or inproc://name"
        case (_, EPROTONOSUPPORT):
            "this transport is not known: use tcp, ipc or inproc"
        case (.unbind, ENOENT), (.disconnect, ENOENT):
            "the socket does not use it: give the endpoint as `lastEndpoint` tells it"
        case (.setOption(_, let value), EINVAL):
            "the value \(value) is out of range, or this kind of socket does not have the option"
        case (_, ETERM):
            "the context was shut down: close the socket"
        case (_, EMFILE):
            "no socket or file is left: raise the context's maxSocketCount or the limit on open files"
        case (_, EFSM):
            "a REQ or REP socket must send and receive in turn"
        default:
            nil
        }
    }
}

extension ZeroMQError.Operation {
    fileprivate var words: String {
        switch self {
        case .createContext: "creating a context"
        case .openSocket: "opening a socket"
        case .openDescriptor: "opening a file descriptor"
        case .setOption(let name, _): "setting \(name)"
        case .readOption(let name): "reading \(name)"
        case .bind: "binding"
        case .unbind: "unbinding"
        case .connect: "connecting"
        case .disconnect: "disconnecting"
        case .monitor: "monitoring"
        case .send: "sending"
        case .receive: "receiving"
        case .poll: "polling"
        case .curve: "CURVE keys"
        }
    }
}
