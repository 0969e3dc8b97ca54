/// What the samples of a stream look like: features, categories, classes, targets.
///
/// A schema only appends. An index, once given, means the same feature, category or class for ever,
/// so a weight stays with what it was learned for. The first labelled sample fixes the form:
/// positional samples keep their number of features; named ones may bring new features.
///
/// Only labelled samples teach a schema. Predictions and unlabelled samples are resolved with what
/// is known: an unknown name is ignored, an unknown category has no input.
public struct SampleSchema: Equatable, Sendable {
    /// How samples give their features.
    public enum Form: UInt8, Equatable, Sendable {
        /// No labelled sample yet, and no configured names.
        case unknown
        case positional
        case named
    }

    /// Categories with an index of their own per feature; further ones share
    /// ``overflowCategoryCount`` hashed indices above this, so that a feature of endless variety
    /// (a session, a user) costs bounded memory.
    public static let categoryLimit = 256
    /// Hashed category indices per feature, from ``categoryLimit`` up.
    public static let overflowCategoryCount = 64
    /// Longest feature name or label that is kept, in bytes of UTF-8. A longer category is hashed.
    public static let textLimit = 256
    /// Most numbers in a regression target.
    public static let outputLimit = 4_096

    public internal(set) var form = Form.unknown
    /// Features known so far.
    public internal(set) var featureCount = 0
    /// Names by feature index; empty in a positional schema.
    public internal(set) var featureNames: [String] = []
    /// `nil` until configured or told by the first label.
    public internal(set) var task: Task?
    /// Classes by index, in the type in which each was met first.
    public internal(set) var classes: [Label] = []
    /// Numbers in a regression target; 0 until the first one came.
    public internal(set) var outputCount = 0

    public let maxFeatures: Int
    /// Hash buckets for categories, and for names beyond ``maxFeatures``; 0 means off.
    public let bucketCount: Int
    public let maxClasses: Int
    /// Whether a sample with a missing feature is refused.
    public let refusesMissing: Bool

    /// By feature index, in a named schema.
    var categories: [CategoryTable] = []
    /// Derived from ``featureNames`` and ``classes``. Looked up, never iterated.
    var featureIndices: [String: Int] = [:]
    var classIndices: [String: Int] = [:]

    /// Creates the schema that is known before any sample.
    ///
    /// Configured names make the schema named; configured classes make the task classification.
    /// More of both may follow from the stream.
    public init(features: FeatureConfiguration, target: TargetConfiguration) {
        maxFeatures = features.maxFeatures
        bucketCount = features.hashing
        maxClasses = target.maxClasses
        refusesMissing = features.missing == .reject
        task = target.task ?? (target.classes.isEmpty ? nil : .classification)
        if !features.names.isEmpty { apply(.named) }
        for name in features.names where featureIndices[name] == nil {
            apply(.feature(name: name))
        }
        for label in target.classes where classIndices[label.text] == nil {
            apply(.newClass(label))
        }
    }

    /// The feature index of the first hash bucket.
    public var bucketBase: Int { maxFeatures }

    /// Categories of a feature that have an index of their own, in order of their index.
    public func categories(ofFeature feature: Int) -> [String] {
        feature < categories.count ? categories[feature].texts : []
    }

    /// The index of a class, or `nil` when no label had that text.
    public func classIndex(of label: Label) -> Int? {
        // A hash of the text costs more than a look at a handful of labels; integers, the usual
        // ones in buffers, are compared without taking an element out.
        let few = min(classes.count, 8)
        if case .integer(let integer) = label {
            for index in 0..<few {
                if case .integer(let known) = classes[index], known == integer { return index }
            }
        } else {
            for index in 0..<few where classes[index] == label { return index }
        }
        return classIndices[label.text]
    }

    /// Makes one change, as recorded by another copy of this schema that was in the same state.
    public mutating func apply(_ change: SchemaChange) {
        switch change {
        case .positional(let count):
            form = .positional
            featureCount = count
        case .named:
            form = .named
        case .feature(let name):
            featureIndices[name] = featureCount
            featureNames.append(name)
            categories.append(CategoryTable())
            featureCount += 1
        case .category(let feature, let text):
            categories[feature].append(text)
        case .task(let task):
            self.task = task
        case .newClass(let label):
            classIndices[label.text] = classes.count
            classes.append(label)
        case .outputs(let count):
            outputCount = count
        }
    }

    /// The index of a named feature.
    ///
    /// - Parameter expected: The index that the name has if names come in the schema's order;
    ///   comparing two texts is cheaper than hashing one.
    func featureIndex(of name: String, expecting expected: Int) -> Int? {
        if expected < featureNames.count, featureNames[expected] == name { return expected }
        return featureIndices[name]
    }

    /// The bucket of a name, or of a category of it.
    func bucketIndex(name: String, category: String?) -> Int32 {
        var hash = StableHash()
        hash.combine(name)
        if let category {
            // No UTF-8 text holds this byte, so no name runs into a category.
            hash.combine(0xFF)
            hash.combine(category)
        }
        return Int32(bucketBase + hash.bucket(of: bucketCount))
    }
}

/// The categories that one feature has shown.
struct CategoryTable: Equatable, Sendable {
    private(set) var texts: [String] = []
    /// Derived from ``texts``.
    private var indices: [String: Int] = [:]

    mutating func append(_ text: String) {
        indices[text] = texts.count
        texts.append(text)
    }

    /// The category's index, its hashed index when the table is full or the text too long, or
    /// `nil` when it is new.
    func index(of text: String) -> Int? {
        if let index = indices[text] { return index }
        guard texts.count >= SampleSchema.categoryLimit || text.utf8.count > SampleSchema.textLimit
        else { return nil }
        var hash = StableHash()
        hash.combine(text)
        return SampleSchema.categoryLimit + hash.bucket(of: SampleSchema.overflowCategoryCount)
    }
}
