import Features

/// What kind of value begins at a byte.
enum JSONKind {
    case object, array, string, number, boolean, null

    /// As a message names it.
    var name: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .boolean: "a boolean"
        case .null: "null"
        }
    }
}

extension JSONScanner {
    /// What kind of value begins where the scanner stands.
    @inline(__always)
    mutating func kind() throws(Refusal) -> JSONKind {
        switch current {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case 0xEF where byte(at: position + 1) == 0xBB && byte(at: position + 2) == 0xBF:
            throw failure(.byteOrderMark)
        default: throw failure(.value)
        }
    }

    /// Passes `true` or `false`.
    mutating func scanBoolean() throws(Refusal) -> Bool {
        if current == UInt8(ascii: "t") {
            try scanLiteral("true")
            return true
        }
        try scanLiteral("false")
        return false
    }

    /// Passes any value, as strictly as if it were wanted.
    mutating func skipValue() throws(Refusal) {
        switch try kind() {
        case .null: try scanLiteral("null")
        case .boolean: _ = try scanBoolean()
        case .number: _ = try scanDouble()
        case .string: _ = try scanString()
        case .array:
            guard try beginArray() else { return }
            repeat { try skipValue() } while try continueArray()
        case .object:
            guard try beginObject() else { return }
            let mark = keyMark
            repeat {
                register(try scanKey())
                try skipValue()
            } while try continueObject()
            try closeKeys(since: mark)
        }
    }
}
