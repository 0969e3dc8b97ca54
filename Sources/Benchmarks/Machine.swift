import Foundation
import WireFormat

/// What the figures were taken on.
struct Machine {
    let processor: String
    let coreCount = ProcessInfo.processInfo.activeProcessorCount
    let memoryBytes = ProcessInfo.processInfo.physicalMemory
    let kernel: String

    init() {
        let lines = Self.text(of: "/proc/cpuinfo").split(separator: "\n")
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        processor = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        kernel = Self.text(of: "/proc/sys/kernel/osrelease").trimmingCharacters(in: .newlines)
    }

    var summary: String {
        let gibibytes = Double(memoryBytes) / 1_073_741_824
        return "\(processor), \(coreCount) cores, "
            + String(format: "%.0f GiB", gibibytes) + ", Linux \(kernel)"
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("cpu")
        writer.write(processor)
        writer.key("cores")
        writer.write(coreCount)
        writer.key("memory_bytes")
        writer.write(memoryBytes)
        writer.key("kernel")
        writer.write(kernel)
        writer.endObject()
    }

    private static func text(of path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
