import Features
import OsierClient
import Synchronization
import Testing
import WireFormat
import ZeroMQ

@Suite struct StatusSubscriberTests {
    @Test("messages of the chosen topics arrive decoded, and nonsense ends nothing")
    func follows() throws {
        let context = try Context()
        var socketOptions = Socket.Options(linger: .zero)
        socketOptions.receiveTimeout = .seconds(20)
        let publisher = try Socket(context, .xpub, socketOptions)
        try publisher.bind(to: "tcp://127.0.0.1:*")
        var options = ClientOptions()
        options.timeout = .seconds(20)
        let subscriber = try StatusSubscriber(
            context, to: publisher.lastEndpoint, topics: [.status, .alert], options: options)
        for _ in 0..<2 {
            let isSubscribed = try publisher.receive(into: Multipart())
            #expect(isSubscribed)
        }
        var report = StatusReport()
        report.stream.learned = 17
        var alert = AlertMessage()
        alert.message = "disk full"
        _ = try publisher.send(StatusMessage.drift(DriftMessage()).frames)
        _ = try publisher.send(StatusMessage.status(report).frames)
        _ = try publisher.send([Array("alert".utf8), Array("{".utf8)])
        _ = try publisher.send(StatusMessage.alert(alert).frames)

        let first = try subscriber.next()
        #expect(first == .status(report))
        #expect(throws: ClientError.self) { try subscriber.next() }
        let second = try subscriber.next()
        #expect(second == .alert(alert))
        let third = try subscriber.next(within: .milliseconds(1))
        #expect(third == nil)
        let fourth = try subscriber.next(within: .zero)
        #expect(fourth == nil)
    }
}

@Suite struct ControlClientTests {
    private let context: Context

    init() throws { context = try Context() }

    private func client(_ daemon: FakeDaemon) throws -> ControlClient {
        var options = ClientOptions()
        options.timeout = .seconds(20)
        return try ControlClient(context, to: daemon.endpoint, options: options)
    }

    private static func request(_ frames: [[UInt8]]) -> JSONObject {
        (try? JSONValue(parsing: frames[0]))?.object ?? JSONObject()
    }

    private static func identifier(_ frames: [[UInt8]]) -> SampleIdentifier? {
        if case .integer(let integer) = request(frames)["id"] { .integer(integer) } else { nil }
    }

    private static func reply(_ body: ControlReply.Body, to frames: [[UInt8]]) -> [UInt8] {
        var writer = JSONWriter()
        ControlReply(body, identifier: identifier(frames)).write(to: &writer)
        return writer.bytes
    }

    @Test("commands are answered, refusals thrown")
    func commands() throws {
        let daemon = try FakeDaemon(context) { frames in
            switch Self.request(frames)["op"] {
            case .string("ping"): return .init([[Self.reply(.version("0.1"), to: frames)]])
            case .string("export"):
                var report = ExportReport()
                report.format = "onnx"
                report.bytes = 3
                return .init([[Self.reply(.export(report), to: frames), [1, 2, 3]]])
            case .string("pause"): return .init([[Self.reply(.done, to: frames)]])
            default:
                let error = ErrorReply(
                    Refusal(.unsupported, "not yet"), identifier: Self.identifier(frames))
                return .init([[error.encoded]])
            }
        }
        var control = try client(daemon)
        #expect(try control.ping() == "0.1")
        #expect(try control.perform(.pause) == .done)
        let export = try control.export(.onnx)
        #expect(export.file == [1, 2, 3])
        #expect(export.report.format == "onnx")
        #expect(
            throws: ClientError.refused(
                Refusal(.unsupported, "not yet"), endpoint: daemon.endpoint)
        ) {
            try control.perform(.grow(layer: 0, units: 16, member: nil))
        }
    }

    @Test("the answer to another command is passed over")
    func otherAnswers() throws {
        let daemon = try FakeDaemon(context) { frames in
            var writer = JSONWriter()
            ControlReply(.version("old"), identifier: .integer(99)).write(to: &writer)
            return .init([[writer.bytes], [Self.reply(.version("new"), to: frames)]])
        }
        var control = try client(daemon)
        #expect(try control.ping() == "new")
    }
}

@Suite struct SampleSenderTests {
    private let context: Context

    init() throws { context = try Context() }

    @Test(
        "samples arrive as they were, in each form",
        arguments: [
            RequestEnvelope.Form.array, .lines, .buffers,
        ])
    func sends(_ form: RequestEnvelope.Form) throws {
        var socketOptions = Socket.Options(linger: .zero)
        socketOptions.receiveTimeout = .seconds(20)
        let pull = try Socket(context, .pull, socketOptions)
        try pull.bind(to: "tcp://127.0.0.1:*")
        let sender = try SampleSender(
            context, to: pull.lastEndpoint, encoder: SampleEncoder(form: form))
        var block = SampleBlock()
        for value in [1.5, -2, 3e300] {
            block.append(Sample(.positional([value, 0]), target: .label(.text("UP")), weight: 2))
        }
        try sender.send(block)
        try sender.send(block, rows: 1..<2)
        let message = Multipart()
        var decoder = SampleDecoder(purpose: .samples)
        for values in [[1.5, 0, -2, 0, 3e300, 0], [-2, 0]] {
            let isReceived = try pull.receive(into: message)
            #expect(isReceived)
            var received = SampleBlock()
            _ = try decoder.decode(message.frames, into: &received)
            #expect(received.values == values)
            #expect(received.rows.allSatisfy { $0.target == .label(.text("UP")) && $0.weight == 2 })
        }
    }

    @Test("without a daemon nothing is queued, and the endpoint is named")
    func nobody() throws {
        var options = ClientOptions()
        options.timeout = .milliseconds(20)
        let sender = try SampleSender(context, to: "tcp://127.0.0.1:1", options: options)
        var block = SampleBlock()
        block.append(Sample(.positional([1])))
        let isSent = try sender.trySend(block)
        #expect(!isSent)
        let error = #expect(throws: ClientError.self) { try sender.send(block) }
        #expect(
            error?.description == "tcp://127.0.0.1:1: no room for a message within 0.02 seconds; "
                + "start the daemon there, wait until it keeps up, or raise the timeout")
    }

    @Test("an endpoint that is none is refused with advice")
    func badEndpoint() {
        let error = #expect(throws: ClientError.self) {
            _ = try SampleSender(context, to: "localhost")
        }
        #expect(error?.description.contains("write tcp://host:port") == true)
    }
}
