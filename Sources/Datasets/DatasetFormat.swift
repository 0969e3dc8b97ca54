/// The file formats that are read; each may be compressed with gzip.
public enum DatasetFormat: String, CaseIterable, Sendable {
    /// Comma, semicolon or tab between the cells, and a header line (RFC 4180).
    case csv
    /// One JSON object a line.
    case jsonLines = "jsonl"
    /// `label index:value …`, indices from 1.
    case libsvm
    /// Vowpal Wabbit text: `label weight 'tag|namespace name:value …`.
    case vw
    /// The attribute-relation format of Weka.
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
