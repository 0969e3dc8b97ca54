/// The file formats that are read; each may be compressed with gzip.
public enum DatasetFormat: String, CaseIterable, Sendable {
    /// Comma, semicolon or tab between the cells, and a header line (RFC 4180).
    ///
    /// A row of numbers and empty (missing) cells is positional, with the header as column names; a
    /// row with text is named, so a feature means the same in both. Infinite numbers are refused.
    case csv
    /// One JSON object a line: samples as the wire protocol has them (`{"x":…,"y":…}`), or flat
    /// objects whose members are the features and the target. The first line tells which.
    case jsonLines = "jsonl"
    /// `label index:value …`, indices from 1 and rising; rows are sparse.
    case libsvm
    /// Vowpal Wabbit text: `label importance 'tag|namespace name:value …`.
    ///
    /// Rows are named: `namespace^name`, or just `name` in the namespace without one. A name
    /// without value is true, and `colour=red` is the category `red` of `colour`. In VW what a row
    /// does not name is 0; here a numeric feature is missing there, so `features.missing: zero` is
    /// the nearer reading.
    case vw
    /// The attribute-relation format of Weka, dense and sparse; its declarations tell what is a
    /// number and what a category.
    case arff

    /// The format that a file's name tells, `.gz` aside; `nil` when it tells none.
    public init?(fileName: String) {
        var name = fileName.lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...] {
        case "csv", "tsv": self = .csv
        case "jsonl", "ndjson", "json": self = .jsonLines
        case "libsvm", "svm", "svmlight": self = .libsvm
        case "vw": self = .vw
        case "arff": self = .arff
        default: return nil
        }
    }
}
