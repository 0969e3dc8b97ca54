import Features
import Testing

@testable import WireFormat

@Suite struct SampleDecoderTests {
    private func row(_ text: String) throws -> SampleBlock.Row {
        let decoded = try decode(text)
        #expect(decoded.block.refusals.isEmpty)
        return try #require(decoded.block.rows.first)
    }

    @Test("one object is one sample with all that it says")
    func readsObject() throws {
        let decoded = try decode(
            #" {"y":"UP","extra":{"deep":[1]},"x":[1,2.5,-3e2],"w":2,"t":1700000000.25,"id":"a17"} "#
        )
        #expect(decoded.envelope.form == .object)
        #expect(decoded.envelope.sampleCount == 1)
        #expect(decoded.envelope.identifier == .text("a17"))
        #expect(decoded.block.values == [1, 2.5, -300])
        #expect(
            decoded.block.rows == [
                .init(
                    shape: .positional(start: 0, count: 3), target: .label(.text("UP")), weight: 2,
                    time: 1_700_000_000.25, identifier: .text("a17"), index: 0)
            ])
    }

    @Test(
        "a target is what it is written as",
        arguments: [
            ("1", Target.label(.integer(1))), ("-0", .label(.integer(0))), ("1.0", .number(1)),
            ("1e2", .number(100)), ("\"1\"", .label(.text("1"))), ("true", .label(.boolean(true))),
            ("null", .none), ("[1,2.5]", .vector([1, 2.5])), ("[7]", .vector([7])),
            ("9223372036854775808", .number(0x1p63)), ("\"\"", .label(.text(""))),
        ])
    func readsTargets(text: String, expected: Target) throws {
        #expect(try row(#"{"x":[1],"y":\#(text)}"#).target == expected)
    }

    @Test("null is the same as leaving a key out")
    func takesNull() throws {
        let row = try row(
            #"{"x":[1],"y":null,"id":null,"t":null,"w":null,"producer":null,"seq":null}"#)
        #expect(row == .init(shape: .positional(start: 0, count: 1), index: 0))
    }

    @Test("named features keep their order and their types")
    func readsNamed() throws {
        let decoded = try decode(#"{"x":{"a":1,"b":null,"c":"red","d":true,"e\n":-2.5},"y":1}"#)
        #expect(decoded.block.names == ["a", "b", "c", "d", "e\n"])
        #expect(
            decoded.block.namedValues
                == [.number(1), .missing, .category("red"), .boolean(true), .number(-2.5)])
        #expect(decoded.block.rows.first?.shape == .named(start: 0, count: 5))
    }

    @Test("names are right whether they come as expected or not")
    func followsNames() throws {
        let orders = ["ab", "ab", "abc", "ba", "b", "abc", "abcd", "xyz", "ax", "abx"]
        var decoder = SampleDecoder(purpose: .samples)
        var block = SampleBlock()
        for order in orders {
            let members = order.map { "\"\($0)\":1" }.joined(separator: ",")
            _ = try decoder.decode([utf8("{\"x\":{\(members)}}")], into: &block)
            #expect(block.names == order.map(String.init))
            #expect(block.refusals.isEmpty)
        }
    }

    @Test("sparse features may have their keys in any order and others beside them")
    func readsSparse() throws {
        for keys in [
            #""indices":[0,7],"values":[1.5,-2],"size":10"#,
            #""size":10,"values":[1.5,-2],"indices":[0,7]"#,
            #""size":10,"note":"n","indices":[0,7],"values":[1.5,-2]"#,
        ] {
            let decoded = try decode("{\"x\":{\(keys)},\"y\":1}")
            #expect(
                decoded.block.rows.first?.shape
                    == .sparse(start: 0, valueStart: 0, count: 2, size: 10))
            #expect(decoded.block.indices == [0, 7])
            #expect(decoded.block.values == [1.5, -2])
            #expect(decoded.block.names.isEmpty && decoded.block.namedValues.isEmpty)
        }
        let empty = try decode(#"{"x":{"indices":[],"values":[],"size":3}}"#)
        #expect(
            empty.block.rows.first?.shape == .sparse(start: 0, valueStart: 0, count: 0, size: 3))
        // Without an array they are features like any other.
        let named = try decode(#"{"x":{"indices":1,"values":2,"size":3}}"#)
        #expect(named.block.names == ["indices", "values", "size"])
    }

    @Test("a label may come late")
    func readsLateLabel() throws {
        #expect(
            try row(#"{"id":"a17","y":"UP"}"#)
                == .init(
                    shape: .absent, target: .label(.text("UP")), identifier: .text("a17"), index: 0)
        )
        #expect(try row(#"{"id":-5,"y":2.5,"x":null}"#).identifier == .integer(-5))
    }

    @Test("an array is one sample for each element, and a bad one does not harm the others")
    func readsArray() throws {
        let decoded = try decode(
            #"[{"x":[1,2],"y":0}, {"x":[3,null],"y":1,"id":"b"}, 7 ,{"x":[5,6],"id":9}]"#)
        #expect(decoded.envelope.form == .array)
        #expect(decoded.envelope.sampleCount == 4)
        #expect(decoded.envelope.identifier == nil)
        #expect(decoded.block.rows.map(\.index) == [0, 3])
        #expect(decoded.block.values == [1, 2, 5, 6])
        #expect(decoded.block.rows[1].shape == .positional(start: 2, count: 2))
        #expect(decoded.block.refusals.map(\.index) == [1, 2])
        #expect(decoded.block.refusals.map(\.refusal.code) == [.wrongType, .wrongType])
        #expect(decoded.envelope.refusedIdentifiers == [.text("b"), nil])
    }

    @Test("a line that does not parse is refused alone")
    func readsLines() throws {
        let text = """
            {"x":[1],"y":1}\r
            {"x":[2],"y":2

            {"x":[3],"y":3} {"x":[4]}
              {"x":[5],"y":5}
            [6]
            {"x":[7,],"id":7}
            {"x":[8],"y":8}
            """
        let decoded = try decode(text)
        #expect(decoded.envelope.form == .lines)
        #expect(decoded.envelope.sampleCount == 7)
        #expect(decoded.block.rows.map(\.index) == [0, 3, 6])
        #expect(decoded.block.values == [1, 5, 8])
        #expect(decoded.block.refusals.map(\.index) == [1, 2, 4, 5])
        #expect(
            decoded.block.refusals.map(\.refusal.code)
                == [.badJSON, .badJSON, .wrongType, .badJSON])
        #expect(decoded.envelope.refusedIdentifiers.count == 4)
    }

    @Test("an object over several lines is one sample")
    func readsPrettyObject() throws {
        let decoded = try decode("{\n  \"x\":\n{ \"a\": 1,\n \"b\": 2 },\n \"y\": 1\n}\n")
        #expect(decoded.envelope.form == .object)
        #expect(decoded.block.names == ["a", "b"])
        let first = try decode("{\"x\":[1]\n{\"x\":[2]}\n")
        #expect(first.envelope.form == .lines)
        #expect(first.block.rows.map(\.index) == [1])
    }

    @Test("a header frame before JSON says who sends and what for")
    func readsHeaderFrame() throws {
        let header = utf8(#"{"producer":"p","seq":3,"id":"r1"}"#)
        let decoded = try decode([header, utf8(#"[{"x":[1],"id":"s"}]"#)])
        #expect(decoded.envelope.producer == "p")
        #expect(decoded.envelope.sequence == 3)
        #expect(decoded.envelope.identifier == .text("r1"))
        #expect(decoded.envelope.form == .array)
        #expect(decoded.block.rows.first?.identifier == .text("s"))
        let lines = try decode([header, utf8("{\"x\":[1]}\n{\"x\":[2]}\n{")])
        #expect(lines.envelope.form == .lines)
        #expect(lines.envelope.sequence == 3)
        #expect(lines.block.rows.count == 2)
        let options = utf8(#"{"remember":true,"consistent":true}"#)
        let single = try decode([options, utf8(#"{"x":[1],"id":1}"#)], for: .predict)
        #expect(single.envelope.remember && single.envelope.consistent)
    }

    @Test("each socket reads its own keys and ignores those of the others")
    func separatesPurposes() throws {
        let text = #"{"x":[1],"y":{},"w":"-","seq":"-","producer":5,"op":7,"remember":0,"id":1}"#
        #expect(
            try decode(#"{"x":[1],"seq":"-","producer":5,"op":7,"remember":0}"#, for: .samples)
                .block.rows.count == 1)
        #expect(throws: Refusal.self) { try decode(text, for: .learn) }
        let predict = try decode(
            #"{"x":[1],"y":{},"w":"-","seq":"-","op":7,"remember":true,"consistent":true,"id":1}"#,
            for: .predict)
        #expect(predict.block.rows.first?.target == Target.none)
        #expect(predict.envelope.remember && predict.envelope.consistent)
        let learn = try decode(#"{"x":[1],"producer":"p","seq":1,"remember":"?","consistent":3}"#)
        #expect(learn.envelope.producer == "p" && learn.envelope.sequence == 1)
        #expect(!learn.envelope.remember)
    }

    @Test("hello is a question of a producer")
    func readsHello() throws {
        let decoded = try decode(#"{"op":"hello","producer":"p","last_acked":17,"id":"h"}"#)
        #expect(decoded.envelope.hello == .init(lastAcknowledged: 17))
        #expect(decoded.envelope.producer == "p")
        #expect(decoded.envelope.identifier == .text("h"))
        #expect(decoded.block == SampleBlock())
        #expect(try decode(#"{"op":"hello","producer":"p"}"#).envelope.hello == .init())
    }

    @Test("routing frames before the message are passed over")
    func startsAtOffset() throws {
        var decoder = SampleDecoder(purpose: .learn)
        var block = SampleBlock()
        let frames = [[0, 1, 2], [], utf8(#"{"x":[1]}"#)]
        #expect(try decoder.decode(frames, from: 2, into: &block).form == .object)
        #expect(throws: Refusal.self) { try decoder.decode(frames, from: 3, into: &block) }
    }

    @Test("a refused request still has its identifier")
    func keepsIdentifier() {
        var decoder = SampleDecoder(purpose: .learn)
        var block = SampleBlock()
        for frames in [
            [utf8(#"{"seq":0,"x":[1],"id":"k"}"#)],
            [utf8(#"{"id":"k","x":{"dtype":"float16","shape":[1,1]}}"#), [0, 0]],
        ] {
            #expect(throws: Refusal.self) { try decoder.decode(frames, into: &block) }
            #expect(decoder.requestIdentifier == .text("k"))
        }
        #expect(throws: Refusal.self) { try decoder.decode([utf8("{")], into: &block) }
        #expect(decoder.requestIdentifier == nil)
    }

    @Test("a feed message has its topic in a frame or before a space")
    func readsFeed() throws {
        var decoder = SampleDecoder(purpose: .samples)
        var block = SampleBlock()
        for frames in [
            [utf8("host"), utf8(#"{"x":[1]}"#)], [utf8(#"host {"x":[1]}"#)], [utf8(#"{"x":[1]}"#)],
            [utf8(#" {"x":[1]}"#)], [[0xFF], utf8(#"{"x":{"dtype":"bool","shape":[1]}}"#), [1]],
        ] {
            let envelope = try decoder.decodeFeed(frames, into: &block)
            #expect(envelope.sampleCount == 1)
            #expect(block.values == [1])
        }
        #expect(throws: Refusal.self) { try decoder.decodeFeed([utf8("host")], into: &block) }
        #expect(throws: Refusal.self) { try decoder.decodeFeed([[UInt8]](), into: &block) }
    }

    @Test("a decoder that has met a bad message reads the next as if it were new")
    func recovers() throws {
        let good = utf8(#"[{"x":{"a":1,"b":2},"y":1},{"x":[1,2]}]"#)
        var expected = SampleBlock()
        var fresh = SampleDecoder(purpose: .learn)
        _ = try fresh.decode([good], into: &expected)
        var decoder = SampleDecoder(purpose: .learn)
        var block = SampleBlock()
        for bad in [
            #"[{"x":{"a":1,"c":2,"q":[{"k":1"#, #"{"x":{"b":1,"b":2}}"#, #"[{"x":[1,2,"#,
            #"{"x":{"é":1,"e\u0301":2,"z":{}}}"#, "[[[[{\"a\":",
        ] {
            _ = try? decoder.decode([utf8(bad)], into: &block)
            _ = try decoder.decode([good], into: &block)
            #expect(block == expected)
        }
    }
}
