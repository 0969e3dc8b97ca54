import Foundation
import Service
import WireFormat

/// One measured quantity, taken in several rounds.
struct Figure: Sendable {
    enum Unit: String, Sendable {
        case nanosecondsPerSample = "ns/sample"
        case samplesPerSecond = "samples/s"
        case microseconds = "us"
        case seconds = "s"
        case gigaflops = "GFLOP/s"
        case gigabytesPerSecond = "GB/s"
        case ratio
        case bytes
    }

    let section: SectionName
    let name: String
    let unit: Unit
    /// By round; not empty.
    let values: [Double]

    var median: Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
    var minimum: Double { values.min() ?? .nan }
    var maximum: Double { values.max() ?? .nan }
}

/// All figures of a run, and where they were taken.
struct Report {
    private let isQuick: Bool
    private let machine = Machine()
    private let date = ISO8601DateFormatter().string(from: Date())
    private(set) var figures: [Figure] = []

    init(isQuick: Bool) { self.isQuick = isQuick }

    mutating func add(
        _ section: SectionName, _ name: String, _ unit: Figure.Unit, _ values: [Double]
    ) {
        precondition(!values.isEmpty, "\(name) was never measured")
        figures.append(Figure(section: section, name: name, unit: unit, values: values))
    }

    /// The object that `--help` describes.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("version")
        writer.write(1)
        writer.key("date")
        writer.write(date)
        writer.key("osier")
        writer.write(Version.current)
        writer.key("quick")
        writer.write(isQuick)
        writer.key("machine")
        machine.write(to: &writer)
        writer.key("figures")
        writer.beginArray()
        for figure in figures { write(figure, to: &writer) }
        writer.endArray()
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private func write(_ figure: Figure, to writer: inout JSONWriter) {
        writer.beginObject()
        let texts = [
            ("section", figure.section.rawValue), ("name", figure.name),
            ("unit", figure.unit.rawValue),
        ]
        for (key, text) in texts {
            writer.key(key)
            writer.write(text)
        }
        let numbers = [
            ("median", figure.median), ("minimum", figure.minimum), ("maximum", figure.maximum),
        ]
        for (key, number) in numbers {
            writer.key(key)
            writer.write(number)
        }
        writer.key("rounds")
        writer.write(figure.values.count)
        writer.endObject()
    }

    /// A table for each section.
    var markdown: String {
        var lines = ["Osier \(Version.current), \(date), \(machine.summary)"]
        if isQuick { lines += ["", "A quick run: it shows that everything runs, and no speed."] }
        for section in SectionName.allCases {
            let rows = figures.filter { $0.section == section }
            guard !rows.isEmpty else { continue }
            lines += ["", "## \(section.rawValue)", "", section.explanation, ""]
            lines += ["| | median | range | unit |", "|---|---:|---:|---|"]
            for row in rows {
                let range = "\(Self.text(row.minimum))..\(Self.text(row.maximum))"
                lines.append(
                    "| \(row.name) | \(Self.text(row.median)) | \(range) | \(row.unit.rawValue) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Three digits that count, and every digit before the point.
    private static func text(_ value: Double) -> String {
        let digits = value < 10 ? 2 : value < 100 ? 1 : 0
        return String(format: "%.\(digits)f", value)
    }
}
