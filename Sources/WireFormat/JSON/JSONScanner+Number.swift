import Features

/// A number of a JSON text.
struct JSONNumber {
    /// Finite.
    let value: Double
    /// The same, when it was written without fraction and exponent and fits.
    let integer: Int64?
}

extension JSONScanner {
    /// Whether a number begins where the scanner stands.
    @inline(__always)
    var isAtNumber: Bool {
        let found = current
        return found == UInt8(ascii: "-") || found &- UInt8(ascii: "0") < 10
    }

    /// Passes a number and gives its value, correctly rounded.
    @inline(__always)
    mutating func scanDouble() throws(Refusal) -> Double {
        let start = position
        return try value(of: try scanDecimal(), from: start)
    }

    /// Passes a number and gives its value, and whether it was written as an integer.
    mutating func scanNumber() throws(Refusal) -> JSONNumber {
        let start = position
        let decimal = try scanDecimal()
        let value = try value(of: decimal, from: start)
        guard decimal.isInteger, decimal.digitCount <= 19 else {
            return JSONNumber(value: value, integer: nil)
        }
        guard decimal.isNegative else {
            return JSONNumber(value: value, integer: Int64(exactly: decimal.mantissa))
        }
        // The magnitude of Int64.min is one above that of Int64.max.
        let isInRange = decimal.mantissa <= UInt64(1) << 63
        let integer = isInRange ? Int64(truncatingIfNeeded: 0 &- decimal.mantissa) : nil
        return JSONNumber(value: value, integer: integer)
    }

    @inline(__always)
    private mutating func value(of decimal: Decimal, from start: Int) throws(Refusal) -> Double {
        guard decimal.digitCount <= 19,
            let magnitude = DecimalRounding.nearest(decimal.mantissa, exponent: decimal.exponent)
        else { return try slowValue(from: start) }
        return decimal.isNegative ? -magnitude : magnitude
    }

    /// The parts of a number as written; `mantissa` is right up to 19 digits.
    struct Decimal {
        var mantissa: UInt64 = 0
        var digitCount = 0
        var exponent = 0
        var isNegative = false
        var isInteger = true
    }

    @inline(__always)
    private mutating func scanDecimal() throws(Refusal) -> Decimal {
        var decimal = Decimal()
        var next = position
        if byte(at: next) == UInt8(ascii: "-") {
            decimal.isNegative = true
            next += 1
        }
        let first = byte(at: next) &- UInt8(ascii: "0")
        guard first < 10 else { throw failure(.digit, at: next) }
        next += 1
        if first == 0 {
            guard byte(at: next) &- UInt8(ascii: "0") >= 10 else {
                throw failure(.leadingZero, at: next)
            }
        } else {
            next -= 1
            readDigits(at: &next, into: &decimal)
        }
        if byte(at: next) == UInt8(ascii: ".") {
            next += 1
            let start = next
            readDigits(at: &next, into: &decimal)
            guard next > start else { throw failure(.fractionDigit, at: next) }
            decimal.exponent = start - next
            decimal.isInteger = false
        }
        if byte(at: next) | 0x20 == UInt8(ascii: "e") {
            decimal.isInteger = false
            try readExponent(at: &next, into: &decimal)
        }
        position = next
        return decimal
    }

    /// Leading zeros of a fraction are counted as digits: they only send a number the slow way.
    @inline(__always)
    private mutating func readDigits(at next: inout Int, into decimal: inout Decimal) {
        let start = next
        while next + 8 <= end {
            let (value, count) = Digits.leading(in: word(at: next))
            decimal.mantissa = decimal.mantissa &* Digits.power(count) &+ value
            next += count
            if count < 8 {
                decimal.digitCount += next - start
                return
            }
        }
        while true {
            let digit = byte(at: next) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            decimal.mantissa = decimal.mantissa &* 10 &+ UInt64(digit)
            next += 1
        }
        decimal.digitCount += next - start
    }

    @inline(never)
    private mutating func readExponent(at next: inout Int, into decimal: inout Decimal)
        throws(Refusal)
    {
        next += 1
        let sign = byte(at: next)
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { next += 1 }
        let start = next
        var magnitude = 0
        while true {
            let digit = byte(at: next) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            // Beyond this only the slow way is taken, which reads the text again.
            if magnitude < 100_000 { magnitude = magnitude * 10 + Int(digit) }
            next += 1
        }
        guard next > start else { throw failure(.exponentDigit, at: next) }
        decimal.exponent += sign == UInt8(ascii: "-") ? -magnitude : magnitude
    }

    /// Any length and any exponent, by the standard library, which does not ask the locale.
    @inline(never)
    private mutating func slowValue(from start: Int) throws(Refusal) -> Double {
        let text = unsafe String(decoding: slice(start..<position), as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw failure(.numberRange, at: start)
        }
        return value
    }
}

/// Numbers in text formats that are more lenient than JSON.
public enum DecimalText {
    /// The finite number that `bytes` spell from end to end, correctly rounded, or `nil`.
    ///
    /// Beside JSON's numbers it takes a leading `+`, leading zeros, and a point without digits on
    /// one of its sides: `+1`, `007`, `.5`, `2.`. It takes no white space, `nan` or `inf`.
    public static func double(_ bytes: Span<UInt8>) -> Double? {
        var scratch = JSONScratch()
        return unsafe try? JSONScanner.withBytes(of: bytes.bytes, scratch: &scratch) {
            (scanner) throws(Refusal) in try scanner.scanLenientNumber()
        }
    }
}

extension JSONScanner {
    fileprivate mutating func scanLenientNumber() throws(Refusal) -> Double {
        var decimal = Decimal()
        var next = 0
        if byte(at: 0) == UInt8(ascii: "-") || byte(at: 0) == UInt8(ascii: "+") {
            decimal.isNegative = byte(at: 0) == UInt8(ascii: "-")
            next = 1
        }
        readDigits(at: &next, into: &decimal)
        if byte(at: next) == UInt8(ascii: ".") {
            next += 1
            let start = next
            readDigits(at: &next, into: &decimal)
            decimal.exponent = start - next
        }
        guard decimal.digitCount > 0 else { throw failure(.digit, at: next) }
        if byte(at: next) | 0x20 == UInt8(ascii: "e") {
            try readExponent(at: &next, into: &decimal)
        }
        position = next
        guard position == end else { throw failure(.trailing) }
        return try value(of: decimal, from: 0)
    }
}
