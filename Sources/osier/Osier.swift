import ArgumentParser
import Foundation
import Service

/// The `osier` command.
@main
struct Osier: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "osier",
        abstract: "Learns from a live stream and answers predictions meanwhile.",
        version: "osier \(Version.current)",
        subcommands: [
            ServeCommand.self, EvaluateCommand.self, SendCommand.self, PredictCommand.self,
            StatusCommand.self, WatchCommand.self, ControlCommand.self, ExportCommand.self,
            ReplayCommand.self, InspectCommand.self, SimulateCommand.self, TrainPolicyCommand.self,
        ])

    static func main() {
        if let refusal = KernelChoice.follow(ProcessInfo.processInfo.environment) {
            StandardError.write(refusal)
            Foundation.exit(ExitStatus.configuration.rawValue)
        }
        main(nil)
    }
}
