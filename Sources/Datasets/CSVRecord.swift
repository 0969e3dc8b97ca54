/// Where the cells of one CSV row lie.
struct CSVRecord {
    private struct Cell {
        var start: Int
        var end: Int
        /// Whether the cell has quotes that are not part of its text.
        var hasQuotes: Bool
    }

    private var cells: [Cell] = []
    private(set) var delimiter = UInt8(ascii: ",")
    /// Whether the file ended inside quotes.
    private(set) var isOpen = false

    var cellCount: Int { cells.count }
    /// Whether the row is an empty line.
    var isBlank: Bool { cells.count == 1 && cells[0].start == cells[0].end }

    func range(_ index: Int) -> Range<Int> { cells[index].start..<cells[index].end }
    func hasQuotes(_ index: Int) -> Bool { cells[index].hasQuotes }

    func trimmedRange(_ index: Int, in bytes: Span<UInt8>) -> Range<Int> {
        CellText.trimmed(bytes, range(index))
    }

    /// The text of a cell: without its quotes, or where it has none, without blanks at its ends.
    func text(_ index: Int, in bytes: Span<UInt8>) throws(RowProblem) -> String {
        let cell = cells[index]
        guard cell.hasQuotes else {
            return try CellText.string(bytes, trimmedRange(index, in: bytes))
        }
        var text: [UInt8] = []
        text.reserveCapacity(cell.end - cell.start)
        var isQuoted = true
        var position = cell.start + 1
        while position < cell.end {
            let byte = bytes[position]
            if isQuoted, byte == UInt8(ascii: "\"") {
                let next = position + 1
                if next < cell.end, bytes[next] == byte {
                    text.append(byte)
                    position += 1
                } else {
                    isQuoted = false
                }
            } else {
                text.append(byte)
            }
            position += 1
        }
        return try CellText.string(text.span, 0..<text.count)
    }

    /// Reads the next row.
    ///
    /// - Parameter waits: When false, also gives up where the row is not there yet.
    /// - Returns: False when there was none.
    mutating func read(
        from input: inout TextInput, delimiter: UInt8, waits: Bool = true
    ) throws(DatasetError) -> Bool {
        self.delimiter = delimiter
        while true {
            if let next = scan(input.bytes.span, input.position, input.end, input.isAtEnd) {
                guard next.position > input.position else { return false }
                input.advance(to: next.position, lineCount: next.lineCount)
                return true
            }
            if !waits { return false }
            try input.extend()
        }
    }

    /// Reads the header and finds what separates its cells: the most frequent of `,`, `;` and tab.
    mutating func readHeader(from input: inout TextInput) throws(DatasetError) -> Bool {
        while true {
            var candidates: [(record: CSVRecord, position: Int, lineCount: Int)] = []
            for delimiter in [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09] {
                var record = CSVRecord()
                record.delimiter = delimiter
                let end = record.scan(input.bytes.span, input.position, input.end, input.isAtEnd)
                if let end { candidates.append((record, end.position, end.lineCount)) }
            }
            // Where a quoted name holds a line break, only the right one finds the true end.
            if candidates.count == 3 {
                var best = candidates[0]
                for other in candidates where other.record.cellCount > best.record.cellCount {
                    best = other
                }
                guard best.position > input.position else { return false }
                self = best.record
                input.advance(to: best.position, lineCount: best.lineCount)
                return true
            }
            try input.extend()
        }
    }

    /// Finds the cells of the row that begins at `start`; `nil` when its end is not there yet.
    private mutating func scan(
        _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ isAtEnd: Bool
    ) -> (position: Int, lineCount: Int)? {
        cells.removeAll(keepingCapacity: true)
        isOpen = false
        var lineCount = 0
        var position = start
        var cell = Cell(start: start, end: start, hasQuotes: false)
        while position < end {
            if position == cell.start, bytes[position] == UInt8(ascii: "\"") {
                cell.hasQuotes = true
                position += 1
                guard passQuoted(bytes, &position, end, isAtEnd, &lineCount) else { return nil }
                continue
            }
            let byte = bytes[position]
            if byte == delimiter {
                cell.end = position
                cells.append(cell)
                cell = Cell(start: position + 1, end: position + 1, hasQuotes: false)
            } else if byte == 0x0A {
                let hasReturn = position > cell.start && bytes[position - 1] == 0x0D
                cell.end = hasReturn ? position - 1 : position
                cells.append(cell)
                return (position + 1, lineCount + 1)
            }
            position += 1
        }
        guard isAtEnd else { return nil }
        let hasReturn = end > cell.start && bytes[end - 1] == 0x0D && !isOpen
        cell.end = hasReturn ? end - 1 : end
        cells.append(cell)
        return (end, lineCount + 1)
    }

    /// Passes a quoted stretch, closing quote included; false when its end is not there yet.
    private mutating func passQuoted(
        _ bytes: Span<UInt8>, _ position: inout Int, _ end: Int, _ isAtEnd: Bool,
        _ lineCount: inout Int
    ) -> Bool {
        while position < end {
            let byte = bytes[position]
            position += 1
            if byte == 0x0A { lineCount += 1 }
            guard byte == UInt8(ascii: "\"") else { continue }
            // Whether the quote closes is only known from the byte behind it.
            if position == end { return isAtEnd }
            if bytes[position] != UInt8(ascii: "\"") { return true }
            position += 1
        }
        isOpen = isAtEnd
        return isAtEnd
    }
}
