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
        bytes += "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
        bytes += "\(name)\(Self.text(labels)) \(Self.text(value))\n".utf8
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

    private static func text(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            "\(name)=\"\(escaped(value).replacing("\"", with: "\\\""))\""
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Counts are written without a fraction, as people expect of them.
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int(value)) }
        return value.description
    }
}
