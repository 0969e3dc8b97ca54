import ZeroMQ

/// A DEALER that asks one daemon.
struct RequestSocket: ~Copyable {
    let endpoint: String
    private let context: Context
    private let options: ClientOptions
    private var socket: Socket
    /// Replies have at most a header and a buffer; more frames are dropped.
    private let message = Multipart(maxFrameCount: 8)

    init(
        _ context: Context, _ endpoint: String, _ options: ClientOptions
    ) throws(ClientError) {
        self.endpoint = endpoint
        self.context = context
        self.options = options
        socket = try Self.connect(context, endpoint, options)
    }

    private static func connect(
        _ context: Context, _ endpoint: String, _ options: ClientOptions
    ) throws(ClientError) -> Socket {
        try transport { () throws(ZeroMQError) in
            // A request that is still here when nobody waits for its answer is of no use.
            let socket = try Socket(context, .dealer, options.socketOptions(linger: .zero))
            try socket.connect(to: endpoint)
            return socket
        }
    }

    /// Takes a new connection, so that no answer to an earlier request can arrive any more.
    mutating func reset() throws(ClientError) {
        socket = try Self.connect(context, endpoint, options)
    }

    borrowing func send(_ frames: [[UInt8]]) throws(ClientError) {
        let outcome = try transport { () throws(ZeroMQError) in try socket.send(frames) }
        guard outcome == .sent else {
            throw .timedOut(.room, endpoint: endpoint, after: options.timeout, last: nil)
        }
    }

    /// Waits for the frames of the next reply; `nil` when none comes in time.
    borrowing func receive(within timeout: Duration) throws(ClientError) -> [[UInt8]]? {
        let isReceived = try transport { () throws(ZeroMQError) in
            if timeout <= .zero { return try socket.tryReceive(into: message) }
            try socket.setReceiveTimeout(timeout)
            return try socket.receive(into: message)
        }
        return isReceived ? message.frames : nil
    }
}
