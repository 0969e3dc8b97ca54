import Features

/// Vowpal Wabbit text: `label importance 'tag|namespace:scale name:value name …`.
///
/// A feature is called as VW itself prints it. The base prediction behind the importance is passed
/// over.
struct VWParser: RowParser {
    private let task: Task?
    /// Where each name of the row stands in the block, to find those that come twice.
    private var positions: [String: Int] = [:]

    var columnNames: [String]? { nil }

    init(task: Task?) { self.task = task }

    mutating func readRow(
        from input: inout TextInput, into block: inout SampleBlock, index: Int, waits: Bool,
        errors: inout [RowError]
    ) throws(DatasetError) -> Bool {
        while true {
            let line = input.line
            guard let range = try input.nextLine(waits: waits) else { return false }
            let content = CellText.trimmed(input.bytes.span, range)
            if content.isEmpty { continue }
            let end = BlockEnd(block)
            do throws(RowProblem) {
                try append(input.bytes.span, content, to: &block, index: index)
            } catch {
                end.restore(&block)
                errors.append(RowError(line: line, message: error.message))
            }
            return true
        }
    }

    private mutating func append(
        _ bytes: Span<UInt8>, _ content: Range<Int>, to block: inout SampleBlock, index: Int
    ) throws(RowProblem) {
        let bar = UInt8(ascii: "|")
        guard let firstBar = content.first(where: { bytes[$0] == bar }) else {
            throw RowProblem("has no |; write label |namespace name:value")
        }
        var row = SampleBlock.Row(shape: .absent, index: index)
        try readHead(bytes, content.lowerBound..<firstBar, into: &row)
        positions.removeAll(keepingCapacity: true)
        let start = block.names.count
        var position = firstBar
        while position < content.upperBound {
            let rest = position + 1..<content.upperBound
            let end = rest.first { bytes[$0] == bar } ?? content.upperBound
            try readNamespace(bytes, position + 1..<end, into: &block)
            position = end
        }
        row.shape = .named(start: start, count: block.names.count - start)
        block.rows.append(row)
    }

    /// Label, importance, base and tag.
    private func readHead(
        _ bytes: Span<UInt8>, _ range: Range<Int>, into row: inout SampleBlock.Row
    ) throws(RowProblem) {
        var words = WordCursor(range)
        var count = 0
        while let word = words.next(in: bytes) {
            // A tag touches the bar, or begins with a quote.
            let isQuoted = bytes[word.lowerBound] == UInt8(ascii: "'")
            if isQuoted || word.upperBound == range.upperBound {
                let name = word.lowerBound + (isQuoted ? 1 : 0)..<word.upperBound
                if !name.isEmpty { row.identifier = try identifier(bytes, name) }
                continue
            }
            switch count {
            case 0: row.target = try target(bytes, word)
            case 1:
                guard case .number(let weight) = try CellText.value(bytes, word), weight >= 0,
                    Float(weight).isFinite
                else {
                    throw RowProblem(
                        "importance \(CellText.excerpt(try CellText.string(bytes, word))) is no "
                            + "number from 0 on")
                }
                row.weight = Float(weight)
            case 2: break
            default: throw RowProblem("has more than label, importance and base before the |")
            }
            count += 1
        }
    }

    private func target(_ bytes: Span<UInt8>, _ word: Range<Int>) throws(RowProblem) -> Target {
        guard !word.contains(where: { bytes[$0] == UInt8(ascii: ":") }) else {
            throw RowProblem("has a label with costs; only simple labels are read")
        }
        return try CellText.target(bytes, word, task: task)
    }

    private func identifier(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(RowProblem) -> SampleIdentifier {
        guard range.count <= 256 else { throw RowProblem("has a tag of more than 256 bytes") }
        return .text(try CellText.string(bytes, range))
    }

    /// What follows one bar: a name that touches it, with a scale, and the features.
    private mutating func readNamespace(
        _ bytes: Span<UInt8>, _ range: Range<Int>, into block: inout SampleBlock
    ) throws(RowProblem) {
        var words = WordCursor(range)
        var prefix = ""
        var scale = 1.0
        if let first = range.first, !CellText.isBlank(bytes[first]),
            let word = words.next(in: bytes)
        {
            let parts = try split(bytes, word)
            if !parts.name.isEmpty { prefix = parts.name + "^" }
            scale = parts.value ?? 1
        }
        while let word = words.next(in: bytes) {
            let parts = try split(bytes, word)
            if let value = parts.value {
                add(prefix + parts.name, .number(value * scale), to: &block)
            } else if let equals = parts.name.firstIndex(of: "="), equals != parts.name.startIndex {
                let category = String(parts.name[parts.name.index(after: equals)...])
                add(prefix + parts.name[..<equals], .category(category), to: &block)
            } else {
                add(prefix + parts.name, .boolean(true), to: &block)
            }
        }
    }

    /// Numbers of a name that comes twice are added, as VW does; of others the last one counts.
    private mutating func add(
        _ name: String, _ value: FeatureValue, to block: inout SampleBlock
    ) {
        guard let position = positions[name] else {
            positions[name] = block.names.count
            block.names.append(name)
            block.namedValues.append(value)
            return
        }
        if case .number(let old) = block.namedValues[position], case .number(let new) = value,
            (old + new).isFinite
        {
            block.namedValues[position] = .number(old + new)
        } else {
            block.namedValues[position] = value
        }
    }

    /// `name:value`, or a name alone.
    private func split(
        _ bytes: Span<UInt8>, _ word: Range<Int>
    ) throws(RowProblem) -> (name: String, value: Double?) {
        guard let colon = word.last(where: { bytes[$0] == UInt8(ascii: ":") }) else {
            return (try CellText.string(bytes, word), nil)
        }
        let name = try CellText.string(bytes, word.lowerBound..<colon)
        guard case .number(let value) = try CellText.value(bytes, colon + 1..<word.upperBound)
        else {
            throw RowProblem("feature \(CellText.excerpt(name)) has a value that is no number")
        }
        return (name, value)
    }
}
