import ArgumentParser
import Foundation
import Logging
import Service
import Settings

/// `osier serve`: the daemon in the foreground.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the daemon in the foreground.")

    @OptionGroup var source: SettingsOptions

    @Flag(help: "Only check the configuration.")
    var check = false

    @Option(help: "Write the endpoints as JSON to this file once everything is bound.")
    var portFile: String?

    @Flag(
        help: """
            Go on without what is damaged or missing in the storage directory; the damaged file \
            is kept.
            """)
    var acceptDataLoss = false

    func run() throws {
        let settings = try source.load()
        if check {
            for (key, value) in settings.listing { print("\(key): \(value)") }
            return
        }
        let log = EventLog(settings.log)
        let daemon = Daemon(
            settings: settings, log: log, acceptsDataLoss: acceptDataLoss)
        do {
            try daemon.run(portFile: portFile) { endpoints in
                print("osier \(Version.current) is ready: \(endpoints.summary)")
                // The line must be there for whoever waits for it through a pipe.
                fflush(nil)
            }
        } catch {
            StandardError.write("osier: \(error)")
            throw ExitStatus.failure
        }
    }
}
