import StateCoding
import TestSupport
import Testing

/// One of everything that can be written.
private struct Everything: Equatable, StateCodable {
    var byte: UInt8 = 200
    var flag = true
    var word: UInt32 = 0xDEAD_BEEF
    var long: UInt64 = .max
    var integer = Int.min
    var float: Float = -0.0
    var double = Double.leastNonzeroMagnitude
    var text = "grün 🌱 \u{0}"
    var floats: [Float] = [1, -.infinity, .greatestFiniteMagnitude, 0x1p-149]
    var doubles: [Double] = [.pi, -0.0]
    var integers = [Int.max, -1, 0]
    var texts = ["", "a", "äö"]
    var parts = [Part(number: 1), Part(number: -7)]
    var some: Part? = Part(number: 3)
    var none: Part?

    struct Part: Equatable, StateCodable {
        var number: Int

        init(number: Int) { self.number = number }
        func encode(to writer: inout StateWriter) { writer.write(number) }
        init(from reader: inout StateReader) throws(StateError) { number = try reader.readInt() }
    }

    init() {}

    func encode(to writer: inout StateWriter) {
        writer.write(byte)
        writer.write(flag)
        writer.write(word)
        writer.write(long)
        writer.write(integer)
        writer.write(float)
        writer.write(double)
        writer.write(text)
        writer.write(floats)
        writer.write(doubles)
        writer.write(integers)
        writer.write(texts)
        writer.write(parts)
        writer.write(some)
        writer.write(none)
    }

    init(from reader: inout StateReader) throws(StateError) {
        byte = try reader.readUInt8()
        flag = try reader.readBool()
        word = try reader.readUInt32()
        long = try reader.readUInt64()
        integer = try reader.readInt()
        float = try reader.readFloat()
        double = try reader.readDouble()
        text = try reader.readString()
        floats = try reader.readFloats()
        doubles = try reader.readDoubles()
        integers = try reader.readInts()
        texts = try reader.readStrings()
        parts = try reader.readArray()
        some = try reader.readOptional()
        none = try reader.readOptional()
    }
}

@Suite("State in bytes") struct StateCodingTests {
    @Test("everything that is written is read back")
    func roundTrip() throws {
        let copy = try value(Everything.self, fromState: stateBytes(of: Everything()))
        #expect(copy == Everything())
        // Equality calls the two zeros equal; the bytes do not.
        #expect(stateBytes(of: copy) == stateBytes(of: Everything()))
    }

    @Test("state that ends too early is refused at every byte")
    func truncation() {
        let bytes = stateBytes(of: Everything())
        for count in bytes.indices {
            #expect(throws: StateError.self, "cut after \(count) bytes") {
                _ = try value(Everything.self, fromState: Array(bytes[..<count]))
            }
        }
    }

    @Test("bytes that are left over are noticed")
    func excess() {
        #expect(throws: StateError.self) {
            _ = try value(Everything.self, fromState: stateBytes(of: Everything()) + [0])
        }
    }

    /// Little-endian, counts before elements, IEEE 754: the layout that checkpoints are kept in.
    @Test("the layout is the documented one")
    func layout() {
        var writer = StateWriter()
        writer.write(UInt32(0x0403_0201))
        writer.write(-2)
        writer.write([Float(1)])
        writer.write([Double(-2), 0.5])
        writer.write([258])
        writer.write("é")
        let one: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
        let two: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0]
        var expected: [UInt8] = [1, 2, 3, 4]
        expected += [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        expected += one + [0, 0, 0x80, 0x3F]
        expected += two + [0, 0, 0, 0, 0, 0, 0, 0xC0] + [0, 0, 0, 0, 0, 0, 0xE0, 0x3F]
        expected += one + [2, 1, 0, 0, 0, 0, 0, 0]
        expected += two + [0xC3, 0xA9]
        #expect(writer.bytes == expected)
    }

    @Test("arrays are written the same wherever they begin", arguments: 0...8)
    func alignment(offset: Int) throws {
        var writer = StateWriter()
        for _ in 0..<offset { writer.write(UInt8(7)) }
        let floats = (0..<33).map { Float($0) / 3 }
        writer.write(floats)
        writer.write([Float]())
        writer.write([0.1, .infinity])
        var reader = StateReader(bytes: writer.bytes)
        for _ in 0..<offset { _ = try reader.readUInt8() }
        #expect(try reader.readFloats() == floats)
        #expect(try reader.readFloats() == [])
        #expect(try reader.readDoubles() == [0.1, .infinity])
        #expect(reader.remainingCount == 0)
    }

    @Test(
        "a count that claims more than there is allocates nothing",
        arguments: [Int.max, Int.max / 4, 1 << 40, 9, -1, .min])
    func hostileCounts(count: Int) {
        var writer = StateWriter()
        writer.write(count)
        writer.write(UInt64(0))
        let bytes = writer.bytes
        func expectRefusal(_ read: (inout StateReader) throws(StateError) -> Void) {
            var reader = StateReader(bytes: bytes)
            #expect(throws: StateError.self) { try read(&reader) }
        }
        expectRefusal { (reader) throws(StateError) in _ = try reader.readFloats() }
        expectRefusal { (reader) throws(StateError) in _ = try reader.readDoubles() }
        expectRefusal { (reader) throws(StateError) in _ = try reader.readInts() }
        expectRefusal { (reader) throws(StateError) in _ = try reader.readStrings() }
        expectRefusal { (reader) throws(StateError) in _ = try reader.readString() }
        expectRefusal { (reader) throws(StateError) in
            let parts: [Everything.Part] = try reader.readArray()
            _ = parts
        }
    }

    @Test("bytes that mean nothing are refused by name")
    func meaningless() {
        var flag = StateReader(bytes: [2])
        #expect(throws: StateError.invalid(what: "a Boolean", offset: 0)) {
            _ = try flag.readBool()
        }
        var text = StateReader(bytes: [2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0x28])
        #expect(throws: StateError.self) { _ = try text.readString() }
    }

    @Test("the message of an error is one line with the place")
    func messages() {
        for error in [
            StateError.truncated(what: "a string", offset: 17),
            .invalid(what: "a Boolean", offset: 17),
        ] {
            #expect(error.description.contains("17"))
            #expect(!error.description.contains("\n"))
        }
    }
}
