import ArgumentParser
import CommandSupport
import Datasets
import Features
import Foundation
import OsierClient
import WireFormat
import ZeroMQ

/// `osier send`: streams a file to a daemon.
struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Stream a file to a daemon.",
        discussion: """
            Without --ack samples go to the socket `samples`: a full daemon holds them back, but a \
            crash may take some. With --ack they go to `learn`, and each is acknowledged.
            """)

    @OptionGroup var input: DatasetOptions
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Have every sample acknowledged (socket learn), and report those refused.")
    var ack = false

    @Option(help: "Send so many samples per second.")
    var rate: Double?

    @Option(help: "Send as the samples' own times (t) say, so many times faster.")
    var speedup: Double?

    @Option(help: "Samples in each message, at most.")
    var batch = 64

    @Flag(name: .customLong("loop"), help: "Begin again at the end of the file, until Ctrl-C.")
    var isEndless = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard (1...65_536).contains(batch) else {
            throw ValidationError("--batch \(batch): must be from 1 to 65536")
        }
        for (name, value) in [("--rate", rate), ("--speedup", speedup)] {
            guard let value else { continue }
            guard value > 0, value.isFinite else {
                throw ValidationError("\(name) \(value): must be above 0")
            }
        }
        guard rate == nil || speedup == nil else {
            throw ValidationError("--rate and --speedup both say when samples go: give one")
        }
        guard !isEndless || input.file != "-" else {
            throw ValidationError("standard input cannot be read again: leave out --loop")
        }
    }

    /// Opens the file. Ctrl-C ends the writer of a pipe as well, so the input may end before this
    /// process does.
    private func open(_ interruption: Interruption) throws -> DatasetReader {
        do {
            return try input.open(task: nil)
        } catch {
            let patience = input.file == "-" ? Duration.milliseconds(200) : .zero
            if interruption.isRequested(within: patience) { throw ExitStatus.interrupted }
            throw error
        }
    }

    func run() throws {
        try reportingFailures {
            let interruption = try Interruption(grace: .milliseconds(500))
            // The file is opened first: what is wrong with it should not wait for a daemon.
            let first = try open(interruption)
            let progress = Progress(title: "send")
            let start = ContinuousClock.now
            let delivery = try makeDelivery(progress)
            var run = SendRun(
                delivery, pace: pace, batch: batch, limit: input.limit, progress: progress,
                interruption: interruption)
            defer { progress.finish() }
            do {
                try send(first, with: &run)
                try delivery.finish()
            } catch is SendRun.Interrupted {
                report(run, delivery, progress, since: start)
                throw ExitStatus.interrupted
            }
            report(run, delivery, progress, since: start)
            if run.sentCount > 0, delivery.acceptedCount == 0 { throw ExitStatus.failure }
        }
    }

    private var pace: Pacer.Pace {
        if let rate { return .rate(rate) }
        return speedup.map { .eventTime(speedup: $0) } ?? .unlimited
    }

    private func makeDelivery(_ progress: Progress) throws -> any SampleDelivery {
        // Buffers of doubles: the daemon learns the very numbers that are in the file.
        let encoder = SampleEncoder(form: .buffers, fallback: .lines)
        let stall = Stall(progress: progress)
        if ack {
            return try AcknowledgedDelivery(
                to: connection.to ?? DefaultEndpoint.learn, encoder, connection.client,
                stall, input)
        }
        return try PushDelivery(
            to: connection.to ?? DefaultEndpoint.samples, encoder, connection.client, stall)
    }

    private func send(_ first: consuming DatasetReader, with run: inout SendRun) throws {
        var reader = first
        while true {
            run.beginPass()
            // The run counts by itself: a limit holds for all passes together.
            try input.forEachBlock(of: &reader, blockSize: batch, progress: run.progress) {
                try run.send($0)
            }
            run.unreadableCount += reader.rejectedCount
            guard isEndless, !run.isComplete else { return }
            guard run.passCount > 0 else {
                StandardError.write("osier: \(input.file) has no sample to repeat")
                throw ExitStatus.failure
            }
            reader = try input.open(task: nil)
        }
    }

    private func report(
        _ run: SendRun, _ delivery: any SampleDelivery, _ progress: Progress,
        since start: ContinuousClock.Instant
    ) {
        progress.finish()
        let result = SendResult(
            sent: run.sentCount, accepted: delivery.acceptedCount,
            rejected: delivery.rejectedCount, unreadable: run.unreadableCount,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        print(json ? result.json : result.text)
    }
}
