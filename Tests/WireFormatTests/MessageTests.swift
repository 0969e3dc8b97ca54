import Features
import Testing

@testable import WireFormat

@Suite struct MessageTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("learn replies are written as the protocol writes them, and read back")
    func learnReply() throws {
        var reply = LearnReply()
        reply.accepted = 64
        reply.offset = 981_233
        #expect(text(reply.encoded) == #"{"ok":true,"accepted":64,"rejected":[],"offset":981233}"#)
        reply.identifier = .text("a")
        reply.sequence = 7
        reply.offset = nil
        reply.isDuplicate = true
        reply.isDurable = false
        reply.rejected = [.init(index: 3, refusal: Refusal(.notFinite, "x[1] is inf"))]
        #expect(
            text(reply.encoded)
                == #"{"ok":true,"id":"a","seq":7,"accepted":64,"rejected":[{"index":3,"error":"#
                + #"{"code":"not_finite","message":"x[1] is inf"}}],"offset":null,"#
                + #""duplicate":true,"durable":false}"#)
        #expect(try Reply<LearnReply>(decoding: reply.encoded) == .success(reply))
    }

    @Test("hello replies are written as the protocol writes them, and read back")
    func helloReply() throws {
        var reply = HelloReply()
        reply.lastSequence = 17
        reply.credit = 64
        #expect(text(reply.encoded) == #"{"ok":true,"last_seq":17,"credit":64}"#)
        reply.isLost = true
        #expect(text(reply.encoded) == #"{"ok":true,"last_seq":17,"credit":64,"lost":true}"#)
        #expect(try Reply<HelloReply>(decoding: reply.encoded) == .success(reply))
    }

    @Test(
        "errors are written as the protocol writes them, and read back",
        arguments: Refusal.Code.allCases)
    func errorReply(code: Refusal.Code) throws {
        var reply = ErrorReply(Refusal(code, "a \"b\""), identifier: .integer(5))
        #expect(
            text(reply.encoded)
                == #"{"error":{"code":"\#(code.rawValue)","message":"a \"b\""},"id":5}"#)
        reply.expected = 9
        reply.retryAfterMilliseconds = 50
        #expect(try Reply<LearnReply>(decoding: reply.encoded) == .failure(reply))
        let error = try JSONValue(parsing: reply.encoded).object?["error"]?.object
        #expect(error?["expected"] == .integer(9))
        #expect(error?["retry_after_ms"] == .integer(50))
    }

    static let model = ModelVersion(samples: 45_312, structure: 7)

    @Test("predictions are written as the protocol writes them, and read back")
    func predictReply() throws {
        let up = Label.text("UP")
        let down = Label.text("DOWN")
        let classified = Prediction(
            identifier: .text("a"),
            value: .classification(up, [.init(up, 0.71), .init(down, 0.29)]), model: Self.model)
        let reply = PredictReply.object(.success(classified))
        #expect(
            text(reply.frames[0])
                == #"{"id":"a","y":"UP","p":{"UP":0.71,"DOWN":0.29},"#
                + #""model":{"samples":45312,"structure":7}}"#)
        #expect(try PredictReply(decoding: reply.frames) == reply)

        let number = Prediction(
            value: .number(12.3, .init(lower: 10.1, upper: 14.5)), model: Self.model)
        let numbers = Prediction(
            identifier: .integer(1), value: .numbers([1, -2]), model: Self.model)
        let plain = Prediction(value: .number(-0.5, nil), model: Self.model)
        let failure = ErrorReply(Refusal(.noModel, "nothing learned"), identifier: .text("z"))
        let array = PredictReply.array([
            .success(number), .failure(failure), .success(numbers), .success(plain),
        ])
        #expect(
            text(array.frames[0]).hasPrefix(
                #"[{"y":12.3,"interval":[10.1,14.5],"model":{"samples":45312,"structure":7}},"#
                    + #"{"error":{"code":"no_model","message":"nothing learned"},"id":"z"},"#))
        #expect(try PredictReply(decoding: array.frames) == array)
    }

    @Test("predictions for buffers come as a header and a buffer")
    func bufferPrediction() throws {
        var prediction = BufferPrediction(
            identifier: .text("r"), rowCount: 2, values: [0.25, 0.75, 1, 0],
            classes: [.text("UP"), .integer(3)], model: Self.model,
            rejected: [.init(index: 1, refusal: Refusal(.notFinite, "x[0] is inf"))])
        #expect(try PredictReply(decoding: prediction.frames) == .buffers(prediction))
        prediction.rejected = []
        prediction.identifier = nil
        #expect(
            text(prediction.frames[0])
                == #"{"y":{"dtype":"float32","shape":[2,2]},"classes":["UP",3],"#
                + #""model":{"samples":45312,"structure":7}}"#)
        #expect(prediction.frames[1] == bytes(Float(0.25), 0.75, 1, 0))
        #expect(throws: Refusal.self) {
            try PredictReply(decoding: [prediction.frames[0], [0, 1]])
        }
    }

    /// The keys of PROTOCOL.md, section 5, in its words; the values are those of a new daemon.
    static let protocolStatus = """
        {"version":1,"time":1700000000.0,"sequence":12,"state":"running","uptime_seconds":12.0,
         "stream":{"received":0,"learned":0,"held_out":0,"rejected":0,"shed":0,"pending_labels":0,"samples_per_second":0.0,
                   "queue":0,"queue_capacity":65536,"lag_seconds":0.0},
         "predict":{"served":0,"per_second":0.0,"latency_microseconds":{"p50":0,"p99":0,"max":0}},
         "model":{"task":"classification","inputs":8,"hidden":[32,16],"outputs":2,"parameters":0,
                  "nonzero_parameters":0,"bytes":0,"structure":0,"activation":"relu","loss":"cross_entropy",
                  "optimizer":"adam","schedule":"constant","learning_rate":0.001},
         "committee":[{"id":0,"role":"lead","hidden":[32,16],"weight":1.0,"optimizer":"adam","learning_rate":0.001}],
         "quality":{"samples":0,"accuracy":0.0,"kappa":0.0,"log_loss":0.0,
                    "window":{"size":1000,"accuracy":0.0,"kappa":0.0,"log_loss":0.0},
                    "validation":{"samples":0,"loss":0.0},
                    "baselines":{"majority":0.0,"no_change":0.0}},
         "controller":{"policy":"dqn","mode":"act","decisions":0,"kept":0,"reverted":0,"epsilon":0.05,
                       "observation":{},"last_action":null,"last_reward":null,
                       "budget":{"cpu_fraction":1.0,"memory_bytes":null,"predict_p99_microseconds":null,"max_parameters":1000000}},
         "resources":{"cpu_fraction":0.0,"resident_bytes":0,"threads":0,"open_files":0},
         "drift":{"detector":"adwin","detections":0,"last_at_sample":null},
         "journal":{"offset":0,"durable_offset":0,"bytes":0,"last_checkpoint_samples":0}}
        """

    static func status() -> StatusReport {
        var report = StatusReport()
        report.time = 1_700_000_000
        report.sequence = 12
        report.uptimeSeconds = 12
        report.stream.queueCapacity = 65_536
        report.model.task = "classification"
        report.model.inputs = 8
        report.model.hidden = [32, 16]
        report.model.outputs = 2
        report.model.activation = "relu"
        report.model.loss = "cross_entropy"
        report.model.optimizer = "adam"
        report.model.schedule = "constant"
        report.model.learningRate = 0.001
        var lead = StatusReport.Member()
        lead.hidden = [32, 16]
        lead.optimizer = "adam"
        lead.learningRate = 0.001
        report.committee = [lead]
        var quality = QualityReport<ClassificationScores>()
        quality.window.size = 1_000
        report.quality = .classification(quality)
        report.controller.policy = "dqn"
        report.controller.epsilon = 0.05
        report.controller.budget.maxParameters = 1_000_000
        report.drift.detector = "adwin"
        return report
    }

    /// Checks that `actual` has every member of `expected`, in its order, with its value.
    private func expectContains(_ actual: JSONValue, _ expected: JSONValue, _ path: String) {
        switch (actual, expected) {
        case (.object(let actual), .object(let expected)):
            let known = expected.members.map(\.key)
            #expect(actual.members.map(\.key).filter(known.contains) == known, "\(path)")
            for member in expected.members {
                guard let value = actual[member.key] else { continue }
                expectContains(value, member.value, path + "." + member.key)
            }
        case (.array(let actual), .array(let expected)):
            #expect(actual.count == expected.count, "\(path)")
            for (actual, expected) in zip(actual, expected) {
                expectContains(actual, expected, path)
            }
        default:
            #expect(actual == expected || actual.double == expected.double, "\(path)")
        }
    }

    @Test("the status object has every key of the protocol, in its order, and reads back")
    func statusReport() throws {
        let report = Self.status()
        let expected = try JSONValue(parsing: utf8(Self.protocolStatus))
        expectContains(try JSONValue(parsing: report.encoded), expected, "status")
        let frames = StatusMessage.status(report).frames
        #expect(text(frames[0]) == "status")
        #expect(try StatusMessage(decoding: frames) == .status(report))
    }

    @Test("regression has its own quality figures, in the window as well")
    func regressionQuality() throws {
        var report = Self.status()
        var quality = QualityReport<RegressionScores>()
        quality.scores.meanAbsoluteError = 1.5
        quality.scores.rSquared = .nan
        quality.window.scores.intervalCoverage = 0.9
        quality.baselines.mean = 2
        report.quality = .regression(quality)
        let object = try JSONValue(parsing: report.encoded).object?["quality"]?.object
        #expect(
            object?.members.map(\.key)
                == ["samples", "mae", "rmse", "r2", "window", "validation", "baselines"])
        #expect(object?["r2"] == .null)
        #expect(
            object?["window"]?.object?.members.map(\.key)
                == ["size", "mae", "rmse", "r2", "interval_coverage"])
        #expect(object?["baselines"]?.object?.members.map(\.key) == ["mean", "no_change"])
        guard case .regression(let back) = try StatusReport(decoding: report.encoded).quality else {
            Issue.record("the quality of a regression came back as another")
            return
        }
        #expect(back.scores.rSquared.isNaN && back.window.scores.intervalCoverage == 0.9)
    }

    @Test("adaptations have every key, null where it does not apply")
    func adaptation() throws {
        var message = AdaptationMessage()
        message.event = .forced
        message.origin = .operator
        #expect(
            text(message.encoded)
                == #"{"time":0.0,"sequence":0,"structure":0,"event":"forced","action":null,"#
                + #""hidden":null,"parameters":null,"by":"operator","observation":null,"#
                + #""action_values":null,"reward":null,"reason":null}"#)
        message.origin = .qLearning
        message.action = JSONObject([
            .init("op", .string("grow")), .init("layer", .integer(0)), .init("units", .integer(16)),
        ])
        message.hidden = .init(before: [16], after: [32])
        message.parameters = .init(before: 10, after: 20)
        message.observation = ["loss": 0.5, "lag": 0]
        message.actionValues = ["grow": 1.5, "nothing": -1]
        message.reward = 0.25
        message.reason = "the loss falls"
        #expect(text(message.encoded).contains(#""action":{"op":"grow","layer":0,"units":16}"#))
        #expect(text(message.encoded).contains(#""hidden":{"before":[16],"after":[32]}"#))
        #expect(text(message.encoded).contains(#""by":"q-learning""#))
        let status = StatusMessage.adaptation(message)
        #expect(try StatusMessage(decoding: status.frames) == status)
    }

    @Test("the small topics read back")
    func smallTopics() throws {
        var drift = DriftMessage()
        drift.detector = "adwin"
        drift.statistic = 0.25
        drift.samples = 5
        var rejected = RejectedMessage()
        rejected.code = .notFinite
        rejected.excerpt = RejectedMessage.excerpt(of: [0x7B, 0xFF, 0x7D].span)
        #expect(rejected.excerpt == "{\u{FFFD}}")
        var checkpoint = CheckpointMessage()
        checkpoint.path = "checkpoints/7"
        var alert = AlertMessage()
        alert.severity = .error
        alert.code = "disk"
        for message in [
            StatusMessage.drift(drift), .rejected(rejected), .checkpoint(checkpoint), .alert(alert),
        ] {
            #expect(try StatusMessage(decoding: message.frames) == message)
        }
        #expect(
            text(alert.encoded)
                == #"{"time":0.0,"sequence":0,"severity":"error","code":"disk","message":""}"#)
    }

    @Test("an excerpt has at most 200 bytes, whatever they were")
    func excerptIsShort() {
        for byte in [UInt8(ascii: "a"), 0xFF, 0xC3] {
            let excerpt = RejectedMessage.excerpt(of: [UInt8](repeating: byte, count: 999).span)
            #expect(excerpt.utf8.count <= 200 && excerpt.utf8.count > 190)
        }
    }
}
