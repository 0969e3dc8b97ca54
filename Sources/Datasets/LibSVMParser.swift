import Features

/// `label index:value index:value … # comment`, indices from 1 and rising.
///
/// Rows are sparse: a feature that a row does not name is 0. Query identifiers (`qid:3`) are passed
/// over.
struct LibSVMParser: RowParser {
    /// The features of every row; indices run from 1 to it.
    private let featureCount: Int
    private let task: Task?

    var columnNames: [String]? { nil }

    init(featureCount: Int, task: Task?) {
        self.featureCount = featureCount
        self.task = task
    }

    /// The largest index of a whole file, which is read once for it.
    static func largestIndex(in input: inout TextInput) throws(DatasetError) -> Int {
        var parser = LibSVMParser(featureCount: Int(Int32.max), task: nil)
        var block = SampleBlock()
        var errors: [RowError] = []
        var largest = 0
        while try parser.readRow(
            from: &input, into: &block, index: 0, waits: true, errors: &errors)
        {
            largest = max(largest, Int(block.indices.last ?? -1) + 1)
            block.removeAll()
            errors.removeAll(keepingCapacity: true)
        }
        return largest
    }

    mutating func readRow(
        from input: inout TextInput, into block: inout SampleBlock, index: Int, waits: Bool,
        errors: inout [RowError]
    ) throws(DatasetError) -> Bool {
        while true {
            let line = input.line
            guard let range = try input.nextLine(waits: waits) else { return false }
            let content = Self.withoutComment(input.bytes.span, range)
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

    private func append(
        _ bytes: Span<UInt8>, _ content: Range<Int>, to block: inout SampleBlock, index: Int
    ) throws(RowProblem) {
        var words = WordCursor(content)
        guard let label = words.next(in: bytes) else { return }
        if Self.colon(bytes, label) != nil {
            throw RowProblem("begins with a feature; the label comes first")
        }
        let target = try CellText.target(bytes, label, task: task)
        let start = block.indices.count
        let valueStart = block.values.count
        while let word = words.next(in: bytes) {
            guard let colon = Self.colon(bytes, word) else {
                throw RowProblem(
                    "\(CellText.excerpt(try CellText.string(bytes, word))) has no colon; "
                        + "write index:value")
            }
            if Self.isQuery(bytes, word.lowerBound..<colon) { continue }
            let feature = try featureIndex(bytes, word.lowerBound..<colon)
            if block.indices.count > start, let last = block.indices.last, last >= feature {
                throw RowProblem("index \(feature + 1) follows \(last + 1); indices must rise")
            }
            guard
                case .number(let number) = try CellText.value(bytes, colon + 1..<word.upperBound)
            else {
                throw RowProblem("the value of index \(feature + 1) is no number")
            }
            block.indices.append(feature)
            block.values.append(number)
        }
        block.rows.append(
            .init(
                shape: .sparse(
                    start: start, valueStart: valueStart, count: block.indices.count - start,
                    size: featureCount),
                target: target, index: index))
    }

    /// The index counted from 0.
    private func featureIndex(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(RowProblem) -> Int32 {
        var value = 0
        var isNumber = !range.isEmpty && range.count <= 10
        for index in range {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit > 9 { isNumber = false }
            value = value &* 10 &+ Int(digit)
        }
        guard isNumber, value >= 1, value <= Int(Int32.max) else {
            throw RowProblem(
                "index \(CellText.excerpt(try CellText.string(bytes, range))) is no integer from 1 on"
            )
        }
        guard value <= featureCount else {
            throw RowProblem("index \(value) is above the number of features, \(featureCount)")
        }
        return Int32(value - 1)
    }

    private static func withoutComment(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Range<Int> {
        let hash = line.first { bytes[$0] == UInt8(ascii: "#") }
        return CellText.trimmed(bytes, line.lowerBound..<(hash ?? line.upperBound))
    }

    private static func colon(_ bytes: Span<UInt8>, _ word: Range<Int>) -> Int? {
        word.first { bytes[$0] == UInt8(ascii: ":") }
    }

    private static func isQuery(_ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
        let start = name.lowerBound
        return name.count == 3 && bytes[start] == UInt8(ascii: "q")
            && bytes[start + 1] == UInt8(ascii: "i") && bytes[start + 2] == UInt8(ascii: "d")
    }
}
