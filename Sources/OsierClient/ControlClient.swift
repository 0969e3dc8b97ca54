import Features
import WireFormat
import ZeroMQ

/// Gives commands to a daemon (socket `control`).
///
/// For one thread.
///
/// ```swift
/// var control = try ControlClient(Context())
/// print(try control.status().quality)
/// try control.perform(.grow(layer: 0, units: 16, member: nil))
/// ```
public struct ControlClient: ~Copyable {
    private let options: ClientOptions
    private var socket: RequestSocket
    private var nextIdentifier: Int64 = 1

    /// Connects, now or as soon as a daemon listens there.
    public init(
        _ context: Context, to endpoint: String = DefaultEndpoint.control,
        options: ClientOptions = ClientOptions()
    ) throws(ClientError) {
        self.options = options
        socket = try RequestSocket(context, endpoint, options)
    }

    /// Gives a command and waits for its answer.
    ///
    /// - Throws: `refused` with the daemon's reason; `timedOut`, when the command may or may not
    ///   have taken effect.
    @discardableResult
    public mutating func perform(
        _ operation: ControlRequest.Operation
    ) throws(ClientError) -> ControlReply.Body {
        try exchange(operation).body
    }

    /// The whole state of the daemon.
    public mutating func status() throws(ClientError) -> StatusReport {
        guard case .status(let report) = try perform(.status) else { throw wrongAnswer("status") }
        return report
    }

    /// The daemon's version.
    public mutating func ping() throws(ClientError) -> String {
        guard case .version(let version) = try perform(.ping) else { throw wrongAnswer("ping") }
        return version
    }

    /// The live model as a file of this format.
    public mutating func export(
        _ format: ControlRequest.ExportFormat
    ) throws(ClientError) -> (report: ExportReport, file: [UInt8]) {
        let (body, frames) = try exchange(.export(format: format, name: nil))
        guard case .export(let report) = body, frames.count == 2 else {
            throw wrongAnswer("export")
        }
        return (report, frames[1])
    }

    private mutating func exchange(
        _ operation: ControlRequest.Operation
    ) throws(ClientError) -> (body: ControlReply.Body, frames: [[UInt8]]) {
        let identifier = SampleIdentifier.integer(nextIdentifier)
        nextIdentifier += 1
        try socket.send([ControlRequest(operation, identifier: identifier).encoded])
        let clock = ContinuousClock()
        let deadline = clock.now + options.timeout
        while let frames = try socket.receive(within: clock.now.duration(to: deadline)) {
            let reply: Reply<ControlReply>
            do throws(Refusal) {
                reply = try Reply<ControlReply>(decoding: frames.first ?? [])
            } catch {
                throw .unreadable(error, endpoint: socket.endpoint)
            }
            // Answers to commands that were given up come late, and are passed over.
            switch reply {
            case .success(let reply) where reply.identifier == identifier:
                return (reply.body, frames)
            case .failure(let error) where error.identifier == identifier:
                throw .refused(error.refusal, endpoint: socket.endpoint)
            case .success, .failure: continue
            }
        }
        throw .timedOut(.reply, endpoint: socket.endpoint, after: options.timeout, last: nil)
    }

    private borrowing func wrongAnswer(_ operation: String) -> ClientError {
        .unreadable(
            Refusal(.badFrame, "it does not answer \"\(operation)\""), endpoint: socket.endpoint)
    }
}
