/// Walks over a line of ARFF: words and cells, either of which may stand in quotes.
struct ARFFText {
    struct Cell: Equatable {
        let text: String
        let isQuoted: Bool

        /// `?` without quotes.
        var isMissing: Bool { !isQuoted && text == "?" }
    }

    private var rest: Substring

    init(_ text: some StringProtocol) { rest = Substring(text) }

    var isAtEnd: Bool {
        mutating get {
            skipBlanks()
            return rest.isEmpty
        }
    }

    /// Passes a character, blanks before it included, when it comes next.
    mutating func skip(_ character: Character) -> Bool {
        skipBlanks()
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// What goes up to the next blank or `{`, or stands in quotes; `nil` at the end.
    mutating func nextWord() throws(RowProblem) -> Cell? {
        skipBlanks()
        return try next { $0 == " " || $0 == "\t" || $0 == "{" }
    }

    /// What goes up to the next comma or closing bracket, or stands in quotes; `nil` at the end.
    mutating func nextCell(closing: Character? = nil) throws(RowProblem) -> Cell? {
        skipBlanks()
        guard let cell = try next({ $0 == "," || $0 == closing }) else { return nil }
        skipBlanks()
        return cell
    }

    private mutating func next(_ isEnd: (Character) -> Bool) throws(RowProblem) -> Cell? {
        guard let first = rest.first else { return nil }
        if first == "'" || first == "\"" { return try nextQuoted(first) }
        var text = rest.prefix { !isEnd($0) }
        rest = rest[text.endIndex...]
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return Cell(text: String(text), isQuoted: false)
    }

    private mutating func nextQuoted(_ quote: Character) throws(RowProblem) -> Cell {
        var text = ""
        rest.removeFirst()
        while let character = rest.popFirst() {
            if character == quote { return Cell(text: text, isQuoted: true) }
            guard character == "\\", let escaped = rest.popFirst() else {
                text.append(character)
                continue
            }
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            default: text.append(escaped)
            }
        }
        throw RowProblem("a quote is not closed: \(CellText.excerpt(text))")
    }

    private mutating func skipBlanks() {
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    }
}
