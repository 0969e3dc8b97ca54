import Features
import Testing

@testable import WireFormat

@Suite struct BufferDecoderTests {
    /// Each dtype with its bytes of 1, 0, 200 or the like, and what they are.
    static let dtypes: [(String, [UInt8], [Double])] = [
        ("float32", bytes(Float(1.5), -0.25), [1.5, -0.25]),
        ("float64", bytes(0.1, -1e300), [0.1, -1e300]),
        ("int32", bytes(Int32.min, 7), [-2_147_483_648, 7]),
        ("int64", bytes(Int64(1) << 40, -1), [0x1p40, -1]),
        ("uint8", [0, 255], [0, 255]),
        ("bool", [0, 1], [0, 1]),
    ]

    @Test("x may have any dtype, at any alignment", arguments: dtypes)
    func readsFeatures(dtype: String, buffer: [UInt8], expected: [Double]) throws {
        for shape in ["[2,1]", "[1,2]", "[2]"] {
            let decoded = try decode([
                utf8(#"{"x":{"dtype":"\#(dtype)","shape":\#(shape)}}"#), buffer,
            ])
            #expect(decoded.block.values == expected)
            #expect(decoded.block.rows.count == (shape == "[2,1]" ? 2 : 1))
            #expect(decoded.envelope.form == .buffers)
        }
        var shifted = [UInt8(9)]
        shifted.append(contentsOf: buffer)
        let frames = ShiftedFrames(
            header: utf8(#"{"x":{"dtype":"\#(dtype)","shape":[2]}}"#), body: shifted)
        var decoder = SampleDecoder(purpose: .samples)
        var block = SampleBlock()
        _ = try decoder.decode(frames, into: &block)
        #expect(block.values == expected)
    }

    /// A body that begins at an odd address.
    private struct ShiftedFrames: FrameSource {
        let header: [UInt8]
        let body: [UInt8]
        var frameCount: Int { 2 }

        func withFrame<Result, Failure: Error>(
            _ index: Int, _ use: (RawSpan) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            if index == 0 {
                let bytes = unsafe header.span.bytes
                return try use(bytes)
            }
            let bytes = unsafe body.span.bytes
            return try use(bytes.extracting(droppingFirst: 1))
        }
    }

    @Test("all buffers of a message meet in its rows")
    func readsAllColumns() throws {
        let header = """
            {"id":{"dtype":"int64","shape":[2]},"t":{"dtype":"float64","shape":[2]},
             "w":{"dtype":"float32","shape":[2]},"y":{"dtype":"int64","shape":[2]},
             "x":{"dtype":"float32","shape":[2,2]},"features":["a","b"],"classes":["U","D"],
             "producer":"p","seq":4,"other":[{}]}
            """
        let decoded = try decode([
            utf8(header), bytes(Float(1), .nan, 3, 4), bytes(Int64(1), 0), bytes(Float(2), 0),
            bytes(10.5, 11.5), bytes(Int64(-7), .max),
        ])
        #expect(decoded.block.columnNames == ["a", "b"])
        #expect(decoded.block.values[1].isNaN)
        #expect(decoded.envelope.producer == "p" && decoded.envelope.sequence == 4)
        #expect(
            decoded.block.rows == [
                .init(
                    shape: .positional(start: 0, count: 2), target: .label(.text("D")), weight: 2,
                    time: 10.5, identifier: .integer(-7), index: 0),
                .init(
                    shape: .positional(start: 2, count: 2), target: .label(.text("U")), weight: 0,
                    time: 11.5, identifier: .integer(.max), index: 1),
            ])
    }

    @Test(
        "a target is what its dtype says",
        arguments: [
            ("float64", "[2]", bytes(1.0, Double.nan), [Target.number(1), .none]),
            ("float32", "[2,1]", bytes(Float(1.5), 2), [.number(1.5), .number(2)]),
            ("int64", "[2]", bytes(Int64(3), -3), [.label(.integer(3)), .label(.integer(-3))]),
            ("int32", "[2]", bytes(Int32(3), -3), [.label(.integer(3)), .label(.integer(-3))]),
            ("uint8", "[2]", [0, 9], [.label(.integer(0)), .label(.integer(9))]),
            ("bool", "[2]", [1, 0], [.label(.boolean(true)), .label(.boolean(false))]),
            ("float64", "[2,2]", bytes(1.0, 2, .nan, .nan), [.vector([1, 2]), .none]),
            ("int32", "[2,2]", bytes(Int32(1), 2, 3, 4), [.vector([1, 2]), .vector([3, 4])]),
        ])
    func readsTargets(
        dtype: String, shape: String, buffer: [UInt8], expected: [Target]
    ) throws {
        let header = utf8(
            #"{"x":{"dtype":"bool","shape":[2,1]},"y":{"dtype":"\#(dtype)","shape":\#(shape)}}"#)
        let decoded = try decode([header, [0, 1], buffer])
        #expect(decoded.block.rows.map(\.target) == expected)
        #expect(decoded.block.refusals.isEmpty)
        let predict = try decode([header, [0, 1], buffer], for: .predict)
        #expect(predict.block.rows.map(\.target) == [.none, .none])
    }

    @Test(
        "a row with what cannot be is refused alone",
        arguments: [
            ("x", "float32", "[3,1]", bytes(Float(1), .infinity, 3), Refusal.Code.notFinite),
            ("x", "float64", "[3,1]", bytes(1, -Double.infinity, .nan), .notFinite),
            ("y", "float32", "[3]", bytes(Float(1), .infinity, .nan), .notFinite),
            ("y", "float64", "[3,2]", bytes(1.0, 2, 3, .nan, 5, 6), .notFinite),
            ("w", "float32", "[3]", bytes(Float(1), .nan, 0), .notFinite),
            ("w", "float64", "[3]", bytes(1.0, .infinity, 0), .notFinite),
            ("w", "float64", "[3]", bytes(1.0, -1, 0), .badValue),
            ("w", "float64", "[3]", bytes(1.0, 1e300, 0), .badValue),
            ("t", "float64", "[3]", bytes(1.0, .nan, 0), .notFinite),
            ("classes", "int64", "[3]", bytes(Int64(0), 2, 1), .unknownClass),
            ("classes", "int64", "[3]", bytes(Int64(0), -1, 1), .unknownClass),
            ("classes", "int64", "[3]", bytes(Int64(0), .min, 1), .unknownClass),
        ])
    func refusesRows(
        name: String, dtype: String, shape: String, buffer: [UInt8], code: Refusal.Code
    ) throws {
        let key = name == "classes" ? "y" : name
        let x = name == "x" ? "" : #""x":{"dtype":"uint8","shape":[3,1]},"#
        let classes = name == "classes" ? #","classes":["a","b"]"# : ""
        let header =
            #"{\#(x)"\#(key)":{"dtype":"\#(dtype)","shape":\#(shape)},"id":"r"\#(classes)}"#
        let decoded = try decode([utf8(header)] + (name == "x" ? [] : [[1, 2, 3]]) + [buffer])
        #expect(decoded.envelope.sampleCount == 3)
        #expect(decoded.envelope.identifier == .text("r"))
        #expect(decoded.block.rows.map(\.index) == [0, 2])
        #expect(decoded.block.refusals.map(\.index) == [1])
        #expect(decoded.block.refusals.map(\.refusal.code) == [code])
        #expect(decoded.envelope.refusedIdentifiers == [nil])
    }

    @Test("late labels are buffers without x")
    func readsLateLabels() throws {
        let header = #"{"y":{"dtype":"float64","shape":[2]},"id":{"dtype":"uint8","shape":[2]}}"#
        let decoded = try decode([utf8(header), bytes(1.5, .nan), [7, 8]])
        #expect(
            decoded.block.rows == [
                .init(shape: .absent, target: .number(1.5), identifier: .integer(7), index: 0)
            ])
        #expect(decoded.block.refusals.map(\.refusal.code) == [.missingField])
        #expect(decoded.envelope.refusedIdentifiers == [.integer(8)])
    }

    @Test("remember needs an id for each row")
    func requiresIdentifiers() throws {
        let x = #""x":{"dtype":"uint8","shape":[2,1]}"#
        let without = try decode([utf8("{\(x),\"remember\":true}"), [1, 2]], for: .predict)
        #expect(without.block.refusals.map(\.refusal.code) == [.missingField, .missingField])
        let identifiers = #""id":{"dtype":"uint8","shape":[2]}"#
        let with = try decode(
            [utf8("{\(x),\(identifiers),\"remember\":true}"), [1, 2], [3, 4]], for: .predict)
        #expect(with.block.rows.map(\.identifier) == [.integer(3), .integer(4)])
    }
}
