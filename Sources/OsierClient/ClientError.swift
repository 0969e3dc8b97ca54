import Features
import ZeroMQ

/// Why a daemon could not be asked, or what it said no to.
public enum ClientError: Error, Equatable, Sendable {
    /// ZeroMQ itself failed.
    case transport(ZeroMQError)
    /// Nothing came, or nothing could be sent, in time. `last` is what the daemon said before.
    case timedOut(Waiting, endpoint: String, after: Duration, last: Refusal?)
    /// The daemon refused the request. Nothing of it was done.
    case refused(Refusal, endpoint: String)
    /// The daemon sent what this client cannot read.
    case unreadable(Refusal, endpoint: String)
    /// The samples cannot be written in the chosen form. Nothing was sent.
    case unsendable(Refusal)
    /// The connection broke before the answer came.
    case answerLost(endpoint: String)
    /// So many requests wait for their answers already.
    case tooManyPending(limit: Int)
    /// The daemon no longer has samples that it acknowledged: its storage was lost or replaced.
    case acknowledgedDataLost(producer: String, acknowledged: Int64, daemonHas: Int64)
    /// The daemon has requests of this producer that this sender did not make.
    case producerInUse(producer: String, sent: Int64, daemonHas: Int64)

    /// What was waited for.
    public enum Waiting: String, Sendable {
        case room, reply, acknowledgement
    }
}

extension ClientError: CustomStringConvertible {
    /// One line: where, what happened, what to do next.
    public var description: String {
        switch self {
        case .transport(let error):
            error.description
        case .timedOut(let waiting, let endpoint, let after, let last):
            "\(endpoint): \(waiting.words) within \(after)"
                + (last.map { " (the last answer was \($0))" } ?? "") + "; " + waiting.advice
        case .refused(let refusal, let endpoint):
            "\(endpoint): \(refusal)"
        case .unreadable(let refusal, let endpoint):
            "\(endpoint): the answer cannot be read: \(refusal.message); "
                + "check that an Osier daemon of this version listens there"
        case .unsendable(let refusal):
            refusal.message
        case .answerLost(let endpoint):
            "\(endpoint): the connection broke before the answer came; ask again"
        case .tooManyPending(let limit):
            "\(limit) requests wait for their answers, the limit; receive some before the next"
        case .acknowledgedDataLost(let producer, let acknowledged, let daemonHas):
            "producer \"\(producer)\": request \(acknowledged) was acknowledged, but the daemon "
                + "has only \(daemonHas); restore its storage, or send again from there"
        case .producerInUse(let producer, let sent, let daemonHas):
            "producer \"\(producer)\": the daemon has request \(daemonHas), but \(sent) is the "
                + "last one of this sender; give each sender a name of its own"
        }
    }
}

extension ClientError.Waiting {
    fileprivate var words: String {
        switch self {
        case .room: "no room for a message"
        case .reply: "no reply"
        case .acknowledgement: "no acknowledgement"
        }
    }

    fileprivate var advice: String {
        switch self {
        case .room: "start the daemon there, wait until it keeps up, or raise the timeout"
        case .reply, .acknowledgement: "start the daemon there, or raise the timeout"
        }
    }
}

/// Runs a call of ZeroMQ and passes on its failure as one of the client.
func transport<Result: ~Copyable>(
    _ body: () throws(ZeroMQError) -> Result
) throws(ClientError) -> Result {
    do throws(ZeroMQError) {
        return try body()
    } catch {
        throw .transport(error)
    }
}
