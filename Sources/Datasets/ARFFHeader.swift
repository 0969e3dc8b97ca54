/// What an ARFF file declares before its data.
struct ARFFHeader {
    enum Kind: Equatable {
        case numeric
        /// The values that may occur, in order.
        case nominal([String])
        /// `string` and `date`.
        case text
    }

    struct Attribute: Equatable {
        let name: String
        let kind: Kind
    }

    private(set) var attributes: [Attribute] = []

    /// Reads up to and with the `@data` line.
    init(from input: inout TextInput) throws(DatasetError) {
        while true {
            let line = input.line
            guard let range = try input.nextLine() else {
                throw DatasetError("\(input.name): ends before @data; it is no ARFF file")
            }
            do throws(RowProblem) {
                let text = try CellText.string(
                    input.bytes.span, CellText.trimmed(input.bytes.span, range))
                if try !read(text) { return }
            } catch {
                throw DatasetError("\(input.name) line \(line): \(error.message)")
            }
        }
    }

    /// Takes one line; false at `@data`.
    private mutating func read(_ line: String) throws(RowProblem) -> Bool {
        if line.isEmpty || line.first == "%" { return true }
        let keyword = line.prefix { $0 != " " && $0 != "\t" }
        switch keyword.lowercased() {
        case "@relation": return true
        case "@attribute":
            try readAttribute(ARFFText(line.dropFirst(keyword.count)))
            return true
        case "@data":
            guard !attributes.isEmpty else { throw RowProblem("no @attribute comes before @data") }
            return false
        default:
            throw RowProblem(
                "\(CellText.excerpt(line)) is no @relation, @attribute, @data or % comment")
        }
    }

    private mutating func readAttribute(_ declaration: ARFFText) throws(RowProblem) {
        var text = declaration
        guard let name = try text.nextWord(), !name.text.isEmpty else {
            throw RowProblem("@attribute has no name; write @attribute name numeric")
        }
        guard !attributes.contains(where: { $0.name == name.text }) else {
            throw RowProblem("attribute \(CellText.excerpt(name.text)) is declared twice")
        }
        attributes.append(Attribute(name: name.text, kind: try Self.kind(&text, of: name.text)))
    }

    private static func kind(
        _ text: inout ARFFText, of name: String
    ) throws(RowProblem) -> Kind {
        if text.skip("{") {
            var values: [String] = []
            while !text.skip("}") {
                guard let cell = try text.nextCell(closing: "}") else {
                    throw RowProblem("the values of \(CellText.excerpt(name)) have no closing }")
                }
                values.append(cell.text)
                _ = text.skip(",")
            }
            return .nominal(values)
        }
        let word = try text.nextWord()?.text ?? ""
        switch word.lowercased() {
        case "numeric", "real", "integer": return .numeric
        case "string", "date": return .text
        default:
            throw RowProblem(
                "attribute \(CellText.excerpt(name)) has type \(CellText.excerpt(word)); numeric, "
                    + "string, date and {values} are read")
        }
    }
}
