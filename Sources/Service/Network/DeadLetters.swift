import Features
import Foundation
import WireFormat
import ZeroMQ

/// The file of refused messages: one JSON object a line with code, message, socket and body.
///
/// Bounded: beyond ``maxBytes`` the file becomes the `.old` one and a new one begins.
final class DeadLetters: Sendable {
    private static let maxBytes: UInt64 = 16 * 1_048_576
    /// Of each frame so much is kept.
    private static let maxFrameBytes = 4_096

    private let path: String

    /// - Parameter directory: Made when it is not there.
    init(directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        path = directory + "/dead-letters.jsonl"
        if !FileManager.default.fileExists(atPath: path) {
            try Data().write(to: URL(fileURLWithPath: path))
        }
    }

    /// Appends a message. What the disk refuses is lost here; the refusal is counted all the same.
    func append(_ message: Multipart, from first: Int, refusal: Refusal, socket: String) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("time")
        writer.write(Date().timeIntervalSince1970)
        writer.key("socket")
        writer.write(socket)
        writer.key("code")
        writer.write(refusal.code.rawValue)
        writer.key("message")
        writer.write(refusal.message)
        writer.key("frames")
        writer.beginArray()
        for index in first..<max(first, message.frameCount) {
            let bytes = message.bytes(ofFrame: index).prefix(Self.maxFrameBytes)
            writer.write(String(decoding: bytes, as: UTF8.self))
        }
        writer.endArray()
        writer.endObject()
        writer.endLine()
        guard let file = FileHandle(forWritingAtPath: path) else { return }
        defer { try? file.close() }
        guard let end = try? file.seekToEnd() else { return }
        try? file.write(contentsOf: Data(writer.bytes))
        if end > Self.maxBytes { turnOver() }
    }

    private func turnOver() {
        let old = path + ".old"
        try? FileManager.default.removeItem(atPath: old)
        try? FileManager.default.moveItem(atPath: path, toPath: old)
        try? Data().write(to: URL(fileURLWithPath: path))
    }
}
