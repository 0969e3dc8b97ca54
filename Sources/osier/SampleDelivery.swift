import CommandSupport
import Features
import Foundation
import OsierClient
import WireFormat
import ZeroMQ

/// A way to bring samples to a daemon.
protocol SampleDelivery: AnyObject {
    /// Samples that the daemon acknowledged; nil where it does not.
    var acceptedCount: Int? { get }
    /// Samples that the daemon refused; nil where it does not tell.
    var rejectedCount: Int? { get }

    /// Sends rows as one message, waiting as long as the daemon holds them back.
    ///
    /// - Throws: When no daemon took the first message in time.
    func send(_ block: SampleBlock, rows: Range<Int>) throws

    /// Waits until nothing is on its way any more.
    func finish() throws
}

/// Decides what a wait means: before the first success nobody is there; later the daemon is full,
/// paused or starting again, and the wait goes on until Ctrl-C.
final class Stall {
    private let progress: Progress
    private var hasDelivered = false
    private var isTold = false

    init(progress: Progress) { self.progress = progress }

    func noteDelivery() {
        hasDelivered = true
        isTold = false
    }

    /// Takes a time-out and returns to wait on, or throws it.
    func handle(_ error: ClientError) throws {
        guard hasDelivered, case .timedOut(_, let endpoint, _, let last) = error else {
            throw error
        }
        guard !isTold else { return }
        isTold = true
        progress.clear()
        let reason = last.map { " (\($0))" } ?? ""
        StandardError.write("osier: \(endpoint) takes nothing at present\(reason); waiting")
    }
}

/// Sends without acknowledgement.
final class PushDelivery: SampleDelivery {
    var acceptedCount: Int? { nil }
    var rejectedCount: Int? { nil }

    private var sender: SampleSender?
    private let stall: Stall

    /// Far longer than any queue takes to empty; Ctrl-C ends the wait.
    private static let linger = Duration.seconds(86_400)

    init(
        to endpoint: String, _ encoder: SampleEncoder, _ options: ClientOptions, _ stall: Stall
    ) throws {
        var options = options
        options.linger = Self.linger
        sender = try SampleSender(Context(), to: endpoint, encoder: encoder, options: options)
        self.stall = stall
    }

    func send(_ block: SampleBlock, rows: Range<Int>) throws {
        while true {
            do throws(ClientError) {
                try sender?.send(block, rows: rows)
                stall.noteDelivery()
                return
            } catch {
                try stall.handle(error)
            }
        }
    }

    /// Closes the socket, which returns when the last message has left.
    func finish() { sender = nil }
}

/// Sends with acknowledgement, and reports what the daemon refuses.
final class AcknowledgedDelivery: SampleDelivery {
    private(set) var acceptedCount: Int? = 0
    private(set) var rejectedCount: Int? = 0

    private struct Request {
        let ticket: Int64
        /// The number of its first sample, from 1.
        let firstSample: Int
        let count: Int
    }

    private var sender: AcknowledgedSender
    private let stall: Stall
    private let input: DatasetOptions
    private var requests: [Request] = []
    private var nextSample = 1
    private var lastTicket: Int64 = 0

    /// Connects, and waits for the daemon's first word.
    init(
        to endpoint: String, _ encoder: SampleEncoder, _ options: ClientOptions, _ stall: Stall,
        _ input: DatasetOptions
    ) throws {
        // A name of its own: numbers of an earlier run must not be taken for repetitions.
        sender = try AcknowledgedSender(
            Context(), to: endpoint, producer: "osier-send-\(UUID().uuidString)",
            encoder: encoder, options: options)
        stall.noteDelivery()
        self.stall = stall
        self.input = input
    }

    func send(_ block: SampleBlock, rows: Range<Int>) throws {
        // The sender numbers its requests from 1, one by one, and keeps one that takes too long.
        let ticket = (requests.last?.ticket ?? lastTicket) + 1
        requests.append(Request(ticket: ticket, firstSample: nextSample, count: rows.count))
        nextSample += rows.count
        do throws(ClientError) {
            try sender.send(block, rows: rows)
        } catch {
            try stall.handle(error)
            try finish()
        }
        try takeAcknowledgements()
    }

    func finish() throws {
        while sender.pendingCount > 0 {
            do throws(ClientError) {
                try sender.flush()
            } catch {
                try takeAcknowledgements()
                try stall.handle(error)
            }
        }
        try takeAcknowledgements()
    }

    private func takeAcknowledgements() throws {
        for acknowledgement in sender.takeAcknowledgements() {
            stall.noteDelivery()
            lastTicket = max(lastTicket, acknowledgement.ticket)
            guard let index = requests.firstIndex(where: { $0.ticket == acknowledgement.ticket })
            else { preconditionFailure("an acknowledgement of what was not sent") }
            try count(acknowledgement.outcome, of: requests.remove(at: index))
        }
    }

    private func count(_ outcome: Acknowledgement.Outcome, of request: Request) throws {
        switch outcome {
        case .accepted(let reply):
            let rejected = min(reply.rejected.count, request.count)
            acceptedCount = (acceptedCount ?? 0) + request.count - rejected
            rejectedCount = (rejectedCount ?? 0) + rejected
            for entry in reply.rejected {
                try report(entry.refusal, sample: request.firstSample + entry.index)
            }
        case .acceptedEarlier:
            acceptedCount = (acceptedCount ?? 0) + request.count
        case .refused(let refusal):
            rejectedCount = (rejectedCount ?? 0) + request.count
            try report(refusal, sample: request.firstSample)
        }
    }

    private func report(_ refusal: Refusal, sample: Int) throws {
        StandardError.write("\(input.file): sample \(sample): \(refusal)")
        if input.strict { throw ExitStatus.failure }
    }
}
