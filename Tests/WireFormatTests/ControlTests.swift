import Features
import Testing

@testable import WireFormat

@Suite struct ControlTests {
    static func budget() -> ControlRequest.BudgetChange {
        var change = ControlRequest.BudgetChange()
        change.cpuFraction = 0.5
        change.memoryBytes = 0
        return change
    }

    static func optimizer() -> ControlRequest.OptimizerChange {
        var change = ControlRequest.OptimizerChange()
        change.name = .adam
        change.learningRate = 0.01
        return change
    }

    static func schedule() -> ControlRequest.ScheduleChange {
        var change = ControlRequest.ScheduleChange()
        change.name = .inverseSquareRoot
        change.every = 10
        change.delta = 0
        return change
    }

    static let requests: [(String, ControlRequest.Operation)] = [
        (#"{"op":"status"}"#, .status), (#"{"op":"schema"}"#, .schema), (#"{"op":"ping"}"#, .ping),
        (#"{"op":"digest"}"#, .digest), (#"{"op":"pause"}"#, .pause),
        (#"{"op":"resume"}"#, .resume), (#"{"op":"checkpoint"}"#, .checkpoint),
        (#"{"op":"shutdown"}"#, .shutdown),
        (#"{"op":"grow","layer":0,"units":16}"#, .grow(layer: 0, units: 16, member: nil)),
        (
            #"{"op":"shrink","layer":1,"units":2,"member":3}"#,
            .shrink(layer: 1, units: 2, member: 3)
        ),
        (#"{"op":"insert_layer","layer":1}"#, .insertLayer(layer: 1, units: nil, member: nil)),
        (
            #"{"op":"insert_layer","layer":1,"units":8}"#,
            .insertLayer(layer: 1, units: 8, member: nil)
        ),
        (#"{"op":"remove_layer","layer":1}"#, .removeLayer(layer: 1, member: nil)),
        (
            #"{"op":"prune","criterion":"magnitude","scope":"units","fraction":0.25}"#,
            .prune(
                .init(criterion: .magnitude, scope: .units, amount: .fraction(0.25)), member: nil)
        ),
        (
            #"{"op":"prune","criterion":"gradient","scope":"connections","threshold":0.5}"#,
            .prune(
                .init(criterion: .gradient, scope: .connections, amount: .threshold(0.5)),
                member: nil)
        ),
        (
            #"{"op":"restore","method":"greedy","fraction":0.5}"#,
            .restore(method: .greedy, fraction: 0.5, member: nil)
        ),
        (#"{"op":"distill","hidden":[32,16]}"#, .distill(hidden: [32, 16], member: nil)),
        (#"{"op":"distill","hidden":[]}"#, .distill(hidden: [], member: nil)),
        (
            #"{"op":"controller","policy":"q-learning","mode":"observe"}"#,
            .controller(policy: .qLearning, mode: .observe)
        ),
        (#"{"op":"controller","policy":"off"}"#, .controller(policy: .off, mode: nil)),
        (#"{"op":"budget","cpu_fraction":0.5,"memory_bytes":0}"#, .budget(budget())),
        (#"{"op":"optimizer","name":"adam","learning_rate":0.01}"#, .optimizer(optimizer())),
        (
            #"{"op":"schedule","name":"inverse_sqrt","every":10,"delta":0.0}"#,
            .schedule(schedule())
        ),
        (#"{"op":"export","format":"onnx"}"#, .export(format: .onnx, name: nil)),
        (
            #"{"op":"export","format":"safetensors","name":"a.safetensors"}"#,
            .export(format: .safetensors, name: "a.safetensors")
        ),
    ]

    @Test("every operation of the protocol is read and written", arguments: requests)
    func readsAndWrites(text: String, operation: ControlRequest.Operation) throws {
        #expect(try ControlRequest(decoding: utf8(text)) == ControlRequest(operation))
        #expect(
            String(decoding: ControlRequest(operation).encoded, as: UTF8.self) == text)
        let request = ControlRequest(operation, identifier: .integer(8))
        #expect(try ControlRequest(decoding: request.encoded) == request)
    }

    @Test("the settings of a section may stand in an object of its name")
    func readsSections() throws {
        let text = #"{"op":"optimizer","optimizer":{"name":"adam","learning_rate":0.01}}"#
        #expect(try ControlRequest(decoding: utf8(text)).operation == .optimizer(Self.optimizer()))
    }

    @Test(
        "a wrong request is refused by its code, with its identifier",
        arguments: [
            ("", Refusal.Code.badJSON), ("{", .badJSON), (#"{"op":"ping","op":"ping"}"#, .badJSON),
            ("[]", .wrongType), ("{}", .missingField), (#"{"op":1}"#, .wrongType),
            (#"{"op":null}"#, .wrongType), (#"{"op":"reboot"}"#, .unknownOperation),
            (#"{"op":"Ping"}"#, .unknownOperation), (#"{"op":""}"#, .unknownOperation),
            (#"{"op":"ping","id":[1]}"#, .wrongType), (#"{"op":"ping","id":1.5}"#, .wrongType),
            (#"{"op":"grow","units":1}"#, .missingField),
            (#"{"op":"grow","layer":0}"#, .missingField),
            (#"{"op":"grow","layer":null,"units":1}"#, .missingField),
            (#"{"op":"grow","layer":"0","units":1}"#, .wrongType),
            (#"{"op":"grow","layer":0.5,"units":1}"#, .wrongType),
            (#"{"op":"grow","layer":-1,"units":1}"#, .badValue),
            (#"{"op":"grow","layer":0,"units":0}"#, .badValue),
            (#"{"op":"grow","layer":0,"units":-5}"#, .badValue),
            (#"{"op":"shrink","layer":0,"units":1,"member":-1}"#, .badValue),
            (#"{"op":"insert_layer","units":4}"#, .missingField),
            (#"{"op":"insert_layer","layer":1,"units":0}"#, .badValue),
            (#"{"op":"remove_layer"}"#, .missingField),
            (#"{"op":"prune","scope":"units","fraction":0.1}"#, .missingField),
            (#"{"op":"prune","criterion":"magnitude","fraction":0.1}"#, .missingField),
            (#"{"op":"prune","criterion":"magnitude","scope":"units"}"#, .missingField),
            (#"{"op":"prune","criterion":"size","scope":"units","fraction":0.1}"#, .badValue),
            (#"{"op":"prune","criterion":1,"scope":"units","fraction":0.1}"#, .wrongType),
            (#"{"op":"prune","criterion":"magnitude","scope":"units","fraction":0}"#, .badValue),
            (#"{"op":"prune","criterion":"magnitude","scope":"units","fraction":1.1}"#, .badValue),
            (
                #"{"op":"prune","criterion":"magnitude","scope":"units","fraction":1,"threshold":1}"#,
                .badValue
            ),
            (#"{"op":"restore","fraction":0.1}"#, .missingField),
            (#"{"op":"restore","method":"random"}"#, .missingField),
            (#"{"op":"restore","method":"best","fraction":0.1}"#, .badValue),
            (#"{"op":"distill"}"#, .missingField), (#"{"op":"distill","hidden":8}"#, .wrongType),
            (#"{"op":"distill","hidden":[0]}"#, .badValue),
            (#"{"op":"distill","hidden":["8"]}"#, .wrongType),
            (#"{"op":"controller"}"#, .missingField),
            (#"{"op":"controller","policy":"ppo"}"#, .badValue),
            (#"{"op":"controller","mode":true}"#, .wrongType),
            (#"{"op":"budget"}"#, .missingField), (#"{"op":"budget","cpu_fraction":0}"#, .badValue),
            (#"{"op":"budget","memory_bytes":-1}"#, .badValue),
            (#"{"op":"budget","memory_bytes":1.5}"#, .wrongType),
            (#"{"op":"budget","max_parameters":0}"#, .badValue),
            (#"{"op":"budget","cpu":1}"#, .badValue), (#"{"op":"optimizer"}"#, .missingField),
            (#"{"op":"optimizer","name":"lion"}"#, .badValue),
            (#"{"op":"optimizer","learning_rate":0}"#, .badValue),
            (#"{"op":"optimizer","learning_rate":"0.1"}"#, .wrongType),
            (#"{"op":"optimizer","momentum":1}"#, .badValue),
            (#"{"op":"optimizer","learningrate":0.1}"#, .badValue),
            (#"{"op":"optimizer","optimizer":[]}"#, .wrongType),
            (#"{"op":"schedule","every":0}"#, .badValue),
            (#"{"op":"schedule","gamma":0}"#, .badValue),
            (#"{"op":"schedule","name":"cosine"}"#, .badValue),
            (#"{"op":"export"}"#, .missingField), (#"{"op":"export","format":"pt"}"#, .badValue),
            (#"{"op":"export","format":"onnx","name":"../a"}"#, .badValue),
            (#"{"op":"export","format":"onnx","name":"/etc/a"}"#, .badValue),
            (#"{"op":"export","format":"onnx","name":".."}"#, .badValue),
            (#"{"op":"export","format":"onnx","name":""}"#, .badValue),
            (#"{"op":"export","format":"onnx","name":"a\u0000"}"#, .badValue),
        ])
    func refuses(text: String, code: Refusal.Code) {
        let failure = #expect(throws: ControlRequest.Failure.self) {
            try ControlRequest(decoding: utf8(text))
        }
        #expect(failure?.refusal.code == code)
        guard text.hasPrefix("{"), text.hasSuffix("}"), !text.contains("\"id\""), text != "{}",
            code != .badJSON
        else { return }
        let named = #"{"id":"k","# + text.dropFirst()
        let again = #expect(throws: ControlRequest.Failure.self) {
            try ControlRequest(decoding: utf8(named))
        }
        #expect(again == .init(refusal: failure!.refusal, identifier: .text("k")))
    }

    @Test("replies read back as the kind that they are")
    func repliesReadBack() throws {
        var structure = StructureReport()
        structure.hidden = .init(before: [8], after: [8, 8])
        structure.parameters = .init(before: 90, after: 162)
        structure.structure = 2
        var export = ExportReport()
        export.format = "onnx"
        export.bytes = 10
        var schema = SchemaReport()
        var feature = SchemaReport.Feature()
        feature.name = "cpu"
        feature.mean = 0.5
        schema.features = [feature]
        schema.classes = [.init(.boolean(true), count: 4)]
        let bodies: [ControlReply.Body] = [
            .done, .started, .version("0.1.0"), .status(MessageTests.status()), .schema(schema),
            .digest(.init(digest: String(repeating: "0a", count: 32), offset: 5)),
            .checkpoint(.init(path: "checkpoints/5", samples: 5)), .structure(structure),
            .export(export),
        ]
        for body in bodies {
            let reply = ControlReply(body, identifier: .text("i"))
            #expect(try Reply<ControlReply>(decoding: reply.encoded) == .success(reply))
        }
        #expect(
            String(decoding: ControlReply(.structure(structure)).encoded, as: UTF8.self)
                == #"{"ok":true,"hidden":{"before":[8],"after":[8,8]},"#
                + #""parameters":{"before":90,"after":162},"structure":2}"#)
    }
}
