/// The text of a file, through a window that holds at least the row being read.
///
/// Readers look for the end of a row in ``bytes`` from ``position`` on; when it is not there yet,
/// they call ``extend()`` and look again.
struct TextInput: ~Copyable {
    /// The longest row. A missing quote must not read a whole file into memory.
    static let maxRowBytes = 16 << 20

    private var reader: ByteReader
    /// Only those below ``end`` are text.
    private(set) var bytes = [UInt8](repeating: 0, count: 1 << 18)
    /// Where the next row begins.
    private(set) var position = 0
    private(set) var end = 0
    private(set) var isAtEnd = false
    /// The line of ``position``, counted from 1.
    private(set) var line = 1
    private var hasStarted = false

    var name: String { reader.name }
    var consumedCount: Int { reader.consumedCount }
    var byteCount: Int? { reader.byteCount }
    /// Whether the text comes as it is made, so that waiting for more may take for ever.
    var isLive: Bool { reader.byteCount == nil }

    init(_ file: consuming InputFile) { reader = ByteReader(file) }

    /// Reads more behind ``end``; what lies before ``position`` may be given up, so indices move.
    mutating func extend() throws(DatasetError) {
        if isAtEnd { return }
        if end == bytes.count { try makeRoom() }
        let count = try reader.read(into: &bytes, from: end)
        end += count
        isAtEnd = count == 0
        if !hasStarted, end >= 3 || isAtEnd {
            hasStarted = true
            let isMarked = end >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
            if isMarked, position == 0 { position = 3 }
        }
    }

    /// Passes a row.
    ///
    /// - Parameters:
    ///   - next: Where the following row begins.
    ///   - lineCount: Line breaks up to there.
    mutating func advance(to next: Int, lineCount: Int) {
        precondition(next >= position && next <= end, "a row ends inside the text")
        position = next
        line += lineCount
        hasStarted = true
    }

    /// Passes a line and gives its range without the line break; `nil` at the end.
    ///
    /// - Parameter waits: When false, `nil` also means that the line is not there yet.
    mutating func nextLine(waits: Bool = true) throws(DatasetError) -> Range<Int>? {
        var searched = position
        while true {
            if !hasStarted { try extend() }
            searched = max(searched, position)
            if let newline = newline(from: searched) {
                let start = position
                advance(to: newline + 1, lineCount: 1)
                return start..<withoutReturn(start, newline)
            }
            if isAtEnd {
                guard position < end else { return nil }
                let start = position
                advance(to: end, lineCount: 1)
                return start..<withoutReturn(start, end)
            }
            if !waits { return nil }
            let searchedCount = end - position
            try extend()
            searched = position + searchedCount
        }
    }

    fileprivate func newline(from start: Int) -> Int? {
        let text = bytes.span
        var index = start
        while index < end {
            if text[index] == 0x0A { return index }
            index += 1
        }
        return nil
    }

    fileprivate func withoutReturn(_ start: Int, _ end: Int) -> Int {
        end > start && bytes[end - 1] == 0x0D ? end - 1 : end
    }

    private mutating func makeRoom() throws(DatasetError) {
        if position > 0 {
            let count = end - position
            for offset in 0..<count { bytes[offset] = bytes[position + offset] }
            position = 0
            end = count
        }
        guard end == bytes.count else { return }
        guard bytes.count < Self.maxRowBytes else {
            throw DatasetError(
                "\(name) line \(line): the row is longer than \(Self.maxRowBytes) bytes; "
                    + "look for a quote that is not closed")
        }
        bytes.append(contentsOf: repeatElement(0, count: bytes.count))
    }
}

extension TextInput {
    /// The range of the first line that is not blank, which stays the next one to be read.
    mutating func peekLine() throws(DatasetError) -> Range<Int>? {
        while true {
            var start = position
            while start < end {
                let stop = newline(from: start)
                guard let stop = stop ?? (isAtEnd ? end : nil) else { break }
                let content = CellText.trimmed(bytes.span, start..<withoutReturn(start, stop))
                if !content.isEmpty { return content }
                start = min(stop + 1, end)
            }
            if isAtEnd { return nil }
            try extend()
        }
    }
}
