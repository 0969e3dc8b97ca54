import Features
import OsierClient
import Synchronization
import Testing
import WireFormat
import ZeroMQ

@Suite struct PredictorTests {
    private let context: Context

    init() throws { context = try Context() }

    private func options(_ change: (inout ClientOptions) -> Void = { _ in }) -> ClientOptions {
        var options = ClientOptions()
        options.timeout = .seconds(20)
        change(&options)
        return options
    }

    private func block(_ values: [Double]) -> SampleBlock {
        var block = SampleBlock()
        for value in values { block.append(Sample(.positional([value]))) }
        return block
    }

    /// Predicts twice the first feature; refuses what is negative.
    private static func answer(_ frames: [[UInt8]]) -> [[UInt8]] {
        var decoder = SampleDecoder(purpose: .predict)
        var block = SampleBlock()
        guard let request = try? decoder.decode(frames, into: &block) else { return [[]] }
        let model = ModelVersion(samples: 5, structure: 1)
        let replies = block.rows.map { row -> Reply<Prediction> in
            guard case .positional(let start, _) = row.shape, block.values[start] >= 0 else {
                return .failure(
                    ErrorReply(Refusal(.badValue, "negative"), identifier: row.identifier))
            }
            return .success(
                Prediction(
                    identifier: row.identifier, value: .number(2 * block.values[start], nil),
                    model: model))
        }
        switch request.form {
        case .object: return PredictReply.object(replies[0]).frames
        case .array, .lines: return PredictReply.array(replies).frames
        case .buffers:
            let values = block.values.map { Float(2 * $0) }
            return BufferPrediction(
                identifier: request.identifier, rowCount: values.count, values: values,
                model: model
            ).frames
        }
    }

    @Test("one sample gets one prediction, with its own identifier or none")
    func single() throws {
        let daemon = try FakeDaemon(context) { .init([Self.answer($0)]) }
        var predictor = try Predictor(context, to: daemon.endpoint, options: options())
        let plain = try predictor.predict(.positional([3]))
        #expect(plain.value == .number(6, nil))
        #expect(plain.identifier == nil)
        #expect(plain.model == ModelVersion(samples: 5, structure: 1))
        let named = try predictor.predict(.positional([4]), identifier: .text("a"))
        #expect(named.identifier == .text("a"))
        #expect(
            throws: ClientError.refused(Refusal(.badValue, "negative"), endpoint: daemon.endpoint)
        ) {
            try predictor.predict(.positional([-1]))
        }
        #expect(try predictor.predict(.positional([5])).value == .number(10, nil))
    }

    @Test("a batch gets a prediction or an error for each sample, in order")
    func batch() throws {
        let daemon = try FakeDaemon(context) { .init([Self.answer($0)]) }
        var predictor = try Predictor(context, to: daemon.endpoint, options: options())
        let replies = try predictor.predict(block([1, -2, 3]))
        let values = replies.map { reply -> Prediction.Value? in
            if case .success(let prediction) = reply { prediction.value } else { nil }
        }
        #expect(values == [.number(2, nil), nil, .number(6, nil)])
        let buffers = try predictor.predictBuffers(block([1, 2, 3]))
        #expect(buffers.values == [2, 4, 6])
        #expect(buffers.identifier == nil)
    }

    @Test("pipelined answers come in the order of their requests, up to the limit")
    func pipelined() throws {
        let daemon = try FakeDaemon(context) { .init([Self.answer($0)]) }
        var predictor = try Predictor(
            context, to: daemon.endpoint, options: options { $0.maxInFlight = 3 })
        let tickets = try (1...3).map { try predictor.submit(block([Double($0)])) }
        #expect(throws: ClientError.tooManyPending(limit: 3)) { try predictor.submit(block([9])) }
        for (ticket, value) in zip(tickets, [2.0, 4, 6]) {
            let answer = try predictor.receive()
            #expect(answer.ticket == ticket)
            #expect(answer.reply == Self.array([value]))
        }
        #expect(predictor.pendingCount == 0)
    }

    private static func array(_ values: [Double]) -> PredictReply {
        .array(
            values.map {
                .success(
                    Prediction(
                        value: .number($0, nil), model: ModelVersion(samples: 5, structure: 1)))
            })
    }

    @Test("an answer that is lost is missed, and the next is not taken for it")
    func lostAnswer() throws {
        let counter = Counter()
        let daemon = try FakeDaemon(context) { frames in
            counter.next() == 1 ? .init() : .init([Self.answer(frames)])
        }
        var predictor = try Predictor(context, to: daemon.endpoint, options: options())
        for value in [1.0, 2, 3] { try predictor.submit(block([value])) }
        #expect(throws: ClientError.answerLost(endpoint: daemon.endpoint)) {
            try predictor.receive()
        }
        #expect(try predictor.receive().reply == Self.array([4]))
        #expect(try predictor.receive().reply == Self.array([6]))
    }

    @Test("a late answer is not taken for that to a later request")
    func lateAnswer() throws {
        let held = Held()
        let daemon = try FakeDaemon(context) { frames in
            .init(held.exchange(Self.answer(frames)))
        }
        var predictor = try Predictor(
            context, to: daemon.endpoint, options: options { $0.timeout = .milliseconds(200) })
        let error = #expect(throws: ClientError.self) { try predictor.predict(.positional([1])) }
        #expect(
            error?.description == "\(daemon.endpoint): no reply within 0.2 seconds; "
                + "start the daemon there, or raise the timeout")
        #expect(try predictor.predict(.positional([2])).value == .number(4, nil))
        #expect(predictor.pendingCount == 0)
    }

    @Test("what no daemon would send is said to be unreadable")
    func unreadable() throws {
        let daemon = try FakeDaemon(context) { _ in .init([[[UInt8]("hello?".utf8)]]) }
        var predictor = try Predictor(context, to: daemon.endpoint, options: options())
        let error = #expect(throws: ClientError.self) { try predictor.predict(.positional([1])) }
        guard case .unreadable(let refusal, let endpoint) = error else {
            Issue.record("\(String(describing: error)) is not `unreadable`")
            return
        }
        #expect(refusal.code == .badJSON)
        #expect(endpoint == daemon.endpoint)
    }
}

/// Counts from 1.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// Holds the first reply back until the second.
private final class Held: Sendable {
    private let first = Mutex<[[UInt8]]?>(nil)

    func exchange(_ reply: [[UInt8]]) -> [[[UInt8]]] {
        first.withLock { first in
            guard let held = first else {
                first = reply
                return []
            }
            return [held, reply]
        }
    }
}
