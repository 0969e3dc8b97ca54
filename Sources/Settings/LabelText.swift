import Features

/// Labels in configuration: a plain integer or `true`/`false` has that type, all else is text, and
/// quotes make anything text.
enum LabelText {
    static func label(_ scalar: RawScalar) -> Label {
        guard !scalar.isQuoted else { return .text(scalar.text) }
        // Only what prints as it was written: `007` stays text, or it would become the class `7`.
        if let integer = Int64(scalar.text), String(integer) == scalar.text {
            return .integer(integer)
        }
        switch scalar.text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: return .text(scalar.text)
        }
    }

    /// The form that ``label(_:)`` reads back: text in quotes, the others plain.
    static func token(_ label: Label) -> String {
        switch label {
        case .text(let text): TextList.quoted(text)
        case .integer, .boolean: label.text
        }
    }

    /// Reads back a ``token(_:)``.
    static func label(token: String) -> Label {
        if let text = TextList.unquoted(token) { return .text(text) }
        return label(RawScalar(text: token, isQuoted: false))
    }
}
