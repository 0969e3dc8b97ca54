import Features
import WireFormat

/// Predictions per second of a large network for one client that waits for each answer, and for
/// one that has many requests under way, which are taken through the network together.
struct PredictionSection {
    let effort: Effort
    let programs: Programs

    private static let featureCount = 100
    private static let outstanding = 64

    func run(into report: inout Report) throws {
        let daemon = try DaemonProcess(programs, ["model.hidden=[1024,1024]"])
        let stream = SyntheticStream(featureCount: Self.featureCount, rowCount: 64)
        let encoder = SampleEncoder(form: .buffers, precision: .float32)
        _ = try RoundTripClient(to: daemon.endpoint("learn")).measure(
            encoder.encode(stream.positional(0..<64)), .single)
        let client = try RoundTripClient(to: daemon.endpoint("predict"))
        let request = try encoder.encode(stream.positional(0..<1))
        var alone: [Double] = []
        var queued: [Double] = []
        for _ in 0..<effort.rounds {
            alone.append(try client.rate(request, outstanding: 1, effort))
            queued.append(try client.rate(request, outstanding: Self.outstanding, effort))
        }
        report.add(.predictions, "one request at a time", .samplesPerSecond, alone)
        let name = "\(Self.outstanding) requests under way"
        report.add(.predictions, name, .samplesPerSecond, queued)
        report.add(
            .predictions, "\(name): ratio to one", .ratio, zip(queued, alone).map { $0 / $1 })
    }
}
