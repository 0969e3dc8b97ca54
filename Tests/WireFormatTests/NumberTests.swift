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

    private func digits(_ count: Int, using generator: inout SeededGenerator) -> String {
        String((0..<count).map { _ in Character("\(generator.nextIndex(below: 10))") })
    }

    /// A number of 1 to 25 digits, with and without fraction and exponent.
    private func randomText(using generator: inout SeededGenerator) -> String {
        var text = generator.nextIndex(below: 2) == 0 ? "-" : ""
        let whole = digits(1 + generator.nextIndex(below: 20), using: &generator).drop { $0 == "0" }
        text += whole.isEmpty ? "0" : whole
        if generator.nextIndex(below: 3) > 0 {
            text += "." + digits(1 + generator.nextIndex(below: 20), using: &generator)
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
