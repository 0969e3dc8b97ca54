import ArgumentParser
import CommandSupport
import Foundation
import OsierClient
import WireFormat
import ZeroMQ

/// `osier control`: a command for a running daemon.
struct ControlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control", abstract: "Give a command to a daemon.",
        discussion: """
            For example:
              osier control grow layer=0 units=16
              osier control optimizer name=adam learning_rate=0.002
              osier control distill hidden=32,16
              osier control prune criterion=magnitude scope=units fraction=0.2
              osier control controller policy=rules mode=observe
              osier control budget cpu_fraction=0.5 max_parameters=20000
            A value is a number, true, false, null, any other JSON, a list such as 32,16, or text.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Argument(
        help: """
            status, schema, ping, digest, pause, resume, checkpoint, grow, shrink, insert_layer, \
            remove_layer, prune, restore, refresh, distill, controller, budget, optimizer, \
            schedule, export or shutdown.
            """)
    var operation: String

    @Argument(help: "Arguments of the operation, each NAME=VALUE.")
    var arguments: [String] = []

    @Flag(help: "Print the reply as JSON.")
    var json = false

    func validate() throws {
        do {
            guard case .export(_, nil) = try request().operation else { return }
        } catch let error as ControlLine.WordError {
            throw ValidationError(error.description)
        } catch is ControlRequest.Failure {
            // Told when it runs, with the code of the protocol and the exit code of a refusal.
            return
        }
        guard !json, isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError(
                "the model's file goes to standard output: write > FILE behind the command and "
                    + "leave out --json, or add name=FILE to have the daemon write it")
        }
    }

    func run() throws {
        let operation: ControlRequest.Operation
        do {
            operation = try request().operation
        } catch let failure as ControlRequest.Failure {
            StandardError.write("osier: \(failure.refusal)")
            throw ExitStatus.failure
        }
        try reportingFailures {
            let interruption = try Interruption()
            defer { withExtendedLifetime(interruption) {} }
            var client = try ControlClient(
                Context(), to: connection.to ?? DefaultEndpoint.control,
                options: connection.client)
            if case .export(let format, nil) = operation {
                try export(format, through: &client)
            } else {
                show(try client.perform(operation))
            }
        }
    }

    /// The request; what no daemon would accept is refused here.
    private func request() throws -> ControlRequest {
        let bytes = try ControlLine.request(operation, arguments)
        return try ControlRequest(decoding: bytes)
    }

    /// The file goes to standard output, and nothing else does.
    private func export(
        _ format: ControlRequest.ExportFormat, through client: inout ControlClient
    ) throws {
        let (report, file) = try client.export(format)
        FileHandle.standardOutput.write(Data(file))
        StandardError.write("\(report.format), \(Figures.bytes(file.count))")
    }

    private func show(_ reply: ControlReply.Body) {
        if json {
            print(String(decoding: ControlReply(reply).encoded, as: UTF8.self))
        } else {
            for line in ControlText.lines(reply) { print(line) }
        }
    }
}
