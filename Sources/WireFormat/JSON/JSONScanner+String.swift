import Features

/// Where the contents of a string lie in its text, between the quotes.
struct JSONString {
    let range: Range<Int>
    let hasEscapes: Bool
    let isASCII: Bool
}

extension JSONScanner {
    /// Passes a string, opening quote to closing quote, and checks its escapes and its UTF-8.
    mutating func scanString() throws(Refusal) -> JSONString {
        let start = position + 1
        var next = start
        var hasEscapes = false
        var isASCII = true
        while true {
            let found = byte(at: next)
            if found >= 0x80 {
                isASCII = false
                next += try lengthOfScalar(at: next)
            } else if found == UInt8(ascii: "\"") {
                position = next + 1
                return JSONString(
                    range: start..<next, hasEscapes: hasEscapes, isASCII: isASCII && !hasEscapes)
            } else if found == UInt8(ascii: "\\") {
                hasEscapes = true
                next = try endOfEscape(at: next)
            } else if found < 0x20 {
                throw failure(next < end ? .controlCharacter : .unterminatedString, at: next)
            } else {
                next += 1
            }
        }
    }

    /// The text of a string that was passed.
    func text(of string: JSONString) -> String {
        guard string.hasEscapes else {
            return unsafe String(decoding: slice(string.range), as: UTF8.self)
        }
        return String(decoding: unescaped(string), as: UTF8.self)
    }

    /// Whether the text of a string is `literal`.
    func matches(_ string: JSONString, _ literal: StaticString) -> Bool {
        if string.hasEscapes { return text(of: string) == literal.description }
        guard string.range.count == literal.utf8CodeUnitCount else { return false }
        for offset in 0..<string.range.count {
            let wanted = unsafe literal.utf8Start[offset]
            guard byte(at: string.range.lowerBound + offset) == wanted else { return false }
        }
        return true
    }

    /// The bytes of a string with its escapes, which were checked, resolved.
    func unescaped(_ string: JSONString) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(string.range.count)
        var next = string.range.lowerBound
        while next < string.range.upperBound {
            let found = byte(at: next)
            guard found == UInt8(ascii: "\\") else {
                result.append(found)
                next += 1
                continue
            }
            let letter = byte(at: next + 1)
            next += 2
            switch letter {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"): appendScalar(at: &next, to: &result)
            default: result.append(letter)
            }
        }
        return result
    }

    private func appendScalar(at next: inout Int, to result: inout [UInt8]) {
        var value = codeUnit(at: next) ?? 0
        next += 4
        if value & 0xFC00 == 0xD800, let low = codeUnit(at: next + 2) {
            value = 0x1_0000 + (value & 0x3FF) << 10 + low & 0x3FF
            next += 6
        }
        // A surrogate alone was refused when the string was scanned.
        guard let scalar = Unicode.Scalar(value) else { return }
        result.append(contentsOf: UTF8.encode(scalar)!)
    }

    /// The offset behind the escape that begins with the backslash at `start`.
    @inline(never)
    private mutating func endOfEscape(at start: Int) throws(Refusal) -> Int {
        switch byte(at: start + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(at: start + 2) else { throw failure(.hexDigit, at: start) }
            if unit & 0xFC00 == 0xDC00 { throw failure(.loneSurrogate, at: start) }
            guard unit & 0xFC00 == 0xD800 else { return start + 6 }
            guard byte(at: start + 6) == UInt8(ascii: "\\"),
                byte(at: start + 7) == UInt8(ascii: "u"),
                let low = codeUnit(at: start + 8), low & 0xFC00 == 0xDC00
            else { throw failure(.loneSurrogate, at: start) }
            return start + 12
        default:
            throw failure(.escape, at: start + 1)
        }
    }

    /// The four hexadecimal digits at an offset.
    private func codeUnit(at offset: Int) -> UInt32? {
        var unit: UInt32 = 0
        for index in 0..<4 {
            let digit = byte(at: offset + index)
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt32(value)
        }
        return unit
    }

    /// Bytes of the scalar that begins at `start` with a byte of 0x80 or above.
    ///
    /// - Source: The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences".
    @inline(never)
    private mutating func lengthOfScalar(at start: Int) throws(Refusal) -> Int {
        let first = byte(at: start)
        let second = byte(at: start + 1)
        let length: Int
        let secondRange: ClosedRange<UInt8>
        switch first {
        case 0xC2...0xDF: (length, secondRange) = (2, 0x80...0xBF)
        case 0xE0: (length, secondRange) = (3, 0xA0...0xBF)
        case 0xED: (length, secondRange) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, secondRange) = (3, 0x80...0xBF)
        case 0xF0: (length, secondRange) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, secondRange) = (4, 0x80...0xBF)
        case 0xF4: (length, secondRange) = (4, 0x80...0x8F)
        default: throw failure(.utf8, at: start)
        }
        guard secondRange.contains(second) else { throw failure(.utf8, at: start) }
        for offset in 2..<max(length, 2) where byte(at: start + offset) & 0xC0 != 0x80 {
            throw failure(.utf8, at: start)
        }
        return length
    }
}
