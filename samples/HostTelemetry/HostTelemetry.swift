import ArgumentParser
import Foundation
import WireFormat
import ZeroMQ

/// Publishes this machine's own figures, each labelled with the CPU use that followed: a stream
/// that every machine has, to see a daemon learn.
@main
struct HostTelemetry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "HostTelemetry",
        abstract: "Publishes this machine's figures, labelled with the CPU use that followed.",
        discussion: """
            Each message on the PUB socket has a topic frame and one JSON sample:
            {"x":{"cpu":12.5,"load_1m":0.3,…},"y":37.5,"t":1700000000.1}. x are the figures of one \
            moment, y is the total CPU use in percent a second later. Feed it to a daemon with
            `osier serve --set sockets.feed=tcp://127.0.0.1:5700`.
            """)

    @Option(help: "Where to publish.")
    var endpoint = "tcp://127.0.0.1:5700"

    @Option(help: "Topic frame of each message.")
    var topic = "host"

    @Option(help: "Samples per second, from 0.1 to 100.")
    var rate = 10.0

    @Option(help: "Seconds from a sample to its label, at least one sample's time.")
    var ahead = 1.0

    @Option(help: "Stop after so many samples.")
    var count: Int?

    func validate() throws {
        guard rate >= 0.1, rate <= 100 else {
            throw ValidationError("--rate \(rate): must be from 0.1 to 100; 10 is a good start")
        }
        guard ahead * rate >= 0.5, ahead <= 3_600 else {
            throw ValidationError(
                "--ahead \(ahead): must be from \(1 / rate), one sample's time, to 3600")
        }
        if let count, count < 1 {
            throw ValidationError("--count \(count): must be at least 1")
        }
    }

    func run() throws {
        let signals = try SignalDescriptor([SIGTERM, SIGINT])
        let socket = try Socket(Context(), .pub, linger: .seconds(1))
        try socket.bind(to: endpoint)
        let ready = "publishing topic \"\(topic)\" on \(try socket.lastEndpoint)\n"
        FileHandle.standardError.write(Data(ready.utf8))

        var schedule = Schedule(rate: rate)
        var features = HostFeatures(first: try HostReading.now())
        var delay = LabelDelay(ticks: max(1, Int((ahead * rate).rounded())))
        var publishedCount = 0
        while publishedCount != count, try schedule.waitForTick(orSignal: signals) {
            let present = features.advance(
                to: try HostReading.now(), seconds: schedule.secondsSinceLastTick)
            guard let earlier = delay.exchange(present.features, at: schedule.tick) else {
                continue
            }
            let sample = encodeSample(
                earlier, target: present.processorUse, time: Date().timeIntervalSince1970)
            // A PUB socket never waits: what a subscriber cannot take is dropped for it.
            _ = try socket.trySend([Array(topic.utf8), sample])
            publishedCount += 1
        }
    }
}

/// One sample as JSON.
///
/// - Parameters:
///   - target: Finite. Written with a fraction even when it is whole, so that a daemon takes it for
///     a number to predict and not for a class.
///   - time: Seconds since the epoch.
func encodeSample(_ features: [HostFeatures.Feature], target: Double, time: Double) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("x")
    writer.beginObject()
    for feature in features {
        writer.key(feature.name)
        writer.write(feature.value)
    }
    writer.endObject()
    writer.key("y")
    writer.write(target)
    writer.key("t")
    writer.write(time)
    writer.endObject()
    return writer.bytes
}
