import Features
import WireFormat
import ZeroMQ

/// Sends samples without acknowledgement (socket `samples`).
///
/// The daemon drops nothing: when it is full, sending waits. What is on its way when the daemon or
/// the connection dies is lost; ``AcknowledgedSender`` is for those who cannot have that.
///
/// For one thread. Open one for each thread that sends.
///
/// ```swift
/// let sender = try SampleSender(Context(), to: DefaultEndpoint.samples)
/// try sender.send(Sample(.positional([0.5, 2]), target: .label(.text("UP"))))
/// ```
public struct SampleSender: ~Copyable {
    public let endpoint: String
    private let options: ClientOptions
    private let encoder: SampleEncoder
    private let socket: Socket

    /// Connects, now or as soon as a daemon listens there.
    ///
    /// - Parameter encoder: How samples are written. Not as objects: those hold one sample each.
    public init(
        _ context: Context, to endpoint: String = DefaultEndpoint.samples,
        encoder: SampleEncoder = SampleEncoder(), options: ClientOptions = ClientOptions()
    ) throws(ClientError) {
        precondition(encoder.form != .object, "a sender of several samples cannot write objects")
        self.endpoint = endpoint
        self.options = options
        self.encoder = encoder
        socket = try transport { () throws(ZeroMQError) in
            var socketOptions = options.socketOptions(linger: options.linger)
            // Without a daemon nothing is queued, so that nothing is lost unseen.
            socketOptions.isImmediate = true
            let socket = try Socket(context, .push, socketOptions)
            try socket.connect(to: endpoint)
            return socket
        }
    }

    /// Sends one sample, waiting for room at most for the timeout.
    public borrowing func send(_ sample: Sample) throws(ClientError) {
        var block = SampleBlock()
        block.append(sample)
        try send(block)
    }

    /// Sends samples in one message, waiting for room at most for the timeout.
    ///
    /// - Parameter rows: Which of the block; all when nil. At least one.
    public borrowing func send(
        _ block: SampleBlock, rows: Range<Int>? = nil
    ) throws(ClientError) {
        let frames = try encode(block, rows)
        let outcome = try transport { () throws(ZeroMQError) in try socket.send(frames) }
        guard outcome == .sent else {
            throw .timedOut(.room, endpoint: endpoint, after: options.timeout, last: nil)
        }
    }

    /// Sends samples in one message if there is room at once.
    ///
    /// - Returns: Whether there was.
    public borrowing func trySend(
        _ block: SampleBlock, rows: Range<Int>? = nil
    ) throws(ClientError) -> Bool {
        let frames = try encode(block, rows)
        let outcome = try transport { () throws(ZeroMQError) in try socket.trySend(frames) }
        return outcome == .sent
    }

    private borrowing func encode(
        _ block: SampleBlock, _ rows: Range<Int>?
    ) throws(ClientError) -> [[UInt8]] {
        do throws(Refusal) {
            return try encoder.encode(block, rows: rows)
        } catch {
            throw .unsendable(error)
        }
    }
}
