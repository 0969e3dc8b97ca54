import Features

/// Reads a file of samples block by block; the file is never in memory as a whole.
///
/// What becomes of the rows of each format is told at ``DatasetFormat``. A row that is no sample is
/// reported in ``rowErrors``, and reading goes on behind it.
public struct DatasetReader: ~Copyable {
    public let format: DatasetFormat
    /// Rows of the last ``next(into:limit:)`` that are no samples.
    public private(set) var rowErrors: [RowError] = []
    /// Rows so far that are no samples.
    public private(set) var rejectedCount = 0
    private var input: TextInput
    private var parser: any RowParser

    /// Opens a file and reads its header, when the format has one.
    ///
    /// - Parameters:
    ///   - path: The file, plain or gzip; `-` is standard input.
    ///   - format: `nil` takes it from the file's name.
    ///   - target: The column, attribute or key that is to be learned; `nil` where there is none,
    ///     and every column is a feature. libsvm, VW and samples in wire form have theirs in a
    ///     fixed place and do without.
    ///   - task: Turns integer targets into numbers (regression) or numbers into labels
    ///     (classification); `nil` leaves them as they look.
    ///   - featureCount: For libsvm, the features of every row. `nil` reads the file once before
    ///     to find the largest index, which standard input does not allow.
    /// - Throws: ``DatasetError`` when the file cannot be opened, has no such target, or names a
    ///   feature twice.
    public init(
        path: String, format: DatasetFormat? = nil, target: String?, task: Task? = nil,
        featureCount: Int? = nil
    ) throws(DatasetError) {
        guard let format = format ?? DatasetFormat(fileName: path) else {
            let formats = DatasetFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw DatasetError(
                "\(path == "-" ? "standard input" : path): the name tells no format; "
                    + "give --format, one of \(formats)")
        }
        var featureCount = featureCount
        if format == .libsvm, featureCount == nil {
            var scanned = TextInput(try InputFile(path: path))
            guard !scanned.isLive else {
                throw DatasetError(
                    "\(scanned.name): libsvm from a pipe does not tell how many features there "
                        + "are; read it from a file")
            }
            featureCount = try LibSVMParser.largestIndex(in: &scanned)
        }
        try self.init(
            InputFile(path: path), format: format, target: target, task: task,
            featureCount: featureCount ?? 0)
    }

    init(
        _ file: consuming InputFile, format: DatasetFormat, target: String?, task: Task?,
        featureCount: Int
    ) throws(DatasetError) {
        var input = TextInput(file)
        self.format = format
        switch format {
        case .csv: parser = try CSVParser(from: &input, target: target, task: task)
        case .jsonLines: parser = try JSONLinesParser(from: &input, target: target, task: task)
        case .libsvm: parser = LibSVMParser(featureCount: featureCount, task: task)
        case .vw: parser = VWParser(task: task)
        case .arff: parser = try ARFFParser(from: &input, target: target, task: task)
        }
        self.input = input
    }

    /// Names of the feature columns, when the format tells them before the first row.
    public var featureNames: [String]? { parser.columnNames }

    /// Bytes of the file, before expansion, that were read so far.
    public var consumedByteCount: Int { input.consumedCount }

    /// The size of the file; `nil` for standard input and pipes.
    public var byteCount: Int? { input.byteCount }

    /// Reads the next rows.
    ///
    /// From a pipe fewer rows than `limit` are read when no more are there yet, but at least one.
    ///
    /// - Parameters:
    ///   - block: Emptied, then filled; the index of a row counts refused rows too.
    ///   - limit: Most rows to read, refused ones included. At least 1.
    /// - Returns: The rows that were read, refused ones included; 0 at the end of the file.
    /// - Throws: ``DatasetError`` when nothing behind this place can be read. The rows before it
    ///   are in `block`.
    public mutating func next(
        into block: inout SampleBlock, limit: Int
    ) throws(DatasetError) -> Int {
        precondition(limit >= 1, "there is no block of \(limit) rows")
        block.removeAll()
        block.columnNames = parser.columnNames
        rowErrors.removeAll(keepingCapacity: true)
        defer { rejectedCount += rowErrors.count }
        var count = 0
        while count < limit {
            let waits = count == 0 || !input.isLive
            guard
                try parser.readRow(
                    from: &input, into: &block, index: count, waits: waits, errors: &rowErrors)
            else { break }
            count += 1
        }
        return count
    }
}
