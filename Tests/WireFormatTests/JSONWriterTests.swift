import Features
import Foundation
import Randomness
import Testing

@testable import WireFormat

@Suite struct JSONWriterTests {
    @Test("every scalar value survives writing, and Foundation reads the same string")
    func escapesStrings() throws {
        var text = ""
        for value in UInt32(0)...0x2100 {
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        text += "𝄞\u{10FFFF}\u{FFFE}"
        let bytes = JSONValue.string(text).encoded
        guard case .string(let ours) = try JSONValue(parsing: bytes) else {
            Issue.record("no string came back")
            return
        }
        #expect(ours.utf8.elementsEqual(text.utf8))
        let theirs =
            try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            as? String
        #expect(theirs?.utf8.elementsEqual(text.utf8) == true)
    }

    @Test("doubles are written so that they read back bit for bit", arguments: [UInt64(1), 2])
    func writesDoubles(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let number = Double(bitPattern: generator.nextBits())
            let value = try JSONValue(parsing: JSONValue.number(number).encoded)
            if number.isFinite {
                #expect(value.double?.bitPattern == number.bitPattern)
            } else {
                #expect(value == .null)
            }
        }
    }

    @Test("floats are written no longer than they are")
    func writesFloats() {
        var writer = JSONWriter()
        writer.beginArray()
        for number in [Float(0.71), 1e-10, -0.0, 3e38, .infinity, .nan] { writer.write(number) }
        writer.endArray()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == "[0.71,1e-10,-0.0,3e+38,null,null]")
    }

    @Test("commas come between, and only between")
    func placesCommas() throws {
        let text = #"{"a":[],"b":{},"c":[[],{},"x",1,true,null],"d":{"e":{"f":-1.5}}}"#
        #expect(
            String(decoding: try JSONValue(parsing: Array(text.utf8)).encoded, as: UTF8.self)
                == text)
    }
}
