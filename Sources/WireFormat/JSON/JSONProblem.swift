import Features

/// What a JSON text did wrong.
enum JSONProblem {
    case value, key, colon, arraySeparator, objectSeparator, literal, trailing
    case depth, byteOrderMark, duplicateKey
    case digit, leadingZero, fractionDigit, exponentDigit, numberRange
    case unterminatedString, controlCharacter, escape, hexDigit, loneSurrogate, utf8

    fileprivate var expectation: String {
        switch self {
        case .value: "expected a value"
        case .key: "expected a key in double quotes"
        case .colon: "expected ':' after a key"
        case .arraySeparator: "expected ',' or ']' after an element"
        case .objectSeparator: "expected ',' or '}' after a member"
        case .literal: "expected true, false or null"
        case .trailing: "expected the end of the text after the value"
        case .depth: "expected at most \(JSONScanner.depthLimit) levels of nesting"
        case .byteOrderMark: "expected a value, found a byte-order mark; send plain UTF-8"
        case .duplicateKey: "expected each key once in an object, found this one again"
        case .digit: "expected a digit"
        case .leadingZero: "expected no digit after a leading zero"
        case .fractionDigit: "expected a digit after the decimal point"
        case .exponentDigit: "expected a digit in the exponent"
        case .numberRange: "expected a number within double range, found one beyond 1.8e308"
        case .unterminatedString: "expected the closing quote of a string"
        case .controlCharacter: "expected control characters in a string to be escaped"
        case .escape: "expected one of \" \\ / b f n r t u after a backslash"
        case .hexDigit: "expected four hexadecimal digits after \\u"
        case .loneSurrogate: "expected a pair of surrogates, found one alone"
        case .utf8: "expected valid UTF-8"
        }
    }

    /// Whether naming the byte that stands there helps.
    fileprivate var namesByte: Bool {
        switch self {
        case .depth, .byteOrderMark, .duplicateKey, .numberRange, .loneSurrogate: false
        default: true
        }
    }
}

extension JSONScanner {
    /// The refusal for a problem at an offset, by default where the scanner stands.
    ///
    /// It is `mutating`, as are the other slow ways out of hot loops, only because a method that
    /// borrows the scanner makes the compiler copy it, which costs more than scanning a number.
    @inline(never)
    mutating func failure(_ problem: JSONProblem, at offset: Int? = nil) -> Refusal {
        let offset = offset ?? position
        var message = "byte \(offset): \(problem.expectation)"
        if problem.namesByte { message += ", found \(nameOfByte(at: offset))" }
        if case .depth = problem { return Refusal(.tooDeep, message + "; flatten the message") }
        return Refusal(.badJSON, message)
    }

    private func nameOfByte(at offset: Int) -> String {
        guard offset < end else { return "the end" }
        let found = byte(at: offset)
        if found > 0x20, found < 0x7F { return "'\(Character(Unicode.Scalar(found)))'" }
        return "byte 0x" + (found < 16 ? "0" : "") + String(found, radix: 16, uppercase: true)
    }
}
