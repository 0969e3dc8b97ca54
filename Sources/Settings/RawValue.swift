/// A value as it was written, before the rule of its key has judged it.
enum RawValue: Equatable {
    /// Text of the command line, the environment or a request, in which a list is written
    /// `[32, 16]` or `32,16`.
    case text(String)
    /// A single value of a YAML file.
    case scalar(RawScalar)
    /// A list of single values of a YAML file.
    case list([RawScalar])
    /// Something that no key takes, in words.
    case unusable(String)

    /// The single value, without quotes around it; `nil` for a list.
    var singleText: String? {
        switch self {
        case .text(let text):
            let trimmed = text.trimmed
            return TextList.unquoted(trimmed) ?? trimmed
        case .scalar(let scalar): return scalar.text
        case .list, .unusable: return nil
        }
    }

    /// The items of the list; `nil` when it is none.
    var items: [RawScalar]? {
        switch self {
        case .text(let text): return TextList.items(of: text)
        case .list(let items): return items
        case .scalar, .unusable: return nil
        }
    }
}

/// One value, and whether quotes say that it is text.
struct RawScalar: Equatable {
    let text: String
    let isQuoted: Bool
}

extension RawValue: CustomStringConvertible {
    /// What a message shows of the value: at most 80 characters, on one line.
    var description: String {
        switch self {
        case .text(let text): Self.excerpt(text)
        case .scalar(let scalar): Self.excerpt(scalar.text)
        case .list(let items):
            Self.excerpt("[" + items.map(\.text).joined(separator: ", ") + "]")
        case .unusable(let words): words
        }
    }

    private static func excerpt(_ text: String) -> String {
        let line = String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
        if line.isEmpty { return "(empty)" }
        return line.count <= 80 ? line : line.prefix(79) + "…"
    }
}

extension String {
    /// Without spaces and tabs at either end.
    var trimmed: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }),
            let last = lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
