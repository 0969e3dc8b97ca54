import Features
import WireFormat

/// What became of a numbered request.
public struct Acknowledgement: Equatable, Sendable {
    public enum Outcome: Equatable, Sendable {
        /// The daemon has it, and will not lose it; refused samples are listed in the reply.
        case accepted(LearnReply)
        /// The daemon has it; the reply that told how many samples it refused was lost.
        case acceptedEarlier
        /// The daemon will never take it: not one of its samples was good.
        case refused(Refusal)
    }

    /// The number that ``AcknowledgedSender/send(_:rows:)`` gave to it.
    public let ticket: Int64
    public let outcome: Outcome

    public init(ticket: Int64, outcome: Outcome) {
        self.ticket = ticket
        self.outcome = outcome
    }
}

/// The requests of a producer that the daemon has not answered for good.
///
/// Decides what is sent when, and does nothing else: the caller has the socket and the clock.
/// Requests go out in order; after a request that was not taken, all later ones go out again, since
/// the daemon takes them in order only.
struct ProducerWindow {
    struct Request {
        /// Never changes, unlike the number on the wire.
        let ticket: Int64
        var sequence: Int64
        let block: SampleBlock
        let rows: Range<Int>
        /// Tells the answers to different sendings apart; `nil` while it is not on its way.
        var token: Int64?
    }

    /// What an answer means for the sender.
    enum Effect: Equatable {
        /// It belongs to a sending that was given up.
        case ignored
        case finished([Acknowledgement])
        /// Send the rest again, after a pause.
        case resend(after: Duration, because: Refusal)
        /// The daemon and this window disagree; only a hello can settle it.
        case ask
        case lost(daemonHas: Int64)
        case foreign(daemonHas: Int64)
    }

    /// Highest number on the wire that the daemon said it has.
    private(set) var lastAcknowledged: Int64 = 0
    private(set) var requests: [Request] = []
    /// Requests `0..<sentCount` are on their way.
    private(set) var sentCount = 0
    private var nextSequence: Int64 = 1
    /// Highest number that was ever sent.
    private(set) var lastSent: Int64 = 0
    private var nextTicket: Int64 = 1
    private var nextToken: Int64 = 1
    private var credit = 1
    private let maxInFlight: Int

    init(maxInFlight: Int) {
        precondition(maxInFlight >= 1, "a window of \(maxInFlight) requests lets nothing through")
        self.maxInFlight = maxInFlight
    }

    /// How many requests may be unanswered at a time.
    var limit: Int { min(credit, maxInFlight) }

    /// Starts after what the daemon has, with nothing to send.
    mutating func start(after reply: HelloReply) {
        precondition(requests.isEmpty, "a window starts once")
        lastAcknowledged = reply.lastSequence
        lastSent = reply.lastSequence
        nextSequence = reply.lastSequence + 1
        credit = max(1, reply.credit)
    }

    /// Takes a request. It is sent when its turn comes.
    mutating func append(_ block: SampleBlock, _ rows: Range<Int>) -> Int64 {
        requests.append(
            Request(ticket: nextTicket, sequence: nextSequence, block: block, rows: rows))
        nextTicket += 1
        nextSequence += 1
        return nextTicket - 1
    }

    /// The next request to send, now on its way; `nil` when none is left or the limit is reached.
    mutating func nextToSend() -> Request? {
        guard sentCount < min(limit, requests.count) else { return nil }
        requests[sentCount].token = nextToken
        nextToken += 1
        sentCount += 1
        lastSent = max(lastSent, requests[sentCount - 1].sequence)
        return requests[sentCount - 1]
    }

    /// Takes the answer to samples.
    mutating func handle(_ reply: Reply<LearnReply>) -> Effect {
        switch reply {
        case .success(let reply): accepted(reply)
        case .failure(let error): failed(error)
        }
    }

    /// Takes the answer to a hello, after which everything that is left is sent again.
    mutating func handle(_ reply: HelloReply) -> Effect {
        let daemonHas = reply.lastSequence
        guard !reply.isLost, daemonHas >= lastAcknowledged else {
            return .lost(daemonHas: daemonHas)
        }
        guard daemonHas <= lastSent else { return .foreign(daemonHas: daemonHas) }
        credit = max(1, reply.credit)
        let finished = finish(through: daemonHas, with: nil)
        goBack(to: 0)
        if let first = requests.first, first.sequence > daemonHas + 1 {
            renumber(from: daemonHas + 1)
        } else if requests.isEmpty {
            nextSequence = daemonHas + 1
        }
        return .finished(finished)
    }

    private mutating func accepted(_ reply: LearnReply) -> Effect {
        guard let sequence = reply.sequence,
            requests.contains(where: { $0.sequence == sequence })
        else { return .ignored }
        return .finished(finish(through: sequence, with: reply))
    }

    /// Removes the requests up to a number: the daemon takes them in order, so it has them all.
    private mutating func finish(
        through sequence: Int64, with reply: LearnReply?
    ) -> [Acknowledgement] {
        let finished = requests.prefix { $0.sequence <= sequence }
        let acknowledgements = finished.map { request in
            let outcome: Acknowledgement.Outcome =
                if let reply, request.sequence == sequence {
                    .accepted(reply)
                } else {
                    .acceptedEarlier
                }
            return Acknowledgement(ticket: request.ticket, outcome: outcome)
        }
        requests.removeFirst(finished.count)
        sentCount = max(0, sentCount - finished.count)
        lastAcknowledged = max(lastAcknowledged, sequence)
        return acknowledgements
    }

    private mutating func failed(_ error: ErrorReply) -> Effect {
        guard case .integer(let token) = error.identifier,
            let index = requests.prefix(sentCount).firstIndex(where: { $0.token == token })
        else { return .ignored }
        switch error.code {
        case .busy, .paused:
            goBack(to: index)
            let pause = min(60_000, max(1, error.retryAfterMilliseconds ?? 100))
            return .resend(after: .milliseconds(pause), because: error.refusal)
        case .gap:
            guard let expected = error.expected else { return .ask }
            return resume(at: expected, error.refusal)
        default:
            let request = requests.remove(at: index)
            sentCount -= 1
            return .finished([
                Acknowledgement(ticket: request.ticket, outcome: .refused(error.refusal))
            ])
        }
    }

    /// The daemon wants another number next than it got.
    private mutating func resume(at expected: Int64, _ refusal: Refusal) -> Effect {
        if let index = requests.firstIndex(where: { $0.sequence == expected }) {
            goBack(to: index)
        } else if expected <= lastAcknowledged {
            return .lost(daemonHas: expected - 1)
        } else if let first = requests.first, expected < first.sequence {
            // It did not count a request that it refused, so the number is free again.
            goBack(to: 0)
            renumber(from: expected)
        } else {
            return .ask
        }
        return .resend(after: .zero, because: refusal)
    }

    private mutating func goBack(to index: Int) {
        for later in index..<requests.count { requests[later].token = nil }
        sentCount = min(sentCount, index)
    }

    private mutating func renumber(from sequence: Int64) {
        for index in requests.indices { requests[index].sequence = sequence + Int64(index) }
        nextSequence = sequence + Int64(requests.count)
    }
}
