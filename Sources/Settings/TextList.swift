/// Lists and quoted text on one line, as `--set`, the environment and the canonical listing write
/// them: `[a, "b, c"]`, or without brackets; quotes as in JSON, or single.
///
/// Not read as YAML flow: there a plain `@tcp://…` or `>tcp://…` is a syntax error, and these are
/// the prefixes of an endpoint.
enum TextList {
    /// The items of a list; `nil` when a quote or a bracket does not close.
    static func items(of text: String) -> [RawScalar]? {
        var body = Substring(text.trimmed)
        if body.first == "[" {
            guard body.last == "]", body.count >= 2 else { return nil }
            body = body.dropFirst().dropLast()
        }
        if String(body).trimmed.isEmpty { return [] }

        var items: [RawScalar] = []
        var piece = ""
        var quote: Character?
        var isEscaped = false
        for character in body {
            if quote == nil, character == "," {
                guard let item = item(piece) else { return nil }
                items.append(item)
                piece = ""
                continue
            }
            piece.append(character)
            if let open = quote {
                if character == open, !isEscaped { quote = nil }
                isEscaped = open == "\"" && character == "\\" && !isEscaped
            } else if character == "\"" || character == "'", piece.trimmed.count == 1 {
                quote = character
            }
        }
        guard quote == nil, let last = item(piece) else { return nil }
        return items + [last]
    }

    /// The text between quotes; `nil` when the whole is not one quoted text.
    static func unquoted(_ text: String) -> String? {
        guard text.count >= 2, let quote = text.first, text.last == quote else { return nil }
        let body = text.dropFirst().dropLast()
        if quote == "'" {
            let plain = body.split(separator: "''", omittingEmptySubsequences: false)
            return plain.contains { $0.contains("'") } ? nil : plain.joined(separator: "'")
        }
        return quote == "\"" ? unescaped(body) : nil
    }

    /// Text in double quotes, escaped so that ``unquoted(_:)`` and every YAML and JSON reader give
    /// it back.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func item(_ piece: String) -> RawScalar? {
        let trimmed = piece.trimmed
        if let text = unquoted(trimmed) { return RawScalar(text: text, isQuoted: true) }
        let isBroken = trimmed.first == "\"" || trimmed.first == "'"
        return isBroken ? nil : RawScalar(text: trimmed, isQuoted: false)
    }

    private static func unescaped(_ body: Substring) -> String? {
        var result = String.UnicodeScalarView()
        var rest = body.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return nil }
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "\"": result.append("\"")
            case "\\": result.append("\\")
            case "/": result.append("/")
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "t": result.append("\t")
            case "u":
                let digits = rest.prefix(4)
                guard digits.count == 4, digits.allSatisfy(\.properties.isHexDigit),
                    let code = UInt32(String(digits), radix: 16), let named = Unicode.Scalar(code)
                else { return nil }
                result.append(named)
                rest = rest.dropFirst(4)
            default: return nil
            }
        }
        return String(result)
    }
}
