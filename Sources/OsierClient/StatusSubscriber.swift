import Features
import WireFormat
import ZeroMQ

/// Follows what a daemon says of itself (socket `status`).
///
/// The latest message of each topic comes at once, then every change. A subscriber that is too slow
/// misses some: the `sequence` of a topic's messages tells.
///
/// For one thread.
///
/// ```swift
/// let subscriber = try StatusSubscriber(Context(), topics: [.status, .adaptation])
/// while let message = try subscriber.next() {
///     if case .status(let report) = message { print(report.stream.learned) }
/// }
/// ```
public struct StatusSubscriber: ~Copyable {
    public let endpoint: String
    private let options: ClientOptions
    private let socket: Socket
    private let message = Multipart(maxFrameCount: 2)

    /// Connects, now or as soon as a daemon listens there.
    public init(
        _ context: Context, to endpoint: String = DefaultEndpoint.status,
        topics: [StatusTopic] = StatusTopic.allCases, options: ClientOptions = ClientOptions()
    ) throws(ClientError) {
        self.endpoint = endpoint
        self.options = options
        socket = try transport { () throws(ZeroMQError) in
            let socket = try Socket(context, .sub, options.socketOptions(linger: .zero))
            for topic in topics { try socket.subscribe(to: topic.rawValue) }
            try socket.connect(to: endpoint)
            return socket
        }
    }

    /// Waits for the next message.
    ///
    /// - Parameter timeout: That of the options when nil; zero takes what is there.
    /// - Returns: `nil` when none came in time.
    /// - Throws: `unreadable` for a message that this client does not understand; the next call goes
    ///   on behind it.
    public borrowing func next(
        within timeout: Duration? = nil
    ) throws(ClientError) -> StatusMessage? {
        let timeout = timeout ?? options.timeout
        let isReceived = try transport { () throws(ZeroMQError) in
            if timeout <= .zero { return try socket.tryReceive(into: message) }
            try socket.setReceiveTimeout(timeout)
            return try socket.receive(into: message)
        }
        guard isReceived else { return nil }
        do throws(Refusal) {
            return try StatusMessage(decoding: message.frames)
        } catch {
            throw .unreadable(error, endpoint: endpoint)
        }
    }

    /// Adds the subscriber to a poller, for those who wait for something else, too, and returns its
    /// index.
    @discardableResult
    public borrowing func add(to poller: inout Poller) -> Int { poller.add(socket) }
}
