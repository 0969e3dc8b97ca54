import Features

/// The attribute-relation format of Weka, dense (`1,red,?`) and sparse (`{0 1, 2 red}`) rows.
///
/// Nominal, string and date attributes are categories. Rows of a file that has none of them are
/// positional with the attributes' names, else named. In a sparse row what is not named is 0, or
/// the first value of a nominal attribute, as in Weka. An instance weight (`…,{0.5}`) is the
/// sample's importance.
struct ARFFParser: RowParser {
    private let attributes: [ARFFHeader.Attribute]
    private let targetIndex: Int?
    private let task: Task?
    /// Names of the attributes without the target.
    private let featureNames: [String]
    private let isNumeric: Bool
    /// The allowed values of the nominal attributes, for looking up only.
    private let allowed: [Set<String>]

    var columnNames: [String]? { isNumeric ? featureNames : nil }

    init(
        from input: inout TextInput, target: String?, task: Task?
    ) throws(DatasetError) {
        attributes = try ARFFHeader(from: &input).attributes
        let names = attributes.map(\.name)
        let targetIndex = target.flatMap { names.firstIndex(of: $0) }
        if let target, targetIndex == nil {
            throw DatasetError(
                "\(input.name): has no attribute \(CellText.excerpt(target)); its attributes are "
                    + CellText.listing(names))
        }
        self.targetIndex = targetIndex
        self.task = task
        let features = attributes.enumerated().filter { $0.offset != targetIndex }.map(\.element)
        featureNames = features.map(\.name)
        isNumeric = features.allSatisfy { $0.kind == .numeric }
        allowed = attributes.map { attribute in
            if case .nominal(let values) = attribute.kind { Set(values) } else { [] }
        }
    }

    mutating func readRow(
        from input: inout TextInput, into block: inout SampleBlock, index: Int, waits: Bool,
        errors: inout [RowError]
    ) throws(DatasetError) -> Bool {
        while true {
            let line = input.line
            guard let range = try input.nextLine(waits: waits) else { return false }
            let content = CellText.trimmed(input.bytes.span, range)
            if content.isEmpty || input.bytes[content.lowerBound] == UInt8(ascii: "%") { continue }
            let end = BlockEnd(block)
            do throws(RowProblem) {
                let text = try CellText.string(input.bytes.span, content)
                try append(text, to: &block, index: index)
            } catch {
                end.restore(&block)
                errors.append(RowError(line: line, message: error.message))
            }
            return true
        }
    }

    private func append(
        _ line: String, to block: inout SampleBlock, index: Int
    ) throws(RowProblem) {
        var text = ARFFText(line)
        var weight: Float = 1
        let cells = try line.first == "{" ? sparseCells(&text) : denseCells(&text, &weight)
        if text.skip(","), text.skip("{") { weight = try Self.weight(&text) }
        guard text.isAtEnd else { throw RowProblem("goes on behind its last value") }

        var row = SampleBlock.Row(shape: .absent, weight: weight, index: index)
        let start = isNumeric ? block.values.count : block.names.count
        for (position, cell) in cells.enumerated() {
            let value = try value(of: cell, attribute: position)
            if position == targetIndex {
                row.target = try target(value, cell)
            } else if isNumeric {
                block.values.append(value.number ?? .nan)
            } else {
                block.namedValues.append(value)
            }
        }
        if isNumeric {
            row.shape = .positional(start: start, count: featureNames.count)
        } else {
            block.names.append(contentsOf: featureNames)
            row.shape = .named(start: start, count: featureNames.count)
        }
        block.rows.append(row)
    }

    private func denseCells(
        _ text: inout ARFFText, _ weight: inout Float
    ) throws(RowProblem) -> [ARFFText.Cell] {
        var cells: [ARFFText.Cell] = []
        repeat {
            if cells.count == attributes.count, text.skip("{") {
                weight = try Self.weight(&text)
                return cells
            }
            guard let cell = try text.nextCell() else {
                throw RowProblem("ends behind a comma; write ? where a value is missing")
            }
            cells.append(cell)
        } while text.skip(",")
        guard cells.count == attributes.count else {
            throw RowProblem(
                "has \(cells.count) values, \(attributes.count) attributes are declared")
        }
        return cells
    }

    private func sparseCells(_ text: inout ARFFText) throws(RowProblem) -> [ARFFText.Cell] {
        var cells = attributes.map { attribute in
            switch attribute.kind {
            case .nominal(let values): ARFFText.Cell(text: values.first ?? "?", isQuoted: true)
            case .numeric, .text: ARFFText.Cell(text: "0", isQuoted: false)
            }
        }
        _ = text.skip("{")
        while !text.skip("}") {
            guard let word = try text.nextWord(), let index = Int(word.text),
                cells.indices.contains(index)
            else { throw RowProblem("has no attribute number below \(attributes.count)") }
            guard let cell = try text.nextCell(closing: "}") else {
                throw RowProblem("has no closing }")
            }
            cells[index] = cell
            _ = text.skip(",")
        }
        return cells
    }

    private static func weight(_ text: inout ARFFText) throws(RowProblem) -> Float {
        guard let cell = try text.nextCell(closing: "}"), text.skip("}"),
            let weight = Float(cell.text), weight >= 0, weight.isFinite
        else { throw RowProblem("has an instance weight that is no number from 0 on") }
        return weight
    }

    private func value(
        of cell: ARFFText.Cell, attribute index: Int
    ) throws(RowProblem) -> FeatureValue {
        if cell.isMissing { return .missing }
        let attribute = attributes[index]
        switch attribute.kind {
        case .numeric:
            let bytes = Array(cell.text.utf8)
            guard case .number(let number) = try CellText.value(bytes.span, 0..<bytes.count) else {
                throw RowProblem(
                    "attribute \(CellText.excerpt(attribute.name)) is numeric, its value is "
                        + CellText.excerpt(cell.text))
            }
            return .number(number)
        case .nominal:
            guard allowed[index].contains(cell.text) else {
                throw RowProblem(
                    "attribute \(CellText.excerpt(attribute.name)) does not declare the value "
                        + CellText.excerpt(cell.text))
            }
            return .category(cell.text)
        case .text:
            return .category(cell.text)
        }
    }

    private func target(
        _ value: FeatureValue, _ cell: ARFFText.Cell
    ) throws(RowProblem) -> Target {
        switch value {
        case .missing: return .none
        // The declaration says that it is a number, however it is written.
        case .number(let number) where task != .classification: return .number(number)
        case .category, .boolean, .number:
            let bytes = Array(cell.text.utf8)
            return try CellText.target(
                bytes.span, 0..<bytes.count, task: task ?? .classification)
        }
    }
}

extension FeatureValue {
    fileprivate var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }
}
