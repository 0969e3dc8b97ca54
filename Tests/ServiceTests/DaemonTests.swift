import Features
import Learner
import Randomness
import Settings
import Storage
import Testing
import WireFormat
import ZeroMQ

@testable import Service

@Suite("A running daemon", .timeLimit(.minutes(3))) struct DaemonTests {
    /// The samples of a seed, in the JSON that goes over the wire.
    private func samples(_ count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let a = generator.nextNormal()
            let b = generator.nextNormal()
            return #"{"x":[\#(a),\#(b)],"y":\#(3 * a - b)}"#
        }
    }

    private func learner(after samples: [String], settings: Settings) throws -> Learner {
        var learner = Learner(configuration: settings.learner)
        var schema = learner.schema
        var decoder = SampleDecoder(purpose: .samples, limits: DecodingLimits())
        var block = SampleBlock()
        var effects: [Effect] = []
        for sample in samples {
            _ = try decoder.decode([Array(sample.utf8)], from: 0, into: &block)
            learner.handle(.samples(schema.admit(block)), effects: &effects)
        }
        return learner
    }

    @Test("learns what it acknowledges, predicts with it, and stops when it is asked")
    func roundTrip() throws {
        let daemon = try RunningDaemon()
        let before = try daemon.ask(daemon.endpoints.predict, #"{"x":[1,2]}"#)
        #expect(before.errorCode == "no_model")
        for (index, sample) in samples(50, seed: 1).enumerated() {
            let reply = try daemon.ask(daemon.endpoints.learn, sample)
            #expect(reply["ok"] == .boolean(true))
            #expect(reply.number("accepted") == 1)
            #expect(reply.number("offset") == Double(index + 1))
            let answer = try daemon.ask(
                daemon.endpoints.predict, #"{"id":7,"x":[1,2],"consistent":true}"#)
            #expect(answer.number("id") == 7)
            #expect(answer.number("model", "samples") == Double(index + 1))
            #expect(answer.number("y")?.isFinite == true)
        }
        try daemon.stop()
    }

    /// The same core: the state that a learner in the test's own hands comes to, bit for bit.
    @Test(
        "comes to the state that its learner comes to without sockets",
        arguments: [1, 2] as [UInt64])
    func digest(seed: UInt64) throws {
        let daemon = try RunningDaemon()
        let samples = samples(300, seed: seed)
        let push = try daemon.connected(.push, to: try #require(daemon.endpoints.samples.first))
        for sample in samples.dropLast() { try push.deliver(sample) }
        // What is pushed before is not necessarily taken in before the next request, hence the wait.
        var learned = 0.0
        while learned < Double(samples.count - 1) {
            let reply = try daemon.ask(daemon.endpoints.control, #"{"op":"status"}"#)
            learned = reply.number("status", "stream", "learned") ?? 0
        }
        _ = try daemon.ask(daemon.endpoints.learn, try #require(samples.last))
        let reply = try daemon.ask(daemon.endpoints.control, #"{"op":"digest"}"#)
        let alone = try learner(after: samples, settings: RunningDaemon.settings)
        #expect(reply["digest"] == .string(Digest(of: alone.stateBytes()).description))
        #expect(reply.number("offset") == Double(samples.count))

        let answer = try daemon.ask(
            daemon.endpoints.predict, #"{"x":[0.5,-1.5],"consistent":true}"#)
        let predictor = try #require(alone.predictor())
        var block = SampleBlock()
        block.values = [0.5, -1.5]
        block.rows = [.init(shape: .positional(start: 0, count: 2), index: 0)]
        var predictions = Predictions()
        predictor.predict(predictor.schema.resolve(block), into: &predictions)
        #expect(answer.number("y") == predictions.values[0])
        let radius = try #require(predictor.intervalRadius)
        #expect(
            answer["interval"]
                == .array([
                    .number(predictions.values[0] - radius),
                    .number(predictions.values[0] + radius),
                ]))
        try daemon.stop()
    }

    @Test("tells on its status how many samples are where, and how well it does")
    func status() throws {
        let daemon = try RunningDaemon { $0.status.intervalSeconds = 0.05 }
        let subscriber = try daemon.connected(
            .sub, to: try #require(daemon.endpoints.status.first))
        for sample in samples(150, seed: 3) {
            _ = try daemon.ask(daemon.endpoints.learn, sample)
        }
        _ = try daemon.ask(daemon.endpoints.learn, #"{"x":[1,2]}"#)
        _ = try daemon.ask(daemon.endpoints.learn, #"{"x":[1,2,3],"y":1}"#)
        var last = 0.0
        while true {
            let status = try subscriber.nextObject()
            guard status["uptime_seconds"] != nil else { continue }
            let sequence = try #require(status.number("sequence"))
            #expect(sequence >= last)
            last = sequence
            let stream = try #require(status["stream"]?.object)
            func count(_ key: String) -> Double { stream.number(key) ?? -1 }
            #expect(
                count("received")
                    == count("learned") + count("shed") + count("rejected")
                    + count("unlabelled") + count("queue"))
            guard count("learned") == 150, count("rejected") == 1, count("unlabelled") == 1
            else { continue }
            #expect(status.number("quality", "samples") == 150)
            #expect(status.number("quality", "mae").map { $0 > 0 } == true)
            let coverage = try #require(status.number("quality", "interval_coverage"))
            #expect((0...1).contains(coverage))
            #expect(status.number("quality", "window", "interval_coverage") == coverage)
            break
        }
        try daemon.stop()
    }

    @Test(
        "answers consistent predictions of many clients while it learns, each from enough samples")
    func consistency() throws {
        let daemon = try RunningDaemon()
        let learn = try daemon.connected(.dealer, to: try #require(daemon.endpoints.learn.first))
        let predict = try daemon.connected(
            .dealer, to: try #require(daemon.endpoints.predict.first))
        let stream = samples(400, seed: 4)
        for start in stride(from: 0, to: stream.count, by: 8) {
            let batch = stream[start..<start + 8].joined(separator: ",")
            try learn.deliver("[\(batch)]")
            #expect(try learn.nextObject().number("accepted") == 8)
            // Pipelined, so that answers that wait stand among others that need not.
            for id in 0..<4 {
                let wish = id % 2 == 0 ? #","consistent":true"# : ""
                try predict.deliver(#"{"id":\#(id),"x":[1,1]\#(wish)}"#)
            }
            for id in 0..<4 {
                let answer = try predict.nextObject()
                #expect(answer.number("id") == Double(id))
                let known = answer.number("model", "samples") ?? 0
                if id % 2 == 0 { #expect(known >= Double(start + 8)) }
            }
        }
        try daemon.stop()
    }

    @Test("while paused learns nothing, says so, and predicts as before")
    func pause() throws {
        let daemon = try RunningDaemon()
        for sample in samples(20, seed: 5) { _ = try daemon.ask(daemon.endpoints.learn, sample) }
        let question = #"{"x":[1,2],"consistent":true}"#
        let before = try daemon.ask(daemon.endpoints.predict, question)
        _ = try daemon.ask(daemon.endpoints.control, #"{"op":"pause"}"#)
        let refused = try daemon.ask(daemon.endpoints.learn, #"{"x":[1,2],"y":3}"#)
        #expect(refused.errorCode == "paused")
        #expect(try daemon.ask(daemon.endpoints.predict, question) == before)
        _ = try daemon.ask(daemon.endpoints.control, #"{"op":"resume"}"#)
        let accepted = try daemon.ask(daemon.endpoints.learn, #"{"x":[1,2],"y":3}"#)
        #expect(accepted.number("accepted") == 1)
        try daemon.stop()
    }

    @Test("takes in what has reached it before it stops")
    func drain() throws {
        let daemon = try RunningDaemon()
        let subscriber = try daemon.connected(
            .sub, to: try #require(daemon.endpoints.status.first))
        // The first status says that the subscription is known.
        _ = try subscriber.nextObject()
        let push = try daemon.connected(.push, to: try #require(daemon.endpoints.samples.first))
        let stream = samples(1_000, seed: 6)
        for sample in stream { try push.deliver(sample) }
        _ = try daemon.ask(daemon.endpoints.control, #"{"op":"shutdown"}"#)
        try daemon.wait()
        // The last status comes after the last sample; the daemon's sockets linger for it.
        var learned = 0.0
        while learned < Double(stream.count) {
            learned = try subscriber.nextObject().number("stream", "learned") ?? learned
        }
        #expect(learned == Double(stream.count))
    }

    @Test("does not start where another holds its port, and says which and why")
    func takenPort() throws {
        let first = try RunningDaemon()
        let taken = try #require(first.endpoints.learn.first)
        do {
            let second = try RunningDaemon { settings in
                settings.sockets.learn = [Endpoint(taken, direction: .bind)].compactMap(\.self)
            }
            Issue.record("two daemons share \(taken)")
            try second.stop()
        } catch let error as DaemonError {
            #expect(error.description.contains(taken))
            #expect(!error.description.contains("\n"))
        }
        try first.stop()
    }
}
