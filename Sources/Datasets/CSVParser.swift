import Features

/// Comma-separated values with a header line.
///
/// Cells are told apart as Python's `csv` module does: a quote opens a cell only at its start, a
/// doubled quote inside is one quote, and what follows a closing quote belongs to the cell. Other
/// than there, blanks around a cell without quotes are not part of it.
///
/// Rows of numbers and empty cells become positional rows with the header as column names; a row
/// with text in it becomes a named row, so a feature means the same in both.
struct CSVParser: RowParser {
    private let featureNames: [String]
    private let targetColumn: Int?
    private let columnCount: Int
    private let delimiter: UInt8
    private let task: Task?
    private var record = CSVRecord()

    var columnNames: [String]? { featureNames }

    /// Reads the header.
    init(
        from input: inout TextInput, target: String?, task: Task?
    ) throws(DatasetError) {
        var header = CSVRecord()
        repeat {
            // The delimiter is found first, because where the header ends does not depend on it.
            guard try header.readHeader(from: &input) else {
                throw DatasetError("\(input.name): is empty; a CSV file begins with a header line")
            }
        } while header.isBlank
        delimiter = header.delimiter
        var names: [String] = []
        do throws(RowProblem) {
            for column in 0..<header.cellCount {
                let name = try header.text(column, in: input.bytes.span)
                // pandas leaves the name of an index column empty.
                names.append(name.isEmpty ? "column_\(column + 1)" : name)
            }
        } catch {
            throw DatasetError("\(input.name): the header \(error.message)")
        }
        let targetColumn = target.flatMap { names.firstIndex(of: $0) }
        if let target, targetColumn == nil {
            throw DatasetError(
                "\(input.name): has no column \(CellText.excerpt(target)); its columns are "
                    + CellText.listing(names))
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw DatasetError(
                "\(input.name): has two columns named \(CellText.excerpt(name)); rename one")
        }
        self.targetColumn = targetColumn
        columnCount = names.count
        if let targetColumn { names.remove(at: targetColumn) }
        featureNames = names
        self.task = task
    }

    mutating func readRow(
        from input: inout TextInput, into block: inout SampleBlock, index: Int, waits: Bool,
        errors: inout [RowError]
    ) throws(DatasetError) -> Bool {
        var line: Int
        repeat {
            line = input.line
            guard try record.read(from: &input, delimiter: delimiter, waits: waits) else {
                return false
            }
        } while record.isBlank
        let end = BlockEnd(block)
        do throws(RowProblem) {
            try append(input.bytes.span, to: &block, index: index)
        } catch {
            end.restore(&block)
            errors.append(RowError(line: line, message: error.message))
        }
        return true
    }

    private func append(
        _ bytes: Span<UInt8>, to block: inout SampleBlock, index: Int
    ) throws(RowProblem) {
        if record.isOpen { throw RowProblem("a quoted cell is not closed before the file ends") }
        guard record.cellCount == columnCount else {
            throw RowProblem(
                "has \(record.cellCount) cells, the header has \(columnCount); "
                    + "quote cells that hold the separator")
        }
        let start = block.values.count
        var target = Target.none
        for column in 0..<columnCount {
            if column == targetColumn {
                target = try targetValue(column, bytes)
                continue
            }
            let range = record.trimmedRange(column, in: bytes)
            let value = record.hasQuotes(column) ? .text : try CellText.value(bytes, range)
            switch value {
            case .missing: block.values.append(.nan)
            case .number(let number): block.values.append(number)
            case .text:
                try appendNamed(
                    bytes, from: column, numbers: start, target: &target, to: &block)
                let count = featureNames.count
                block.rows.append(
                    .init(
                        shape: .named(start: block.names.count - count, count: count),
                        target: target, index: index))
                return
            }
        }
        block.rows.append(
            .init(
                shape: .positional(start: start, count: featureNames.count), target: target,
                index: index))
    }

    /// Goes on from the first cell of a row that holds text: the numbers before it become named.
    private func appendNamed(
        _ bytes: Span<UInt8>, from first: Int, numbers start: Int, target: inout Target,
        to block: inout SampleBlock
    ) throws(RowProblem) {
        for number in block.values[start...] {
            block.namedValues.append(number.isNaN ? .missing : .number(number))
        }
        block.values.removeLast(block.values.count - start)
        for column in first..<columnCount {
            if column == targetColumn {
                target = try targetValue(column, bytes)
            } else {
                block.namedValues.append(try namedValue(column, bytes))
            }
        }
        block.names.append(contentsOf: featureNames)
    }

    private func namedValue(
        _ column: Int, _ bytes: Span<UInt8>
    ) throws(RowProblem) -> FeatureValue {
        guard record.hasQuotes(column) else {
            let range = record.trimmedRange(column, in: bytes)
            let value = try CellText.value(bytes, range)
            if value != .text { return FeatureValue(value, text: "") }
            return FeatureValue(value, text: try CellText.string(bytes, range))
        }
        // A quoted cell may still hold a number.
        let text = try record.text(column, in: bytes)
        let copy = Array(text.utf8)
        let range = CellText.trimmed(copy.span, 0..<copy.count)
        return FeatureValue(try CellText.value(copy.span, range), text: text)
    }

    private func targetValue(
        _ column: Int, _ bytes: Span<UInt8>
    ) throws(RowProblem) -> Target {
        guard record.hasQuotes(column) else {
            let range = record.trimmedRange(column, in: bytes)
            return try CellText.target(bytes, range, task: task)
        }
        let copy = Array(try record.text(column, in: bytes).utf8)
        let range = CellText.trimmed(copy.span, 0..<copy.count)
        return try CellText.target(copy.span, range, task: task)
    }
}
