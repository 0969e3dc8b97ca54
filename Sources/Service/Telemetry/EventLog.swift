import Foundation
import Logging
import Settings
import WireFormat

/// The daemon's log: one line per event, on standard error.
public struct EventLog: Sendable {
    private let logger: Logger

    /// A log as the settings want it.
    public init(_ settings: LogSettings) {
        var logger = Logger(label: "osier") { _ in LineLogHandler(format: settings.format) }
        logger.logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        self.logger = logger
    }

    func info(_ message: String) { logger.info("\(message)") }
    func warning(_ message: String) { logger.warning("\(message)") }
    func error(_ message: String) { logger.error("\(message)") }
}

/// Writes each event as one line, for people or for programs.
private struct LineLogHandler: LogHandler {
    let format: LogSettings.Format
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(format: LogSettings.Format) { self.format = format }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date().formatted(.iso8601)
        let line: [UInt8]
        switch format {
        case .text:
            line = Array("\(time) \(event.level) \(event.message)\n".utf8)
        case .json:
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("time")
            writer.write(time)
            writer.key("level")
            writer.write(event.level.rawValue)
            writer.key("message")
            writer.write("\(event.message)")
            writer.endObject()
            writer.endLine()
            line = writer.bytes
        }
        FileHandle.standardError.write(Data(line))
    }
}
