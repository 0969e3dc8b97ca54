import Features
import WireFormat

/// Round trips of predictions beside those of a bare echo.
struct LatencySection {
    let effort: Effort
    let programs: Programs

    /// Round trip times of both in one round, in order of their length.
    private struct Round {
        var predict: [Double]
        var echo: [Double]
    }

    func run(into report: inout Report) throws {
        let daemon = try DaemonProcess(programs)
        let echo = try ChildProcess(Programs.thisOne, ["echo"])
        let predictClient = try RoundTripClient(to: daemon.endpoint("predict"))
        let echoClient = try RoundTripClient(to: echo.readLine())
        do {
            let sender = try SenderProcess(
                programs, to: daemon, form: .float32, seconds: 0.01, rounds: 1)
            _ = try sender.result()
        }
        try measure("idle", predictClient, echoClient, into: &report)
        // Longer than all rounds; it is ended when they are over.
        let sender = try SenderProcess(
            programs, to: daemon, form: .float32, seconds: 3_600, rounds: 1)
        try measure("learning", predictClient, echoClient, into: &report)
        let control = try RoundTripClient(to: daemon.endpoint("control"))
        try measure("learning and changing structure", predictClient, echoClient, into: &report) {
            number in
            guard number % Self.requestsPerChange == 0 else { return }
            let grows = number / Self.requestsPerChange % 2 == 0
            try control.post([grows ? Self.growth : Self.shrinkage])
        }
        withExtendedLifetime(sender) {}
    }

    private static let requestsPerChange = 50
    private static let growth = Array(#"{"op":"grow","layer":0,"units":32}"#.utf8)
    private static let shrinkage = Array(#"{"op":"shrink","layer":0,"units":32}"#.utf8)

    private func measure(
        _ state: String, _ predict: borrowing RoundTripClient, _ echo: borrowing RoundTripClient,
        into report: inout Report, before: (Int) throws -> Void = { _ in }
    ) throws {
        let stream = SyntheticStream(featureCount: SyntheticStream.sentFeatureCount, rowCount: 64)
        let object = try SampleEncoder(form: .object).encode(
            stream.positional(0..<1), request: RequestEnvelope())
        let buffers = try SampleEncoder(form: .buffers, precision: .float32).encode(
            stream.positional(0..<64))
        for (size, request) in [("one sample", object), ("64 samples", buffers)] {
            var rounds: [Round] = []
            for _ in 0..<effort.rounds {
                rounds.append(
                    Round(
                        predict: try predict.measure(request, effort, before: before),
                        echo: try echo.measure(request, effort)))
            }
            add(rounds, "\(size), \(state)", to: &report)
        }
    }

    private func add(_ rounds: [Round], _ name: String, to report: inout Report) {
        for (title, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
            let predict = rounds.map { Self.quantile(share, of: $0.predict) }
            let echo = rounds.map { Self.quantile(share, of: $0.echo) }
            report.add(.latency, "\(name): predict \(title)", .microseconds, predict)
            report.add(.latency, "\(name): echo \(title)", .microseconds, echo)
            report.add(
                .latency, "\(name): predict/echo \(title)", .ratio,
                zip(predict, echo).map { $0 / $1 })
        }
    }

    /// The smallest value that this share of the sorted values does not exceed.
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let rank = (share * Double(sorted.count)).rounded(.up)
        return sorted[min(sorted.count - 1, max(0, Int(rank) - 1))]
    }
}
