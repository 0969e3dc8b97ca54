import Features
import Foundation
import WireFormat

/// What it costs that acknowledged samples survive: throughput and acknowledgement times by
/// `journal.sync`, predictions while checkpoints are written, and the restart of a large model.
struct DurabilitySection {
    let effort: Effort
    let programs: Programs

    /// A directory that is gone with the value.
    private final class Scratch {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "osier-benchmark-\(UUID().uuidString)")

        init() throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: url) }
    }

    func run(into report: inout Report) throws {
        try measureSync(into: &report)
        for sync in ["always", "interval", "never"] {
            try withDirectory { try measure(sync, in: $0, into: &report) }
        }
        for (name, seconds) in [("no checkpoints", 3_600), ("20 checkpoints a second", 0.05)] {
            try withDirectory {
                try measurePredictions(
                    "predict beside \(name)", checkpointSeconds: seconds, in: $0, into: &report)
            }
        }
        try withDirectory { try measureLargeModel(in: $0, into: &report) }
    }

    /// Lends a storage directory until the body, and every daemon in it, is done.
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let scratch = try Scratch()
        try body(scratch.url.appendingPathComponent("store").path)
        withExtendedLifetime(scratch) {}
    }

    /// The disk's own speed, beside which the others have to be read.
    private func measureSync(into report: inout Report) throws {
        let scratch = try Scratch()
        let path = scratch.url.appendingPathComponent("sync").path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BenchmarkError("\(path) cannot be written") }
        let page = Data(repeating: 1, count: 4_096)
        var rounds: [[Double]] = []
        for _ in 0..<effort.rounds {
            var times: [Double] = []
            for _ in 0..<min(effort.requestCount, 500) {
                let start = ContinuousClock.now
                try file.write(contentsOf: page)
                guard fdatasync(file.fileDescriptor) == 0 else {
                    throw BenchmarkError("\(path) cannot be synced")
                }
                times.append((ContinuousClock.now - start) / .microseconds(1))
            }
            rounds.append(times.sorted())
        }
        add("sync of 4 KiB", rounds, to: &report)
    }

    private func measure(
        _ sync: String, in directory: String, into report: inout Report
    ) throws {
        let daemon = try DaemonProcess(
            programs, ["journal.sync=\(sync)", "storage.directory=\(directory)"])
        let sender = try SenderProcess(
            programs, to: daemon, form: .acknowledged, seconds: effort.sendingSeconds,
            rounds: effort.rounds)
        let (sampleCount, rounds) = try sender.result()
        report.add(
            .durability, "sync \(sync): acknowledged buffers of 64", .samplesPerSecond,
            rounds.map { $0.sampleCount / $0.seconds })
        for thread in daemon.threadNanoseconds() {
            report.add(
                .durability, "sync \(sync): \(thread.name)", .nanosecondsPerSample,
                [thread.nanoseconds / sampleCount])
        }
        let client = try RoundTripClient(to: daemon.endpoint("learn"))
        let stream = SyntheticStream(featureCount: SyntheticStream.sentFeatureCount, rowCount: 64)
        let request = try SampleEncoder(form: .buffers, precision: .float32).encode(
            stream.positional(0..<64))
        var times: [[Double]] = []
        for _ in 0..<effort.rounds { times.append(try client.measure(request, effort)) }
        add("sync \(sync): acknowledgement", times, to: &report)
    }

    /// Round trips of single predictions while samples are learned and acknowledged.
    private func measurePredictions(
        _ name: String, checkpointSeconds: Double, in directory: String, into report: inout Report
    ) throws {
        let daemon = try DaemonProcess(
            programs,
            [
                "model.hidden=[128,128]", "checkpoint.interval_seconds=\(checkpointSeconds)",
                "checkpoint.interval_samples=1000000000000", "journal.max_bytes=1000000000000",
                "storage.directory=\(directory)",
            ])
        // Longer than all rounds; it is ended when they are over.
        let sender = try SenderProcess(
            programs, to: daemon, form: .acknowledged, seconds: 3_600, rounds: 1)
        let client = try RoundTripClient(to: daemon.endpoint("predict"))
        let question = try SampleEncoder(form: .object).encode(
            SyntheticStream(featureCount: SyntheticStream.sentFeatureCount, rowCount: 1).positional(
                0..<1),
            request: RequestEnvelope())
        var times: [[Double]] = []
        for _ in 0..<effort.rounds { times.append(try client.measure(question, effort)) }
        withExtendedLifetime(sender) {}
        add(name, times, to: &report)
    }

    /// A model near the limit of parameters: how long a checkpoint takes, and a restart from it.
    private func measureLargeModel(in directory: String, into report: inout Report) throws {
        let width = effort.sendingSeconds < 1 ? 32 : 990
        let settings = [
            "model.hidden=[\(width),\(width)]", "optimizer.name=adam",
            "checkpoint.interval_seconds=3600", "storage.directory=\(directory)",
        ]
        let stream = SyntheticStream(featureCount: 16, rowCount: 64)
        let samples = try SampleEncoder(form: .buffers, precision: .float32).encode(
            stream.positional(0..<64))
        var checkpoints: [Double] = []
        do {
            let daemon = try DaemonProcess(programs, settings)
            let once = Effort.single
            _ = try RoundTripClient(to: daemon.endpoint("learn")).measure(samples, once)
            let control = try RoundTripClient(to: daemon.endpoint("control"))
            let request = [Array(#"{"op":"checkpoint"}"#.utf8)]
            for _ in 0..<effort.rounds {
                checkpoints.append(try control.measure(request, once)[0] / 1e6)
            }
        }
        report.add(.durability, "large model: checkpoint", .seconds, checkpoints)
        var restarts: [Double] = []
        for _ in 0..<effort.rounds {
            let start = ContinuousClock.now
            let daemon = try DaemonProcess(programs, settings)
            let question = try SampleEncoder(form: .object).encode(
                stream.positional(0..<1), request: RequestEnvelope())
            _ = try RoundTripClient(to: daemon.endpoint("predict")).measure(question, .single)
            restarts.append((ContinuousClock.now - start) / .seconds(1))
        }
        report.add(.durability, "large model: restart", .seconds, restarts)
    }

    /// Adds the median and the slowest hundredth of times in microseconds, sorted in each round.
    private func add(_ name: String, _ rounds: [[Double]], to report: inout Report) {
        for (title, share) in [("p50", 0.5), ("p99", 0.99)] {
            report.add(
                .durability, "\(name) \(title)", .microseconds,
                rounds.map { $0[min(Int(share * Double($0.count)), $0.count - 1)] })
        }
    }
}
