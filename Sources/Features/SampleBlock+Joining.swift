extension SampleBlock {
    /// Whether the block is one good sample that says nothing of the message around it, so that it
    /// may stand in a block with others.
    public var isSingle: Bool { rows.count == 1 && refusals.isEmpty && columnNames == nil }

    /// Appends the sample of another message.
    ///
    /// - Parameters:
    ///   - other: A block that ``isSingle``.
    ///   - index: What refusals will know the sample by; rising from one to the next.
    public mutating func append(single other: borrowing SampleBlock, index: Int) {
        precondition(other.isSingle, "only single samples are joined")
        var row = other.rows[0]
        row.index = index
        switch row.shape {
        case .absent:
            break
        case .positional(let start, let count):
            row.shape = .positional(start: values.count, count: count)
            append(numbers: start..<start + count, of: other)
        case .named(let start, let count):
            row.shape = .named(start: names.count, count: count)
            names.append(contentsOf: other.names[start..<start + count])
            namedValues.append(contentsOf: other.namedValues[start..<start + count])
        case .sparse(let start, let valueStart, let count, let size):
            row.shape = .sparse(
                start: indices.count, valueStart: values.count, count: count, size: size)
            indices.append(contentsOf: other.indices[start..<start + count])
            append(numbers: valueStart..<valueStart + count, of: other)
        }
        rows.append(row)
    }

    private mutating func append(numbers: Range<Int>, of other: borrowing SampleBlock) {
        values.append(contentsOf: other.values[numbers])
    }
}
