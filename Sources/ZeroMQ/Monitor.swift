import CZeroMQ

/// Tells what happens to the connections of a socket (`tcp` and `ipc` only).
///
/// Use it on the thread of the socket. A socket has one monitor at a time. Read it: when the
/// capacity is used up, the context's I/O thread waits until there is room again.
public struct Monitor: ~Copyable {
    private let watched: SocketHandle
    private let events: Socket
    private let message = Multipart(maxFrameCount: 2)

    /// Starts to watch a socket.
    ///
    /// - Parameters:
    ///   - receiveTimeout: How long ``receive()`` waits; `nil` is for ever.
    ///   - capacity: Events that may wait to be read. At least 1.
    public init(
        _ socket: borrowing Socket, receiveTimeout: Duration? = nil, capacity: Int = 65_536
    ) throws(ZeroMQError) {
        precondition(capacity >= 1, "a monitor needs room for an event")
        let endpoint = try Self.start(socket)
        var options = Socket.Options(linger: .zero)
        options.receiveTimeout = receiveTimeout
        options.receiveHighWaterMark = capacity
        do throws(ZeroMQError) {
            events = try Self.open(socket.context, options, connectedTo: endpoint)
        } catch {
            unsafe zmq_socket_monitor(socket.raw, nil, 0)
            throw error
        }
        watched = socket.handle
    }

    /// Waits for an event; `nil` when the receive timeout is over.
    public borrowing func receive() throws(ZeroMQError) -> MonitorEvent? {
        try events.receive(into: message) ? MonitorEvent(message) : nil
    }

    /// Takes an event that is there already; `nil` when there is none.
    public borrowing func tryReceive() throws(ZeroMQError) -> MonitorEvent? {
        try events.tryReceive(into: message) ? MonitorEvent(message) : nil
    }

    /// Adds the monitor to a poller and returns its index.
    @discardableResult
    public borrowing func add(to poller: inout Poller) -> Int {
        poller.add(events)
    }

    /// Starts the monitor and returns the endpoint at which it can be heard.
    private static func start(_ socket: borrowing Socket) throws(ZeroMQError) -> String {
        // A name that ended a moment ago may still be held until a thread of the library has
        // cleared it away, so another is tried, and there are more names than sockets.
        let address = unsafe UInt(bitPattern: socket.raw)
        var attempt = 0
        while true {
            let endpoint = "inproc://monitor-\(address)-\(attempt)"
            if unsafe zmq_socket_monitor(socket.raw, endpoint, ZMQ_EVENT_ALL) == 0 {
                return endpoint
            }
            let error = ZeroMQError.last(.monitor, endpoint: endpoint)
            guard error.code == .addressInUse, attempt < maxAttempts else { throw error }
            attempt += 1
        }
    }

    private static let maxAttempts = 10_000

    private static func open(
        _ context: Context, _ options: Socket.Options, connectedTo endpoint: String
    ) throws(ZeroMQError) -> Socket {
        let socket = try Socket(context, .pair, options)
        try socket.connect(to: endpoint)
        return socket
    }

    deinit {
        guard let raw = unsafe watched.raw else { return }
        unsafe zmq_socket_monitor(raw, nil, 0)
    }
}

@available(*, unavailable)
extension Monitor: Sendable {}
