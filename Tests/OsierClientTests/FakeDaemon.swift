import Synchronization
import TestSupport
import Testing
import ZeroMQ

/// A daemon's ROUTER on a thread of its own, which answers as a test tells it to.
final class FakeDaemon: Sendable {
    /// What to do about a request.
    struct Verdict: Sendable {
        /// The frames of each reply, in order.
        var replies: [[[UInt8]]] = []
        /// Close the socket with all its connections, and open it again.
        var restarts = false

        init(_ replies: [[[UInt8]]] = [], restarts: Bool = false) {
            self.replies = replies
            self.restarts = restarts
        }
    }

    let endpoint: String
    private let stop: EventDescriptor
    private let thread: BackgroundThread

    /// - Parameter answer: Gets the frames of a request, without those of the routing.
    init(_ context: Context, answer: @escaping @Sendable ([[UInt8]]) -> Verdict) throws {
        let router = try Self.open(context, "tcp://127.0.0.1:*")
        let endpoint = try router.lastEndpoint
        let stop = try EventDescriptor()
        let parcel = Parcel(router)
        self.endpoint = endpoint
        self.stop = stop
        thread = BackgroundThread {
            do {
                guard let router = parcel.take() else { return }
                try Self.serve(context, router, endpoint, stop, answer)
            } catch {
                Issue.record(error)
            }
        }
    }

    deinit {
        stop.signal()
        thread.join()
    }

    private static func open(_ context: Context, _ endpoint: String) throws -> Socket {
        var options = Socket.Options(linger: .zero)
        options.allowsRouterHandover = true
        let router = try Socket(context, .router, options)
        try router.bind(to: endpoint)
        return router
    }

    private static func serve(
        _ context: Context, _ first: consuming Socket, _ endpoint: String, _ stop: EventDescriptor,
        _ answer: ([[UInt8]]) -> Verdict
    ) throws {
        var router = Optional(first)
        let message = Multipart()
        while let socket = router.take() {
            var poller = Poller()
            poller.add(fileDescriptor: stop.fileDescriptor)
            poller.add(socket)
            var restarts = false
            while !restarts {
                _ = try poller.wait(timeout: nil)
                if poller.isReadable(0) { return }
                while !restarts, try socket.tryReceive(into: message) {
                    let frames = message.frames
                    let verdict = answer(Array(frames.dropFirst()))
                    for reply in verdict.replies { _ = try socket.trySend([frames[0]] + reply) }
                    restarts = verdict.restarts
                }
            }
            router = try reopen(context, endpoint, after: socket)
        }
    }

    /// The address is free a moment after the socket is closed, when the library has done so.
    private static func reopen(
        _ context: Context, _ endpoint: String, after socket: consuming Socket
    ) throws -> Socket {
        _ = consume socket
        while true {
            do {
                return try open(context, endpoint)
            } catch let error as ZeroMQError where error.code == .addressInUse {
                continue
            }
        }
    }
}

/// Carries a socket to the thread that takes it.
private final class Parcel: Sendable {
    private let content: Mutex<Socket?>

    init(_ socket: consuming sending Socket) { content = Mutex(socket) }

    func take() -> sending Socket? {
        content.withLock { content in
            let socket = content.take()
            return socket
        }
    }
}
