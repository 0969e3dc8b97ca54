/// Samples as they came in one message or from one stretch of a file, before a schema has seen them.
///
/// Storage is columnar and shared by the rows, so that a block of many samples costs a few
/// allocations, and none when it is emptied and filled again.
public struct SampleBlock: Equatable, Sendable {
    /// Where a row's features lie in the block's storage.
    public enum Shape: Equatable, Sendable {
        /// No features: a late label.
        case absent
        /// `count` numbers in ``SampleBlock/values`` from `start`; NaN is a missing value.
        case positional(start: Int, count: Int)
        /// `count` pairs in ``SampleBlock/names`` and ``SampleBlock/namedValues`` from `start`.
        case named(start: Int, count: Int)
        /// `count` pairs in ``SampleBlock/indices`` (from `start`, below `size`, strictly rising) and
        /// ``SampleBlock/values`` (from `valueStart`) of `size` features; the others are zero.
        case sparse(start: Int, valueStart: Int, count: Int, size: Int)
    }

    /// One sample.
    public struct Row: Equatable, Sendable {
        public var shape: Shape
        public var target: Target
        /// Importance: finite, not negative.
        public var weight: Float
        /// Event time in seconds since the epoch.
        public var time: Double?
        public var identifier: SampleIdentifier?
        /// Where the sample stood in its message, counted from 0, refused samples included.
        public var index: Int
        /// Whether a prediction's features are to be kept for a late label.
        public var isRemembered = false

        public init(
            shape: Shape, target: Target = .none, weight: Float = 1, time: Double? = nil,
            identifier: SampleIdentifier? = nil, index: Int
        ) {
            self.shape = shape
            self.target = target
            self.weight = weight
            self.time = time
            self.identifier = identifier
            self.index = index
        }
    }

    public var rows: [Row] = []
    /// Numbers of positional and sparse rows.
    public var values: [Double] = []
    /// Feature indices of sparse rows.
    public var indices: [Int32] = []
    /// Feature names of named rows; a row names no feature twice.
    public var names: [String] = []
    /// Values of named rows, parallel to ``names``.
    public var namedValues: [FeatureValue] = []
    /// Names of the positional columns, when the message gives them.
    public var columnNames: [String]?
    /// Samples of the message that could not be read, in order of their index.
    public var refusals: [IndexedRefusal] = []

    public init() {}

    /// Empties the block and keeps its storage.
    public mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        indices.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        namedValues.removeAll(keepingCapacity: true)
        columnNames = nil
        refusals.removeAll(keepingCapacity: true)
    }
}
