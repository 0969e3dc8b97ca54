import Features
import Foundation
import Randomness
import Testing

@testable import WireFormat

@Suite struct JSONConformanceTests {
    private func refusal(of bytes: [UInt8]) -> Refusal? {
        do {
            _ = try JSONValue(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    /// Foundation reads a byte-order mark, UTF-16, and repeated keys, and has its own way with
    /// numbers beyond a Double; besides that it keeps to the RFC.
    private func foundationAccepts(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    @Test("what RFC 8259 allows is taken", arguments: acceptedTexts)
    func accepts(text: JSONCase) { #expect(refusal(of: text.bytes) == nil) }

    @Test("what RFC 8259 forbids is bad_json", arguments: refusedTexts)
    func refuses(text: JSONCase) { #expect(refusal(of: text.bytes)?.code == .badJSON) }

    @Test("a key that comes twice is bad_json", arguments: refusedByProtocol)
    func refusesDuplicates(text: JSONCase) {
        let refusal = refusal(of: text.bytes)
        #expect(refusal?.code == .badJSON)
        #expect(refusal?.message.contains("each key once") == true)
    }

    @Test("what we take, Foundation takes", arguments: acceptedTexts)
    func foundationTakes(text: JSONCase) { #expect(foundationAccepts(text.bytes)) }

    @Test("65 levels are too deep, whatever they are made of and wherever they stand")
    func limitsDepth() {
        func nest(_ open: String, _ close: String, _ count: Int) -> [UInt8] {
            let text =
                String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
            return Array(text.utf8)
        }
        #expect(refusal(of: nest("[", "]", 64)) == nil)
        #expect(refusal(of: nest("[", "]", 65))?.code == .tooDeep)
        #expect(refusal(of: nest("{\"a\":", "}", 64)) == nil)
        #expect(refusal(of: nest("{\"a\":", "}", 65))?.code == .tooDeep)
        // A million brackets must not exhaust the stack.
        #expect(refusal(of: nest("[", "]", 1_000_000))?.code == .tooDeep)
        #expect(refusal(of: Array(repeating: UInt8(ascii: "["), count: 100))?.code == .tooDeep)
    }

    @Test("a refusal names the offset and what was expected")
    func namesOffset() {
        #expect(
            refusal(of: Array("[1,2 3]".utf8))?.message
                == "byte 5: expected ',' or ']' after an element, found '3'")
        #expect(
            refusal(of: Array(#"{"a" 1}"#.utf8))?.message
                == "byte 5: expected ':' after a key, found '1'")
        #expect(refusal(of: [])?.message == "byte 0: expected a value, found the end")
        #expect(
            refusal(of: [0x22, 0x01, 0x22])?.message
                == "byte 1: expected control characters in a string to be escaped, found byte 0x01")
    }

    @Test("strings are what their escapes say")
    func resolvesEscapes() throws {
        let text = #""\u0041\n\t\"\\\/\u00e9\ud834\udd1e é𝄞 \b\f\r""#
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(value == .string("A\n\t\"\\/é𝄞 é𝄞 \u{8}\u{C}\r"))
    }

    @Test("integers are known by how they are written")
    func knowsIntegers() throws {
        func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse("-0") == .integer(0))
        #expect(try parse("1.0") == .number(1))
        #expect(try parse("1e2") == .number(100))
        #expect(try parse("9223372036854775808") == .number(0x1p63))
        #expect(try parse("-9223372036854775809") == .number(-0x1p63))
    }

    @Test("many keys cost no quadratic time and a repeated one is found")
    func findsDuplicateAmongMany() {
        let keys = (0..<50_000).map { "\"key\($0)\":\($0)" }
        #expect(refusal(of: Array("{\(keys.joined(separator: ","))}".utf8)) == nil)
        let repeated = keys + ["\"key31\":0"]
        let found = refusal(of: Array("{\(repeated.joined(separator: ","))}".utf8))
        #expect(found?.code == .badJSON)
    }

    @Test("mutated texts never crash, and none is taken that Foundation refuses", arguments: 1...4)
    func survivesMutation(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let seeds = acceptedTexts.map(\.bytes).filter { $0.count > 4 }
        for _ in 0..<5_000 {
            var bytes = seeds[generator.nextIndex(below: seeds.count)]
            for _ in 0...generator.nextIndex(below: 3) { mutate(&bytes, using: &generator) }
            if refusal(of: bytes) == nil {
                #expect(foundationAccepts(bytes), "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}

/// Changes one place: another byte, one less, one more, a piece again, or the rest gone.
func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let place = generator.nextIndex(below: bytes.count)
    let interesting = Array("{}[]\",:\\-+.eE0123456789truefalsn \n\u{0}u\u{E9}".utf8)
    let byte =
        generator.nextIndex(below: 4) == 0
        ? UInt8(truncatingIfNeeded: generator.nextBits())
        : interesting[generator.nextIndex(below: interesting.count)]
    switch generator.nextIndex(below: 6) {
    case 0: bytes[place] = byte
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(byte, at: place)
    case 3: bytes[place] ^= 1 << UInt8(generator.nextIndex(below: 8))
    case 4:
        let end = place + generator.nextIndex(below: min(12, bytes.count - place))
        bytes.insert(contentsOf: bytes[place...end], at: place)
    default: bytes.removeSubrange(place...)
    }
}
