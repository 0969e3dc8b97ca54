import ArgumentParser
import Foundation
import Learner
import Logging
import Service
import Settings
import Storage

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

    @Option(
        name: .customLong("import"),
        help: """
            Start from this safetensors file: one of Osier's own, or linear layers saved by PyTorch.
            """)
    var importFile: String?

    func run() throws {
        let settings = try source.load()
        if check {
            for (key, value) in settings.listing { print("\(key): \(value)") }
            return
        }
        let imported = try importFile.map { try Self.imported($0, for: settings) }
        let log = EventLog(settings.log)
        let daemon = Daemon(
            settings: settings, log: log, acceptsDataLoss: acceptDataLoss, imported: imported)
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

    /// Reads the model to start from, and tells how the file became one.
    private static func imported(_ file: String, for settings: Settings) throws -> ImportedModel {
        do {
            let read = try ModelImport(
                bytes: try WholeFile.bytes(file), configuration: settings.learner)
            for note in read.notes { StandardError.write("import: \(note)") }
            return read.model
        } catch {
            StandardError.write("osier: --import \(file): \(error)")
            throw ExitStatus.failure
        }
    }
}

/// Files that are read at once.
enum WholeFile {
    /// Larger ones are no model.
    private static let limit = 4 << 30

    /// - Throws: ``Unreadable``.
    static func bytes(_ path: String) throws(Unreadable) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let data = try handle.read(upToCount: limit + 1) ?? Data()
            guard data.count <= limit else {
                throw Unreadable(description: "it is larger than \(limit) bytes")
            }
            return Array(data)
        } catch let error as Unreadable {
            throw error
        } catch {
            throw Unreadable(
                description: "it cannot be read; check that it is a file and may be read")
        }
    }

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }
}
