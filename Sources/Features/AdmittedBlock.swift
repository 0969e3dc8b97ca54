/// Samples that a ``SampleSchema`` has checked and resolved: names, categories and labels are
/// indices here, and every number is finite or missing.
///
/// Storage is columnar and shared by the rows, as in ``SampleBlock``.
public struct AdmittedBlock: Equatable, Sendable {
    /// Where a row's features lie.
    public enum Features: Equatable, Sendable {
        /// `count` numbers in ``AdmittedBlock/values`` from `start`, in the order of the schema;
        /// NaN is missing.
        case dense(start: Int, count: Int)
        /// `count` of ``AdmittedBlock/entries`` from `start`; features not among them are missing.
        case entries(start: Int, count: Int)
        /// `count` pairs of ``AdmittedBlock/indices`` (from `start`) and ``AdmittedBlock/values``
        /// (from `valueStart`) of `size` features; the others are zero, NaN is missing.
        case sparse(start: Int, valueStart: Int, count: Int, size: Int)
        /// What was stored under the row's identifier: the row is a late label.
        case remembered
    }

    /// One value of a named feature.
    public struct Entry: Equatable, Sendable {
        public enum Content: Equatable, Sendable {
            /// Finite.
            case number(Double)
            /// Index of the category among the feature's categories. In a hash bucket always 0.
            case category(Int)
            /// A category that the schema does not know; no input stands for it.
            case otherCategory
            case missing
        }

        public var content: Content
        /// Index of the feature; at or above ``SampleSchema/bucketBase`` it is a hash bucket.
        public var feature: Int32

        public init(feature: Int32, content: Content) {
            self.feature = feature
            self.content = content
        }
    }

    /// What is to be learned.
    public enum Target: Equatable, Sendable {
        /// Not labelled.
        case none
        /// Index in ``SampleSchema/classes``.
        case classIndex(Int)
        /// `count` finite numbers in ``AdmittedBlock/targets`` from `start`.
        case values(start: Int, count: Int)
    }

    /// One sample.
    public struct Row: Equatable, Sendable {
        public var features: Features
        public var target: Target
        /// Importance: finite, not negative.
        public var weight: Float
        /// Event time in seconds since the epoch.
        public var time: Double?
        public var identifier: SampleIdentifier?
        /// Where the sample stood in its message, counted from 0, refused samples included.
        public var index: Int

        public init(
            features: Features, target: Target, weight: Float = 1, time: Double? = nil,
            identifier: SampleIdentifier? = nil, index: Int
        ) {
            self.features = features
            self.target = target
            self.weight = weight
            self.time = time
            self.identifier = identifier
            self.index = index
        }

        public var isLabelled: Bool {
            switch target {
            case .none: false
            case .classIndex, .values: true
            }
        }
    }

    public var rows: [Row] = []
    /// Numbers of dense and sparse rows.
    public var values: [Double] = []
    /// Feature indices of sparse rows.
    public var indices: [Int32] = []
    public var entries: [Entry] = []
    /// Numbers of regression targets.
    public var targets: [Double] = []
    /// What the schema learned from the rows, in order.
    public var changes: [PlacedChange] = []
    /// Samples that are not among ``rows``, in order of their index.
    public var refusals: [IndexedRefusal] = []
    /// When the block came, in seconds: the only way in which waiting for labels learns of time.
    public var arrival = 0.0
    /// Whether the rows are features of predictions, kept for a late label, and no samples.
    public var isPrediction = false
    /// Of predictions: what was answered, shape `[rows, answers per row]`: the probabilities of the
    /// classes known then, or numbers in the target's units. Empty when there was no model.
    public var answers: [Double] = []

    public init() {}

    /// Empties the block and keeps its storage.
    public mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        indices.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        targets.removeAll(keepingCapacity: true)
        changes.removeAll(keepingCapacity: true)
        refusals.removeAll(keepingCapacity: true)
        arrival = 0
        isPrediction = false
        answers.removeAll(keepingCapacity: true)
    }
}
