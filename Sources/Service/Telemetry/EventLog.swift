import Foundation
import Logging
import Settings
import WireFormat

/// The daemon's log: one line per event, on standard error, and no flood.
///
/// What producers send stands in it at level `debug` and below only: their data is not the log's
/// business unless somebody asks.
public struct EventLog: Sendable {
    private let logger: Logger

    /// A log as the settings want it.
    public init(_ settings: LogSettings) {
        let limiter = LogLimiter()
        var logger = Logger(label: "osier") { _ in
            LineLogHandler(format: settings.format, limiter: limiter) { line in
                FileHandle.standardError.write(Data(line))
            }
        }
        logger.logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        self.logger = logger
    }

    func debug(_ message: String, file: String = #fileID, line: UInt = #line) {
        logger.debug("\(message)", file: file, line: line)
    }

    func info(_ message: String, file: String = #fileID, line: UInt = #line) {
        logger.info("\(message)", file: file, line: line)
    }

    func warning(_ message: String, file: String = #fileID, line: UInt = #line) {
        logger.warning("\(message)", file: file, line: line)
    }

    func error(_ message: String, file: String = #fileID, line: UInt = #line) {
        logger.error("\(message)", file: file, line: line)
    }

    /// Whether details are wanted that may hold what producers sent.
    var showsContents: Bool { logger.logLevel <= .debug }
}

/// Writes each event as one line, for people or for programs.
struct LineLogHandler: LogHandler {
    let format: LogSettings.Format
    let limiter: LogLimiter
    let write: @Sendable ([UInt8]) -> Void
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(
        format: LogSettings.Format, limiter: LogLimiter,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.format = format
        self.limiter = limiter
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let leftOut = limiter.admit(file: event.file, line: event.line, at: .now) else {
            return
        }
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        switch format {
        case .text:
            var text = "\(time) \(event.level) \(Self.oneLine("\(event.message)"))"
            if leftOut > 0 { text += " (\(leftOut) more like this were left out before)" }
            write(Array((text + "\n").utf8))
        case .json:
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("time")
            writer.write(time)
            writer.key("level")
            writer.write(event.level.rawValue)
            writer.key("message")
            writer.write("\(event.message)")
            if leftOut > 0 {
                writer.key("left_out")
                writer.write(leftOut)
            }
            writer.endObject()
            writer.endLine()
            write(writer.bytes)
        }
    }

    /// Control characters would end the line, or be acted upon by a terminal.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    $0.properties.generalCategory == .control ? "·" : $0
                }))
    }
}
