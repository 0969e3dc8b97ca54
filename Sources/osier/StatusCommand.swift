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
        // The daemon gives the latest status to a new subscriber at once.
        while let message = try subscriber.next() {
            if case .status(let report) = message { return report }
        }
        throw ClientError.timedOut(
            .reply, endpoint: endpoint, after: connection.client.timeout, last: nil)
    }
}
