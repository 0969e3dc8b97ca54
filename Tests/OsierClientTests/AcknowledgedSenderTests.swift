import Features
import OsierClient
import Testing
import WireFormat
import ZeroMQ

@Suite struct AcknowledgedSenderTests {
    private let context: Context

    init() throws { context = try Context() }

    private func options(_ change: (inout ClientOptions) -> Void = { _ in }) -> ClientOptions {
        var options = ClientOptions()
        options.timeout = .seconds(20)
        options.resendTimeout = .milliseconds(20)
        change(&options)
        return options
    }

    private func block(_ target: Int64) -> SampleBlock {
        var block = SampleBlock()
        block.append(Sample(.positional([Double(target)]), target: .label(.integer(target))))
        return block
    }

    private func daemon(_ learner: FakeLearner) throws -> FakeDaemon {
        try FakeDaemon(context) { learner.answer($0) }
    }

    @Test(
        "requests are learned once and in order, whatever is lost, repeated, late or refused",
        arguments: [UInt64(1), 2, 3, 4], [RequestEnvelope.Form.array, .lines, .buffers])
    func exactlyOnce(seed: UInt64, form: RequestEnvelope.Form) throws {
        let learner = FakeLearner(.init(seed: seed, faultShare: 0.3))
        let daemon = try daemon(learner)
        var sender = try AcknowledgedSender(
            context, to: daemon.endpoint, producer: "p", encoder: SampleEncoder(form: form),
            options: options())
        let targets = Array(Int64(0)..<60)
        for target in targets { #expect(try sender.send(block(target)) == target + 1) }
        try sender.flush()
        #expect(learner.learned == targets)
        #expect(sender.takeAcknowledgements().map(\.ticket) == targets.map { $0 + 1 })
        #expect(sender.takeAcknowledgements().isEmpty)
        #expect(sender.lastAcknowledged == 60)
        #expect(sender.pendingCount == 0)
    }

    @Test("without faults every request is sent once, and its reply is kept")
    func noFaults() throws {
        let learner = FakeLearner()
        let daemon = try daemon(learner)
        var sender = try AcknowledgedSender(
            context, to: daemon.endpoint, producer: "p",
            options: options { $0.resendTimeout = .seconds(20) })
        for target in Int64(0)..<40 { try sender.send(block(target)) }
        try sender.flush()
        #expect(learner.requestCount == 40)
        let replies = sender.takeAcknowledgements().compactMap { acknowledgement in
            if case .accepted(let reply) = acknowledgement.outcome { reply } else { nil }
        }
        #expect(replies.map(\.sequence) == (1...40).map { $0 })
        #expect(replies.allSatisfy { $0.accepted == 1 && !$0.isDuplicate })
    }

    @Test(
        "a refused request does not hold up the others, whether its number is used up or not",
        arguments: [true, false], [Int64(0), 3, 9])
    func refused(countsRefused: Bool, target: Int64) throws {
        let learner = FakeLearner(.init(refusedTarget: target, countsRefused: countsRefused))
        let daemon = try daemon(learner)
        var sender = try AcknowledgedSender(
            context, to: daemon.endpoint, producer: "p", options: options())
        for target in Int64(0)..<10 { try sender.send(block(target)) }
        try sender.flush()
        // And once more, from a window that is empty.
        try sender.send(block(10))
        try sender.flush()
        #expect(learner.learned == (0...10).filter { $0 != target })
        let refused = sender.takeAcknowledgements().filter { acknowledgement in
            if case .refused = acknowledgement.outcome { true } else { false }
        }
        #expect(
            refused == [
                Acknowledgement(
                    ticket: target + 1, outcome: .refused(Refusal(.badValue, "not this one")))
            ])
    }

    @Test("a sender goes on where the producer stopped")
    func resumes() throws {
        let learner = FakeLearner(lastSequence: 41)
        let daemon = try daemon(learner)
        var sender = try AcknowledgedSender(
            context, to: daemon.endpoint, producer: "p", lastAcknowledged: 41, options: options())
        #expect(sender.lastAcknowledged == 41)
        try sender.send(block(7))
        try sender.flush()
        #expect(sender.lastAcknowledged == 42)
        #expect(learner.learned == [7])
    }

    @Test("a daemon that lost acknowledged data is an error")
    func lostData() throws {
        let learner = FakeLearner(lastSequence: 5)
        let daemon = try daemon(learner)
        #expect(
            throws: ClientError.acknowledgedDataLost(
                producer: "p", acknowledged: 9, daemonHas: 5)
        ) {
            _ = try AcknowledgedSender(
                context, to: daemon.endpoint, producer: "p", lastAcknowledged: 9,
                options: options())
        }
    }

    @Test("no more requests are on their way than the daemon gives credit for")
    func credit() throws {
        let learner = FakeLearner(.init(credit: 3, isSilent: true))
        let daemon = try daemon(learner)
        var sender = try AcknowledgedSender(
            context, to: daemon.endpoint, producer: "p",
            options: options {
                $0.timeout = .milliseconds(200)
                $0.resendTimeout = .seconds(20)
            })
        for target in Int64(0)..<3 { try sender.send(block(target)) }
        #expect(throws: ClientError.self) { try sender.send(block(3)) }
        #expect(learner.requestCount == 3)
        #expect(sender.pendingCount == 4)
    }

    @Test("a daemon that stays busy is named, with what it said, and nothing is lost")
    func busy() throws {
        let learner = FakeLearner(.init(isBusy: true))
        let daemon = try daemon(learner)
        var sender = try AcknowledgedSender(
            context, to: daemon.endpoint, producer: "p",
            options: options { $0.timeout = .milliseconds(100) })
        try sender.send(block(0))
        let error = #expect(throws: ClientError.self) { try sender.flush() }
        #expect(
            error
                == .timedOut(
                    .acknowledgement, endpoint: daemon.endpoint, after: .milliseconds(100),
                    last: Refusal(.busy, "the queue is full")))
        #expect(sender.pendingCount == 1)
        #expect(learner.requestCount > 1)
    }

    @Test("without a daemon the endpoint and the time are named")
    func nobody() throws {
        let error = #expect(throws: ClientError.self) {
            _ = try AcknowledgedSender(
                context, to: "tcp://127.0.0.1:1", producer: "p",
                options: options { $0.timeout = .milliseconds(50) })
        }
        #expect(
            error?.description == "tcp://127.0.0.1:1: no reply within 0.05 seconds; "
                + "start the daemon there, or raise the timeout")
    }

    @Test("samples that the form cannot hold are refused before anything is sent")
    func unsendable() throws {
        let learner = FakeLearner()
        let daemon = try daemon(learner)
        var sender = try AcknowledgedSender(
            context, to: daemon.endpoint, producer: "p", encoder: SampleEncoder(form: .buffers),
            options: options())
        var named = SampleBlock()
        named.append(Sample(.named([.init("a", .number(1))]), target: .number(1.5)))
        #expect(throws: ClientError.self) { try sender.send(named) }
        #expect(sender.pendingCount == 0)
        try sender.send(block(1))
        try sender.flush()
        #expect(learner.learned == [1])
    }
}
