import Features
import Randomness
import Testing

@testable import WireFormat

@Suite struct NumberTests {
    /// The value by the way that samples take.
    private func parse(_ text: String) -> Double? {
        var scratch = JSONScratch()
        let bytes = Array(text.utf8)
        let span = unsafe bytes.span.bytes
        return try? JSONScanner.withBytes(of: span, scratch: &scratch) {
            (scanner) throws(Refusal) in
            let value = try scanner.scanDouble()
            try scanner.expectEnd()
            return value
        }
    }

    private func randomDigits(_ count: Int, using generator: inout SeededGenerator) -> String {
        String((0..<count).map { _ in Character("\(generator.nextIndex(below: 10))") })
    }

    /// A number of 1 to 25 digits, with and without fraction and exponent.
    private func randomText(using generator: inout SeededGenerator) -> String {
        var text = generator.nextIndex(below: 2) == 0 ? "-" : ""
        let whole = randomDigits(1 + generator.nextIndex(below: 20), using: &generator).drop {
            $0 == "0"
        }
        text += whole.isEmpty ? "0" : whole
        if generator.nextIndex(below: 3) > 0 {
            text += "." + randomDigits(1 + generator.nextIndex(below: 20), using: &generator)
        }
        switch generator.nextIndex(below: 4) {
        case 0: text += "e\(generator.nextIndex(below: 60) - 30)"
        case 1: text += "E\(generator.nextIndex(below: 640) - 330)"
        default: break
        }
        return text
    }

    @Test("numbers equal the standard library's, bit for bit", arguments: 1...4)
    func agreesWithStandardLibrary(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<25_000 {
            let text = randomText(using: &generator)
            let expected = Double(text)!
            if expected.isFinite {
                #expect(parse(text)?.bitPattern == expected.bitPattern, "\(text)")
            } else {
                #expect(parse(text) == nil, "\(text)")
            }
        }
    }

    @Test("any double written in full reads back as itself", arguments: [UInt64(5), 6])
    func readsBackDescriptions(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: generator.nextBits())
            guard number.isFinite else { continue }
            #expect(parse("\(number)")?.bitPattern == number.bitPattern, "\(number)")
        }
    }

    @Test("an array of numbers is read as its elements are one by one", arguments: 1...4)
    func readsArraysAsElements(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let gaps = ["", "", "", " ", "  ", "\n", "\t "]
        for _ in 0..<300 {
            let numbers = (0...generator.nextIndex(below: 150)).map { _ in
                generator.nextIndex(below: 2) == 0
                    ? randomText(using: &generator)
                    : "\((generator.nextNormal() * 10_000).rounded() / 10_000)"
            }.filter { Double($0)!.isFinite }
            var text = "{\"x\":["
            for (index, number) in numbers.enumerated() {
                if index > 0 { text += "," + gaps[generator.nextIndex(below: gaps.count)] }
                text += number + gaps[generator.nextIndex(below: gaps.count)]
            }
            guard !numbers.isEmpty else { continue }
            let decoded = try decode(text + "]}")
            #expect(
                decoded.block.values.map(\.bitPattern) == numbers.map { Double($0)!.bitPattern })
        }
    }

    @Test(
        "a mutated array of numbers is refused exactly when its text is no JSON", arguments: 1...4)
    func refusesArraysAsElements(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3_000 {
            let numbers = (0..<12).map { _ in randomText(using: &generator) }
            var bytes = Array(numbers.joined(separator: ",").utf8)
            for _ in 0...generator.nextIndex(below: 2) { mutate(&bytes, using: &generator) }
            let text = Array("{\"x\":[".utf8) + bytes + Array("]}".utf8)
            // The tree is built element by element, without the fast way of arrays.
            let isJSON = (try? JSONValue(parsing: text)) != nil
            #expect(((try? decode([text])) != nil) == isJSON)
        }
    }

    /// Halfway cases and their neighbours, where a wrong last bit would show: 2⁵³ + 1 lies halfway
    /// between two doubles and goes to the even one; the others follow from the same rule.
    @Test(
        "ties go to the even neighbour",
        arguments: [
            ("9007199254740993", 0x1p53), ("9007199254740995", 0x1p53 + 4),
            ("9007199254740993.0", 0x1p53), ("9007199254740993e0", 0x1p53),
            ("9007199254740993.00001", 0x1p53 + 2), ("90071992547409930e-1", 0x1p53),
            ("900719925474099300000e-5", 0x1p53), ("18446744073709551615", 0x1p64),
            ("1.00000000000000011102230246251565", 1.0),
            ("1.00000000000000011102230246251566", 1.0000000000000002),
            ("2.4703282292062328e-324", Double.leastNonzeroMagnitude),
            ("2.4703282292062327e-324", 0),
            ("1.7976931348623158e308", Double.greatestFiniteMagnitude),
        ])
    func roundsTiesToEven(text: String, expected: Double) {
        #expect(parse(text)?.bitPattern == expected.bitPattern)
    }

    @Test("the digits that a word begins with are counted and added up", arguments: 0...8)
    func readsDigitsOfWords(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        for _ in 0..<2_000 {
            let text = randomDigits(count, using: &generator)
            var bytes = Array(text.utf8)
            // What follows begins with no digit, and may be any byte after that.
            var other = UInt8(truncatingIfNeeded: generator.nextBits())
            if other >= 0x30, other <= 0x39 { other ^= 0x80 }
            if bytes.count < 8 { bytes.append(other) }
            while bytes.count < 8 { bytes.append(UInt8(truncatingIfNeeded: generator.nextBits())) }
            let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let (value, found) = Digits.leading(in: word)
            #expect(found == count)
            #expect(value == UInt64(text) ?? 0)
        }
    }

    @Test(
        "the integer division agrees with the standard library wherever it is used",
        arguments: 1...2)
    func dividesExactly(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for exponent in -27...27 {
            for _ in 0..<300 {
                let mantissa = generator.nextBits() >> UInt64(generator.nextIndex(below: 64))
                let expected = Double("\(mantissa)e\(exponent)")!
                let nearest = DecimalRounding.nearest(mantissa, exponent: exponent)
                #expect(nearest?.bitPattern == expected.bitPattern, "\(mantissa)e\(exponent)")
            }
        }
        #expect(DecimalRounding.nearest(1 << 60, exponent: 28) == nil)
        #expect(DecimalRounding.nearest(1 << 60, exponent: -28) == nil)
    }

    @Test(
        "text formats may write what JSON may not",
        arguments: [
            ("1", 1.0), ("+1", 1), ("-1", -1), ("007", 7), (".5", 0.5), ("2.", 2), ("-.5e1", -5),
            ("+1.25E-2", 0.0125), ("1e22", 1e22),
            ("123456789012345678901234567890", 1.2345678901234568e29),
            ("+00000000000000000000000000000001.5", 1.5), (".00000000000000000000000000001", 1e-29),
        ])
    func readsLenientNumbers(text: String, expected: Double) {
        #expect(DecimalText.double(Array(text.utf8).span) == expected)
    }

    @Test(
        "what is no number from end to end is none",
        arguments: [
            "", " 1", "1 ", "+", "-", ".", "e5", "1e", "1e+", "1.2.3", "--1", "+-1", "nan", "inf",
            "0x10", "1,5", "1e400", "é", "1\u{0}",
        ])
    func refusesWhatIsNoNumber(text: String) {
        #expect(DecimalText.double(Array(text.utf8).span) == nil)
    }
}
