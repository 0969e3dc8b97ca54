import Features
import WireFormat
import ZeroMQ

/// Sends samples that the daemon takes exactly once, whatever breaks in between (socket `learn`).
///
/// Requests are numbered, several are on their way at a time, and what is not acknowledged is sent
/// again: after a silence, a lost connection, a restart of the daemon, or when it was busy. The
/// daemon knows numbers that it has, so nothing is learned twice.
///
/// For one thread. Each sender has a producer name of its own, and keeps it when it starts again.
///
/// ```swift
/// var sender = try AcknowledgedSender(Context(), producer: "meter-7")
/// for block in blocks { try sender.send(block) }
/// try sender.flush()
/// for acknowledgement in sender.takeAcknowledgements() { print(acknowledgement) }
/// ```
public struct AcknowledgedSender: ~Copyable {
    public let producer: String
    private let options: ClientOptions
    private let encoder: SampleEncoder
    private let clock = ContinuousClock()
    private var socket: RequestSocket
    private var window: ProducerWindow
    private var acknowledgements: [Acknowledgement] = []
    /// A hello is on its way, and nothing else is sent before its answer.
    private var isAsking = false
    private var pausedUntil: ContinuousClock.Instant
    private var resendAt: ContinuousClock.Instant
    private var lastRefusal: Refusal?

    /// Connects, and asks the daemon where the producer goes on.
    ///
    /// - Parameters:
    ///   - producer: At least one character.
    ///   - lastAcknowledged: ``lastAcknowledged`` of an earlier run, for the daemon to check that
    ///     it still has all of that.
    ///   - encoder: How samples are written. Not as objects: those hold one sample each.
    /// - Throws: `timedOut` when no daemon answers, `acknowledgedDataLost`.
    public init(
        _ context: Context, to endpoint: String = DefaultEndpoint.learn, producer: String,
        lastAcknowledged: Int64? = nil, encoder: SampleEncoder = SampleEncoder(),
        options: ClientOptions = ClientOptions()
    ) throws(ClientError) {
        precondition(!producer.isEmpty, "a producer has a name")
        precondition(encoder.form != .object, "a sender of several samples cannot write objects")
        let socket = try RequestSocket(context, endpoint, options)
        let reply = try Self.start(socket, producer, lastAcknowledged, options)
        self.producer = producer
        self.options = options
        self.encoder = encoder
        self.socket = socket
        window = ProducerWindow(maxInFlight: options.maxInFlight)
        window.start(after: reply)
        pausedUntil = clock.now
        resendAt = clock.now
    }

    /// The number of the last request that the daemon has; 0 before the first.
    public var lastAcknowledged: Int64 { window.lastAcknowledged }

    /// Requests that are not acknowledged yet.
    public var pendingCount: Int { window.requests.count }

    /// Sends samples as one request, waiting while too many are unacknowledged.
    ///
    /// - Parameter rows: Which of the block; all when nil. At least one.
    /// - Returns: The ticket under which it is acknowledged.
    /// - Throws: `unsendable`, and nothing was taken; `timedOut`, and the request stays to be sent
    ///   with the next call.
    @discardableResult
    public mutating func send(
        _ block: SampleBlock, rows: Range<Int>? = nil
    ) throws(ClientError) -> Int64 {
        let rows = rows ?? block.rows.indices
        // What can be written once can be written again, with other numbers.
        _ = try encode(block, rows, sequence: 1, token: 1)
        let ticket = window.append(block, rows)
        try run(untilPending: window.limit)
        return ticket
    }

    /// Waits until everything is acknowledged.
    ///
    /// - Throws: `timedOut` when the next acknowledgement takes too long; it can be called again.
    public mutating func flush() throws(ClientError) {
        try run(untilPending: 0)
    }

    /// What was acknowledged since the last time, in order.
    public mutating func takeAcknowledgements() -> [Acknowledgement] {
        defer { acknowledgements.removeAll(keepingCapacity: true) }
        return acknowledgements
    }

    /// Asks until the daemon answers or the time is up.
    private static func start(
        _ socket: borrowing RequestSocket, _ producer: String, _ lastAcknowledged: Int64?,
        _ options: ClientOptions
    ) throws(ClientError) -> HelloReply {
        let clock = ContinuousClock()
        let deadline = clock.now + options.timeout
        let question = SampleEncoder.hello(producer: producer, lastAcknowledged: lastAcknowledged)
        repeat {
            try socket.send([question])
            let wait = min(options.resendTimeout, clock.now.duration(to: deadline))
            guard let frames = try socket.receive(within: wait) else { continue }
            let value = try parse(frames, socket.endpoint)
            switch try read(value, as: HelloReply.self, socket.endpoint) {
            case .failure(let error): throw .refused(error.refusal, endpoint: socket.endpoint)
            case .success(let reply) where reply.isLost:
                throw .acknowledgedDataLost(
                    producer: producer, acknowledged: lastAcknowledged ?? 0,
                    daemonHas: reply.lastSequence)
            case .success(let reply): return reply
            }
        } while clock.now < deadline
        throw .timedOut(.reply, endpoint: socket.endpoint, after: options.timeout, last: nil)
    }

    private static func parse(
        _ frames: [[UInt8]], _ endpoint: String
    ) throws(ClientError) -> JSONValue {
        do throws(Refusal) {
            return try JSONValue(parsing: frames.first ?? [])
        } catch {
            throw .unreadable(error, endpoint: endpoint)
        }
    }

    private static func read<Body: JSONField & Equatable>(
        _ value: JSONValue, as body: Body.Type, _ endpoint: String
    ) throws(ClientError) -> Reply<Body> {
        do throws(Refusal) {
            return try Reply<Body>(json: value, name: "reply")
        } catch {
            throw .unreadable(error, endpoint: endpoint)
        }
    }

    private borrowing func encode(
        _ block: SampleBlock, _ rows: Range<Int>, sequence: Int64, token: Int64
    ) throws(ClientError) -> [[UInt8]] {
        var request = RequestEnvelope()
        request.producer = producer
        request.sequence = sequence
        request.identifier = .integer(token)
        do throws(Refusal) {
            return try encoder.encode(block, rows: rows, request: request)
        } catch {
            throw .unsendable(error)
        }
    }
}

extension AcknowledgedSender {
    /// Sends and takes answers until at most so many requests are pending.
    private mutating func run(untilPending count: Int) throws(ClientError) {
        var deadline = clock.now + options.timeout
        while true {
            try transmit()
            let isDone = pendingCount <= count
            let now = clock.now
            let wakeUp = min(deadline, pausedUntil > now ? pausedUntil : resendAt)
            let wait = isDone ? .zero : now.duration(to: wakeUp)
            if let frames = try socket.receive(within: wait) {
                if try handle(frames) { deadline = clock.now + options.timeout }
            } else if isDone {
                return
            } else if clock.now >= deadline {
                throw .timedOut(
                    .acknowledgement, endpoint: socket.endpoint, after: options.timeout,
                    last: lastRefusal)
            } else if clock.now >= resendAt {
                try ask()
            }
        }
    }

    private mutating func transmit() throws(ClientError) {
        guard !isAsking, clock.now >= pausedUntil else { return }
        while let request = window.nextToSend(), let token = request.token {
            if window.sentCount == 1 { resendAt = clock.now + options.resendTimeout }
            try socket.send(
                try encode(
                    request.block, request.rows, sequence: request.sequence, token: token))
        }
    }

    /// Asks what the daemon has.
    private mutating func ask() throws(ClientError) {
        isAsking = true
        resendAt = clock.now + options.resendTimeout
        try socket.send([
            SampleEncoder.hello(producer: producer, lastAcknowledged: window.lastAcknowledged)
        ])
    }

    /// Takes an answer, and tells whether the daemon took or refused something for good.
    private mutating func handle(_ frames: [[UInt8]]) throws(ClientError) -> Bool {
        resendAt = clock.now + options.resendTimeout
        let value = try Self.parse(frames, socket.endpoint)
        let effect: ProducerWindow.Effect
        if value.object?["last_seq"] != nil {
            // The answer to a question that was repeated comes more than once.
            guard isAsking else { return false }
            switch try Self.read(value, as: HelloReply.self, socket.endpoint) {
            case .success(let reply): effect = window.handle(reply)
            case .failure(let error): throw .refused(error.refusal, endpoint: socket.endpoint)
            }
            isAsking = false
        } else {
            effect = window.handle(
                try Self.read(value, as: LearnReply.self, socket.endpoint))
        }
        switch effect {
        case .ignored: return false
        case .finished(let finished):
            acknowledgements += finished
            return !finished.isEmpty
        case .resend(let pause, let refusal):
            lastRefusal = refusal
            pausedUntil = clock.now + pause
            resendAt = pausedUntil + options.resendTimeout
            return false
        case .ask:
            try ask()
            return false
        case .lost(let daemonHas):
            throw .acknowledgedDataLost(
                producer: producer, acknowledged: window.lastAcknowledged, daemonHas: daemonHas)
        case .foreign(let daemonHas):
            throw .producerInUse(
                producer: producer, sent: window.lastSent, daemonHas: daemonHas)
        }
    }
}
