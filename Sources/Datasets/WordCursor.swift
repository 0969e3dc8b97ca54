/// Walks over the words of a line, which blanks separate.
struct WordCursor {
    private(set) var position: Int
    private let end: Int

    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The range of the next word.
    ///
    /// - Parameter bytes: The text that the cursor's range belongs to.
    mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
        while position < end, CellText.isBlank(bytes[position]) { position += 1 }
        guard position < end else { return nil }
        let start = position
        while position < end, !CellText.isBlank(bytes[position]) { position += 1 }
        return start..<position
    }
}
