import ArgumentParser
import CommandSupport
import OsierClient
import WireFormat
import ZeroMQ

/// `osier status`: the state of a daemon, now.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Print the state of a daemon.")

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print the status object as JSON.")
    var json = false

    func run() throws {
        let status = try reportingFailures {
            let interruption = try Interruption()
            defer { withExtendedLifetime(interruption) {} }
            return try fetch()
        }
        if json {
            print(String(decoding: status.encoded, as: UTF8.self))
        } else {
            for line in StatusSummary.lines(status) { print(line) }
        }
    }

    private func fetch() throws -> StatusReport {
        let endpoint = connection.to ?? DefaultEndpoint.status
        let subscriber = try StatusSubscriber(
            Context(), to: endpoint, topics: [.status], options: connection.client)
        // The daemon gives the latest status to a new subscriber at once. What was acknowledged since
        // is in the next, which comes within a second by default; a rarer one is not waited for.
        var latest: StatusReport?
        let start = ContinuousClock.now
        while true {
            let left = Self.interval - (ContinuousClock.now - start)
            let message = try subscriber.next(within: latest == nil ? nil : max(.zero, left))
            if case .status(let report)? = message {
                if let latest, latest.sequence != report.sequence { return report }
                latest = report
            } else if let latest {
                return latest
            } else if message == nil {
                throw ClientError.timedOut(
                    .reply, endpoint: endpoint, after: connection.client.timeout, last: nil)
            }
        }
    }

    /// A little more than the default of `status.interval_seconds`.
    private static var interval: Duration { .milliseconds(1_200) }
}
