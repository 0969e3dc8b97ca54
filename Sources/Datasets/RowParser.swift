import Features

/// Reads the rows of one format.
protocol RowParser {
    /// Names of the feature columns, when the format has them before the first row.
    var columnNames: [String]? { get }

    /// Reads the next row into `block`, or reports what is wrong with it to `errors`.
    ///
    /// - Parameter waits: When false, also stops where the next row is not there yet.
    /// - Returns: False when there was no row.
    mutating func readRow(
        from input: inout TextInput, into block: inout SampleBlock, index: Int, waits: Bool,
        errors: inout [RowError]
    ) throws(DatasetError) -> Bool
}

/// Marks how much of a block there was, so that a row that fails can be taken back.
struct BlockEnd {
    private let valueCount: Int
    private let indexCount: Int
    private let nameCount: Int

    init(_ block: SampleBlock) {
        valueCount = block.values.count
        indexCount = block.indices.count
        nameCount = block.names.count
    }

    func restore(_ block: inout SampleBlock) {
        block.values.removeLast(block.values.count - valueCount)
        block.indices.removeLast(block.indices.count - indexCount)
        block.names.removeLast(block.names.count - nameCount)
        block.namedValues.removeLast(block.namedValues.count - nameCount)
    }
}
