import Features
import Testing

@testable import WireFormat

/// A message that is refused, as a whole or in its only sample, with exactly this code.
struct Malformed: CustomTestStringConvertible, Sendable {
    let purpose: SampleDecoder.Purpose
    let frames: [[UInt8]]
    let code: Refusal.Code

    init(_ code: Refusal.Code, _ text: String, for purpose: SampleDecoder.Purpose = .learn) {
        self.init(code, [Array(text.utf8)], for: purpose)
    }

    init(_ code: Refusal.Code, _ frames: [[UInt8]], for purpose: SampleDecoder.Purpose = .learn) {
        self.code = code
        self.frames = frames
        self.purpose = purpose
    }

    init(
        _ code: Refusal.Code, header: String, _ buffers: [UInt8]...,
        for purpose: SampleDecoder.Purpose = .learn
    ) {
        self.init(code, [Array(header.utf8)] + buffers, for: purpose)
    }

    var testDescription: String {
        frames.map { "\($0.count):" + String(decoding: $0.prefix(90), as: UTF8.self) }.joined(
            separator: " | ")
    }
}

@Suite struct MalformedMessageTests {
    static let long = String(repeating: "k", count: 257)
    static let longer = String(repeating: "k", count: 1_025)

    static let json: [Malformed] = [
        .init(.badFrame, [[UInt8]]()),
        .init(.badJSON, ""), .init(.badJSON, "   "), .init(.badJSON, "{"),
        .init(.badJSON, #"{"x":[1,2}"#), .init(.badJSON, #"{"x":[1]} {"x":[2]}"#),
        .init(.badJSON, #"{"x":[1e400]}"#), .init(.badJSON, #"{"x":[NaN]}"#),
        .init(.badJSON, #"{"x":[Infinity]}"#), .init(.badJSON, #"{"x":[01]}"#),
        .init(.badJSON, #"{"x":[1],"x":[2]}"#), .init(.badJSON, #"{"x":[1],"\u0078":[2]}"#),
        .init(.badJSON, #"{"x":{"a":1,"a":1}}"#), .init(.badJSON, #"{"x":[1],"q":1,"q":2}"#),
        .init(.badJSON, #"{"x":[1],"q":{"z":1,"z":2}}"#),
        .init(.badJSON, #"{"x":[1],"y":"\ud800"}"#),
        .init(.badJSON, "\u{FEFF}{\"x\":[1]}"), .init(.badJSON, "{\"x\":[1]}\u{0}"),
        .init(.badJSON, #"[{"x":[1]},]"#), .init(.badJSON, #"[{"x":[1]}"#),
        .init(.badJSON, #"[{"x":[1]}]]"#), .init(.badJSON, "hello"), .init(.badJSON, "{'x':[1]}"),
        .init(.badJSON, [Array("{\"x\":[1],\"y\":\"".utf8) + [0xFF] + Array("\"}".utf8)]),
        .init(.badJSON, #"{"x":{"indices":[0],"values":[1],"size":1,"size":2}}"#),
        .init(.badValue, "[]"), .init(.badValue, " [ ] "),
        .init(.wrongType, "1"), .init(.wrongType, "\"x\""), .init(.wrongType, "null"),
        .init(.wrongType, "[1]"), .init(.wrongType, "[[1,2]]"), .init(.wrongType, "[null]"),
        .init(.missingField, "{}"), .init(.missingField, #"{"y":1}"#),
        .init(.missingField, #"{"id":"a"}"#), .init(.missingField, #"{"x":null,"y":1}"#),
        .init(.missingField, #"{"id":"a","y":null}"#),
        .init(.wrongType, #"{"x":1}"#), .init(.wrongType, #"{"x":"1,2"}"#),
        .init(.wrongType, #"{"x":true}"#), .init(.wrongType, #"{"x":[null]}"#),
        .init(.wrongType, #"{"x":[1,"2"]}"#), .init(.wrongType, #"{"x":[true]}"#),
        .init(.wrongType, #"{"x":[[1]]}"#), .init(.wrongType, #"{"x":[{}]}"#),
        .init(.wrongType, #"{"x":{"a":[1]}}"#), .init(.wrongType, #"{"x":{"a":{}}}"#),
        .init(.shapeMismatch, #"{"x":{}}"#),
        .init(.badValue, "{\"x\":{\"\u{E9}\":1,\"e\u{301}\":2}}"),
        .init(.tooLarge, #"{"x":{"\#(longer)":1}}"#),
        .init(.wrongType, #"{"x":[1],"y":{}}"#), .init(.wrongType, #"{"x":[1],"y":[1,"a"]}"#),
        .init(.wrongType, #"{"x":[1],"y":[null]}"#), .init(.badValue, #"{"x":[1],"y":[]}"#),
        .init(.tooLarge, #"{"x":[1],"y":"\#(longer)"}"#),
        .init(.tooLarge, #"{"x":[1],"id":"\#(long)"}"#), .init(.wrongType, #"{"x":[1],"id":1.5}"#),
        .init(.wrongType, #"{"x":[1],"id":9223372036854775808}"#),
        .init(.wrongType, #"{"x":[1],"id":[]}"#), .init(.wrongType, #"{"x":[1],"id":true}"#),
        .init(.badValue, #"{"x":[1],"w":-1}"#), .init(.badValue, #"{"x":[1],"w":1e300}"#),
        .init(.wrongType, #"{"x":[1],"w":"1"}"#), .init(.wrongType, #"{"x":[1],"t":"now"}"#),
        .init(.tooDeep, "{\"x\":" + String(repeating: "[", count: 100)),
        .init(.tooDeep, "{\"x\":[1],\"q\":" + String(repeating: "{\"a\":", count: 64) + "1"),
        .init(.missingField, #"{"x":{"indices":[0],"values":[1]}}"#),
        .init(.missingField, #"{"x":{"indices":[0],"size":1}}"#),
        .init(.missingField, #"{"x":{"values":[0],"size":1}}"#),
        .init(.shapeMismatch, #"{"x":{"indices":[0,1],"values":[1],"size":2}}"#),
        .init(.badValue, #"{"x":{"indices":[0,2],"values":[1,1],"size":2}}"#),
        .init(.badValue, #"{"x":{"indices":[1,1],"values":[1,1],"size":2}}"#),
        .init(.badValue, #"{"x":{"indices":[1,0],"values":[1,1],"size":2}}"#),
        .init(.badValue, #"{"x":{"indices":[-1],"values":[1],"size":2}}"#),
        .init(.badValue, #"{"x":{"indices":[4294967296],"values":[1],"size":2}}"#),
        .init(.wrongType, #"{"x":{"indices":[0.5],"values":[1],"size":2}}"#),
        .init(.wrongType, #"{"x":{"indices":[0],"values":[null],"size":2}}"#),
        .init(.wrongType, #"{"x":{"indices":["0"],"values":[1],"size":2}}"#),
        .init(.wrongType, #"{"x":{"indices":[0],"values":7,"size":2}}"#),
        .init(.wrongType, #"{"x":{"indices":[0],"values":[1],"size":"2"}}"#),
        .init(.badValue, #"{"x":{"indices":[],"values":[],"size":0}}"#),
        .init(.tooManyFeatures, #"{"x":{"indices":[0],"values":[1],"size":2000000000}}"#),
    ]

    static let requests: [Malformed] = [
        .init(.missingField, #"{"x":[1],"producer":"p"}"#),
        .init(.missingField, #"{"x":[1],"seq":1}"#),
        .init(.badValue, #"{"x":[1],"producer":"p","seq":0}"#),
        .init(.badValue, #"{"x":[1],"producer":"p","seq":-3}"#),
        .init(.wrongType, #"{"x":[1],"producer":"p","seq":1.5}"#),
        .init(.wrongType, #"{"x":[1],"producer":"p","seq":"1"}"#),
        .init(.wrongType, #"{"x":[1],"producer":7,"seq":1}"#),
        .init(.badValue, #"{"x":[1],"producer":"","seq":1}"#),
        .init(.tooLarge, #"{"x":[1],"producer":"\#(longer)","seq":1}"#),
        .init(.unknownOperation, #"{"op":"reset"}"#), .init(.missingField, #"{"op":"hello"}"#),
        .init(.wrongType, #"{"op":1,"producer":"p"}"#),
        .init(.badValue, #"{"op":"hello","producer":"p","last_acked":-1}"#),
        .init(.badValue, #"{"op":"hello","producer":"p","last_acked":1.5}"#),
        .init(.wrongType, #"{"op":"hello","producer":"p","last_acked":"1"}"#),
        .init(.missingField, #"{"id":"a","y":1}"#, for: .predict),
        .init(.missingField, #"{"x":[1],"remember":true}"#, for: .predict),
        .init(.wrongType, #"{"x":[1],"id":1,"remember":1}"#, for: .predict),
        .init(.wrongType, #"{"x":[1],"consistent":"yes"}"#, for: .predict),
        .init(.badFrame, header: #"{"producer":"p","seq":1}"#, [0x7B, 0x7D], [0x7B, 0x7D]),
        .init(.missingField, header: #"{"producer":"p"}"#, Array(#"{"x":[1]}"#.utf8)),
        .init(.wrongType, header: #"{"producer":"p","seq":"1"}"#, Array(#"{"x":[1]}"#.utf8)),
        .init(.wrongType, header: #"[{"x":[1]}]"#, Array(#"{"x":[1]}"#.utf8)),
        .init(.badJSON, header: "{", Array(#"{"x":[1]}"#.utf8)),
        .init(.wrongType, header: #"{"id":true}"#, Array(#"{"x":[1]}"#.utf8)),
        .init(.tooLarge, header: #"{"id":"\#(long)"}"#, Array(#"{"x":[1]}"#.utf8)),
        .init(.badJSON, header: "{}", []), .init(.badJSON, header: "{}", [0xFF]),
        .init(.wrongType, header: #"{"remember":1}"#, Array(#"{"x":[1]}"#.utf8), for: .predict),
    ]

    static let x = #""x":{"dtype":"float32","shape":[2,2]}"#
    static let four = [UInt8](repeating: 0, count: 16)

    static let buffers: [Malformed] = [
        .init(.badFrame, #"{"x":{"dtype":"float32","shape":[2,2]}}"#),
        .init(.badFrame, header: "{\(x)}", four, four),
        .init(.badFrame, header: #"{\#(x),"y":{"dtype":"int64","shape":[2]}}"#, four),
        .init(.shapeMismatch, header: "{\(x)}", []), .init(.shapeMismatch, header: "{\(x)}", [0]),
        .init(.shapeMismatch, header: "{\(x)}", four + [0]),
        .init(.badDtype, header: #"{"x":{"dtype":"float16","shape":[2,2]}}"#, four),
        .init(.badDtype, header: #"{"x":{"dtype":">f4","shape":[2,2]}}"#, four),
        .init(.badDtype, header: #"{"x":{"dtype":"object","shape":[2,2]}}"#, four),
        .init(.badDtype, header: #"{"x":{"dtype":"","shape":[2,2]}}"#, four),
        .init(.wrongType, header: #"{"x":{"dtype":4,"shape":[2,2]}}"#, four),
        .init(.missingField, header: #"{"x":{"shape":[2,2]}}"#, four),
        .init(.missingField, header: #"{"x":{"dtype":"float32"}}"#, four),
        .init(.wrongType, header: #"{"x":{"dtype":"float32","shape":4}}"#, four),
        .init(.wrongType, header: #"{"x":{"dtype":"float32","shape":[2.5,2]}}"#, four),
        .init(.wrongType, header: #"{"x":{"dtype":"float32","shape":["2",2]}}"#, four),
        .init(.shapeMismatch, header: #"{"x":{"dtype":"float32","shape":[-2,-2]}}"#, four),
        .init(.shapeMismatch, header: #"{"x":{"dtype":"float32","shape":[]}}"#, [0, 0, 0, 0]),
        .init(.shapeMismatch, header: #"{"x":{"dtype":"float32","shape":[2,2,1]}}"#, four),
        .init(.shapeMismatch, header: #"{"x":{"dtype":"float32","shape":[2000000000,2]}}"#, four),
        .init(
            .tooLarge,
            header: #"{"x":{"dtype":"float32","shape":[4611686018427387904,4611686018427387904]}}"#,
            four),
        .init(
            .tooLarge, header: #"{"x":{"dtype":"float32","shape":[4611686018427387904,4]}}"#, []),
        .init(
            .tooManyFeatures, header: #"{"x":{"dtype":"float32","shape":[1,70000]}}"#,
            [UInt8](repeating: 0, count: 280_000)),
        .init(.badValue, header: #"{"x":{"dtype":"float32","shape":[0,8]}}"#, []),
        .init(.shapeMismatch, header: #"{"x":{"dtype":"float32","shape":[2,0]}}"#, []),
        .init(.wrongType, header: #"{"x":[1,2]}"#, four),
        .init(
            .shapeMismatch, header: #"{\#(x),"y":{"dtype":"int64","shape":[3]}}"#, four,
            four + [0, 0, 0, 0, 0, 0, 0, 0]),
        .init(
            .shapeMismatch, header: #"{\#(x),"y":{"dtype":"int64","shape":[2]}}"#, four, four + [0]),
        .init(
            .shapeMismatch, header: #"{\#(x),"y":{"dtype":"int64","shape":[]}}"#, four,
            [0, 0, 0, 0, 0, 0, 0, 0]),
        .init(
            .shapeMismatch, header: #"{\#(x),"w":{"dtype":"float32","shape":[2,1]}}"#, four,
            [0, 0, 0, 0, 0, 0, 0, 0]),
        .init(.badValue, header: #"{\#(x),"y":{"dtype":"float32","shape":[2,0]}}"#, four, []),
        .init(.badDtype, header: #"{\#(x),"id":{"dtype":"float64","shape":[2]}}"#, four, four),
        .init(.badDtype, header: #"{\#(x),"id":{"dtype":"bool","shape":[2]}}"#, four, [0, 0]),
        .init(.shapeMismatch, header: #"{\#(x),"features":["a"]}"#, four),
        .init(.badValue, header: #"{\#(x),"features":["a","a"]}"#, four),
        .init(.badValue, header: "{\(x),\"features\":[\"\u{E9}\",\"e\u{301}\"]}", four),
        .init(.wrongType, header: #"{\#(x),"features":["a",2]}"#, four),
        .init(.wrongType, header: #"{\#(x),"features":"ab"}"#, four),
        .init(.tooLarge, header: #"{\#(x),"features":["a","\#(longer)"]}"#, four),
        .init(.wrongType, header: #"{\#(x),"classes":"ab"}"#, four),
        .init(.wrongType, header: #"{\#(x),"classes":[1.5]}"#, four),
        .init(
            .badDtype, header: #"{\#(x),"y":{"dtype":"float64","shape":[2]},"classes":["a"]}"#,
            four, four),
        .init(
            .badDtype, header: #"{\#(x),"y":{"dtype":"bool","shape":[2]},"classes":["a"]}"#, four,
            [0, 0]),
        .init(
            .shapeMismatch, header: #"{\#(x),"y":{"dtype":"int32","shape":[2,2]},"classes":["a"]}"#,
            four, four),
        .init(.missingField, header: #"{"y":{"dtype":"int64","shape":[2]}}"#, four),
        .init(.missingField, header: #"{"id":{"dtype":"int64","shape":[2]}}"#, four),
        .init(
            .missingField,
            header: #"{"y":{"dtype":"int64","shape":[2]},"id":{"dtype":"int64","shape":[2]}}"#,
            four, four, for: .predict),
        .init(.badJSON, header: #"{\#(x),\#(x)}"#, four),
        .init(.badJSON, header: #"{"x":{"dtype":"float32","shape":[2,2]}"#, four),
        .init(.wrongType, header: "7", four),
    ]

    @Test("a malformed message gets exactly one refusal", arguments: json + requests + buffers)
    func refuses(message: Malformed) {
        var code: Refusal.Code?
        do throws(Refusal) {
            let decoded = try decode(message.frames, for: message.purpose)
            #expect(decoded.block.rows.isEmpty)
            #expect(decoded.block.refusals.map(\.index) == [0])
            #expect(decoded.block.values.isEmpty && decoded.block.names.isEmpty)
            #expect(decoded.block.indices.isEmpty && decoded.block.namedValues.isEmpty)
            code = decoded.block.refusals.first?.refusal.code
        } catch {
            code = error.code
            #expect(!error.message.isEmpty)
            #expect(!error.message.contains("\n"))
        }
        #expect(code == message.code)
    }

    @Test("limits are those of the configuration")
    func keepsLimits() throws {
        var limits = DecodingLimits()
        limits.maxFeatures = 2
        limits.maxMessageBytes = 60
        #expect(try decode(#"{"x":[1,2]}"#, limits: limits).block.rows.count == 1)
        for x in ["[1,2,3]", #"{"a":1,"b":2,"c":3}"#, #"{"indices":[0],"values":[1],"size":3}"#] {
            let decoded = try decode("{\"x\":\(x)}", limits: limits)
            #expect(decoded.block.refusals.map(\.refusal.code) == [.tooManyFeatures])
        }
        let refusal = #expect(throws: Refusal.self) {
            try decode(String(repeating: " ", count: 61), limits: limits)
        }
        #expect(refusal?.code == .tooLarge)
    }
}
