import StateCoding

/// One thing that a schema learned from a sample.
///
/// The thread that admits samples and the thread that learns them hold a schema each; the changes
/// that the first one records, applied at the same rows, keep the two equal.
public enum SchemaChange: Equatable, Sendable {
    /// Samples are arrays of so many numbers.
    case positional(featureCount: Int)
    /// Samples are named values.
    case named
    /// A feature that was not known; it gets the next index.
    case feature(name: String)
    /// A category that the feature had not shown; it gets the feature's next category index.
    case category(feature: Int, text: String)
    case task(Task)
    /// A class that was not known; it gets the next index.
    case newClass(Label)
    /// Numbers in a regression target.
    case outputs(count: Int)
}

/// A change and the row before which it was made.
public struct PlacedChange: Equatable, Sendable {
    /// Position in ``AdmittedBlock/rows``; the change applies before that row is used.
    public let row: Int
    public let change: SchemaChange

    public init(row: Int, change: SchemaChange) {
        self.row = row
        self.change = change
    }
}
