import Features
import WireFormat
import ZeroMQ

/// Asks for predictions (socket `predict`), one at a time or several at once.
///
/// For one thread. Open one for each thread that asks.
///
/// ```swift
/// var predictor = try Predictor(Context())
/// let prediction = try predictor.predict(.positional([0.5, 2]))
///
/// // Pipelined: the second request does not wait for the first answer.
/// let tickets = [try predictor.submit(morning), try predictor.submit(evening)]
/// for _ in tickets { print(try predictor.receive()) }
/// ```
public struct Predictor: ~Copyable {
    /// How a prediction is made.
    public struct Request: Equatable, Sendable {
        /// The features are kept for a label that comes later. Each sample needs an identifier.
        public var remember = false
        /// The answer comes from a model that has taken in everything acknowledged before.
        public var consistent = false

        public init(remember: Bool = false, consistent: Bool = false) {
            self.remember = remember
            self.consistent = consistent
        }
    }

    /// The answer to a submitted request.
    public struct Answer: Equatable, Sendable {
        /// What ``Predictor/submit(_:form:request:)`` returned.
        public let ticket: Int64
        /// In the form of the request; a refused sample is an error in its place.
        public let reply: PredictReply
    }

    /// A request on its way.
    private struct Pending {
        let ticket: Int64
        /// The identifier that the answer must carry, to be told from one to another request.
        let expected: SampleIdentifier
        /// Whether the identifier is ours, and is taken off the answer again.
        let isOurs: Bool
    }

    private let options: ClientOptions
    private var socket: RequestSocket
    private var pending: [Pending] = []
    /// An answer that came before it was its turn.
    private var early: PredictReply?
    private var nextTicket: Int64 = 1

    /// Connects, now or as soon as a daemon listens there.
    public init(
        _ context: Context, to endpoint: String = DefaultEndpoint.predict,
        options: ClientOptions = ClientOptions()
    ) throws(ClientError) {
        self.options = options
        socket = try RequestSocket(context, endpoint, options)
    }

    /// Requests without an answer.
    public var pendingCount: Int { pending.count }

    /// Predicts one sample, and waits for the answer.
    ///
    /// - Throws: `refused`, for example with `no_model` before the first labelled sample;
    ///   `timedOut`.
    public mutating func predict(
        _ features: Sample.Features, identifier: SampleIdentifier? = nil,
        request: Request = Request()
    ) throws(ClientError) -> Prediction {
        var block = SampleBlock()
        block.append(Sample(features, identifier: identifier))
        let reply = try ask(block, .object, request)
        guard case .object(let answer) = reply else { throw wrongForm() }
        switch answer {
        case .success(let prediction): return prediction
        case .failure(let error): throw .refused(error.refusal, endpoint: socket.endpoint)
        }
    }

    /// Predicts several samples in one request, and waits for the answers: one for each, in order.
    public mutating func predict(
        _ block: SampleBlock, request: Request = Request()
    ) throws(ClientError) -> [Reply<Prediction>] {
        switch try ask(block, .array, request) {
        case .array(let answers): return answers
        case .object(.failure(let error)):
            throw .refused(error.refusal, endpoint: socket.endpoint)
        default: throw wrongForm()
        }
    }

    /// Predicts several positional samples of the same width through raw buffers, the fast form.
    ///
    /// The samples must not have identifiers.
    public mutating func predictBuffers(
        _ block: SampleBlock, request: Request = Request()
    ) throws(ClientError) -> BufferPrediction {
        switch try ask(block, .buffers, request) {
        case .buffers(let prediction): return prediction
        case .object(.failure(let error)):
            throw .refused(error.refusal, endpoint: socket.endpoint)
        default: throw wrongForm()
        }
    }

    /// Sends a request and does not wait for its answer, which ``receive()`` gives.
    ///
    /// - Parameters:
    ///   - block: At least one sample; exactly one for the form `object`.
    ///   - form: Of the request and its answer.
    /// - Returns: The ticket of the answer.
    /// - Throws: `tooManyPending`, `unsendable`, `timedOut`; nothing was sent then.
    @discardableResult
    public mutating func submit(
        _ block: SampleBlock, form: RequestEnvelope.Form = .array, request: Request = Request()
    ) throws(ClientError) -> Int64 {
        guard pending.count < options.maxInFlight else {
            throw .tooManyPending(limit: options.maxInFlight)
        }
        var envelope = RequestEnvelope(form: form)
        envelope.remember = request.remember
        envelope.consistent = request.consistent
        let ours = SampleIdentifier.integer(nextTicket)
        var block = block
        // An answer carries the identifiers of its samples, or that of a buffer's header.
        let given = block.rows.first?.identifier
        if form == .buffers {
            envelope.identifier = ours
        } else if given == nil, !block.rows.isEmpty {
            block.rows[0].identifier = ours
        }
        let frames: [[UInt8]]
        do throws(Refusal) {
            frames = try SampleEncoder(form: form).encode(block, request: envelope)
        } catch {
            throw .unsendable(error)
        }
        try socket.send(frames)
        let expected = form == .buffers ? ours : given ?? ours
        pending.append(
            Pending(ticket: nextTicket, expected: expected, isOurs: expected == ours))
        nextTicket += 1
        return nextTicket - 1
    }

    /// Waits for the answer to the oldest request.
    ///
    /// Traps when there is none.
    ///
    /// - Throws: `answerLost` for that request only; `timedOut`, after which no request is pending
    ///   any more.
    public mutating func receive() throws(ClientError) -> Answer {
        precondition(!pending.isEmpty, "no request waits for an answer")
        let clock = ContinuousClock()
        let deadline = clock.now + options.timeout
        while let reply = try nextReply(within: clock.now.duration(to: deadline)) {
            let identifier = reply.identifier
            if identifier == nil || identifier == pending[0].expected {
                let request = pending.removeFirst()
                return Answer(
                    ticket: request.ticket,
                    reply: request.isOurs ? reply.withoutIdentifier : reply)
            }
            // An answer to nobody is one to a request that was given up.
            guard pending.contains(where: { $0.expected == identifier }) else { continue }
            // Answers come in order, so that to the oldest request was lost with a connection.
            early = reply
            pending.removeFirst()
            throw .answerLost(endpoint: socket.endpoint)
        }
        // Which of the others are lost cannot be known, so all start anew.
        pending.removeAll()
        try socket.reset()
        throw .timedOut(.reply, endpoint: socket.endpoint, after: options.timeout, last: nil)
    }

    private mutating func nextReply(within timeout: Duration) throws(ClientError) -> PredictReply? {
        if let reply = early.take() { return reply }
        guard let frames = try socket.receive(within: timeout) else { return nil }
        do throws(Refusal) {
            return try PredictReply(decoding: frames)
        } catch {
            throw .unreadable(error, endpoint: socket.endpoint)
        }
    }

    private mutating func ask(
        _ block: SampleBlock, _ form: RequestEnvelope.Form, _ request: Request
    ) throws(ClientError) -> PredictReply {
        precondition(pending.isEmpty, "receive the \(pending.count) pending answers first")
        try submit(block, form: form, request: request)
        return try receive().reply
    }

    private borrowing func wrongForm() -> ClientError {
        .unreadable(
            Refusal(.badFrame, "it has another form than the request"), endpoint: socket.endpoint)
    }
}

extension PredictReply {
    /// What identifies the request that is answered: of several samples, the first.
    fileprivate var identifier: SampleIdentifier? {
        switch self {
        case .object(let reply): reply.identifier
        case .array(let replies): replies.first?.identifier
        case .buffers(let prediction): prediction.identifier
        }
    }

    fileprivate var withoutIdentifier: PredictReply {
        switch self {
        case .object(var reply):
            reply.identifier = nil
            return .object(reply)
        case .array(var replies):
            if !replies.isEmpty { replies[0].identifier = nil }
            return .array(replies)
        case .buffers(var prediction):
            prediction.identifier = nil
            return .buffers(prediction)
        }
    }
}

extension Reply where Body == Prediction {
    fileprivate var identifier: SampleIdentifier? {
        get {
            switch self {
            case .success(let prediction): prediction.identifier
            case .failure(let error): error.identifier
            }
        }
        set {
            switch self {
            case .success(var prediction):
                prediction.identifier = newValue
                self = .success(prediction)
            case .failure(var error):
                error.identifier = newValue
                self = .failure(error)
            }
        }
    }
}
