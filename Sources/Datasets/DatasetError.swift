/// A file that cannot be read, or not any further.
public struct DatasetError: Error, Equatable, Sendable {
    /// One line: the file and place, what is wrong, the next step.
    public let message: String

    init(_ message: String) { self.message = message }
}

extension DatasetError: CustomStringConvertible {
    public var description: String { message }
}

/// A row of a file that is not a sample. The rows after it are read all the same.
public struct RowError: Error, Equatable, Sendable {
    /// Where the row begins, counted from 1.
    public let line: Int
    /// What is wrong with it, and what is expected.
    public let message: String
}

extension RowError: CustomStringConvertible {
    public var description: String { "line \(line): \(message)" }
}

/// What is wrong with a row, before it is known which one it is.
struct RowProblem: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
