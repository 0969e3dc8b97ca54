import ArgumentParser
import CommandSupport
import OsierClient
import Storage
import WireFormat
import ZeroMQ

/// `osier export`: the live model of a daemon into a file here.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Fetch the live model of a daemon into a file.",
        discussion: """
            safetensors holds the network with schema and statistics, for NumPy and for
            `osier serve --import`; onnx is a graph from raw features to answers.
            """)

    @Option(help: "safetensors or onnx.")
    var format: ControlRequest.ExportFormat

    @Argument(help: "The file to write; it appears when it is complete.")
    var file: String

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try reportingFailures {
            let interruption = try Interruption()
            defer { withExtendedLifetime(interruption) {} }
            var client = try ControlClient(
                Context(), to: connection.to ?? DefaultEndpoint.control,
                options: connection.client)
            let bytes = try client.export(format).file
            do {
                try AtomicFile.write(bytes, to: file, permissions: 0o666)
            } catch {
                StandardError.write("osier: \(error)")
                throw ExitStatus.failure
            }
            print("\(file): \(format.rawValue), \(Figures.bytes(bytes.count))")
        }
    }
}

extension ControlRequest.ExportFormat: ExpressibleByArgument {}
