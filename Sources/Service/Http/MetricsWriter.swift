/// Writes the text format of Prometheus, version 0.0.4: help and type of a metric, then samples.
struct MetricsWriter {
    enum Kind: String { case counter, gauge, histogram }

    /// Names with their values, in the order in which they are written.
    typealias Labels = KeyValuePairs<String, String>

    private(set) var bytes: [UInt8] = []

    init() {}

    /// A metric of one sample.
    mutating func write(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        begin(name, kind, help)
        sample(name, [:], value)
    }

    mutating func write(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
        write(name, kind, help, Double(value))
    }

    /// A metric that is left out where there is no value.
    mutating func writeIfPresent(
        _ name: String, _ kind: Kind, _ help: String, _ value: Double?
    ) {
        guard let value else { return }
        write(name, kind, help, value)
    }

    /// Help and type; the samples follow.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        bytes += "# HELP \(name) ".utf8
        append(escaping: help, quotes: false)
        bytes += "\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
        bytes += name.utf8
        var separator = UInt8(ascii: "{")
        for (label, text) in labels {
            bytes.append(separator)
            bytes += label.utf8
            bytes += "=\"".utf8
            append(escaping: text, quotes: true)
            bytes.append(UInt8(ascii: "\""))
            separator = UInt8(ascii: ",")
        }
        bytes += (labels.isEmpty ? " " : "} ").utf8
        bytes += Self.text(value).utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func write(_ name: String, _ help: String, _ reading: LatencyHistogram.Reading) {
        begin(name, .histogram, help)
        var total = 0
        for (index, count) in reading.counts.enumerated() {
            total += count
            let bounds = LatencyHistogram.boundsNanoseconds
            let bound = index < bounds.count ? Self.text(Double(bounds[index]) / 1e9) : "+Inf"
            sample("\(name)_bucket", ["le": bound], Double(total))
        }
        sample("\(name)_sum", [:], Double(reading.sumNanoseconds) / 1e9)
        sample("\(name)_count", [:], Double(total))
    }

    /// Byte by byte: a page has some hundred labels, and is asked for all the time.
    private mutating func append(escaping text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\"") where quotes: bytes += "\\\"".utf8
            default: bytes.append(byte)
            }
        }
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Counts are written without a fraction, as people expect of them.
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int(value)) }
        return value.description
    }
}
