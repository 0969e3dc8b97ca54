/// Turns admitted samples into the inputs of a network.
///
/// A numeric feature has one input, scaled by its running statistics; a category that a feature has
/// shown has one of its own; a numeric feature of few distinct values has both. New inputs come to
/// the end, so a weight stays with what it was learned for; only a feature that turns out to be
/// continuous gives inputs back. Features are found by index: a feature that is not in a sample is
/// missing and never shifts another.
///
/// ``encode(_:row:into:)`` only reads. ``observe(_:row:)`` takes a labelled sample into the
/// statistics; test-then-train encodes, predicts, observes, encodes again and learns.
public struct InputEncoder: Equatable, Sendable {
    /// Times that a numeric feature must have been seen before its values count as few.
    public static let watchCount = 60
    /// Inputs that few-valued numeric features may take up together.
    public static let indicatorLimit = 1_024
    /// Inputs that categories and past targets may take up together.
    public static let categoryColumnLimit = 16_384
    /// Features of a sample from which on they may be sparse.
    static let leastSparseSize = 64
    /// Without a clip an input stays below this, so that a sum of squares is finite in a `Float`.
    static let largestInput = 1e15
    /// Bound of counts that are read back from state.
    static let stateLimit = 1 << 24

    let settings: Settings

    /// What each input stands for, by its index.
    public internal(set) var columns: [InputColumn] = []
    /// Statistics by feature index.
    var features: MomentsBank
    var tallies: [Tally] = []
    /// Features that are not sparse, by rising index, and whether there are others. Derived.
    var centred: [Int32] = []
    var hasSparse = false
    /// By feature; -1 while the feature has shown no number.
    var numberColumns: [Int32] = []
    /// By feature, then by category; -1 where there is none.
    var categoryColumns: [[Int32]] = []
    /// By feature; empty when the search for few-valued features is off.
    var distinct: [DistinctValues] = []
    /// Statistics of the buckets, in the order in which they were met.
    var buckets: MomentsBank
    /// By bucket: its position in ``buckets``, and its column; -1 while it was not met.
    var bucketPositions: [Int32]
    var bucketColumns: [Int32]
    var history: TargetHistory
    var observedRowCount = 0
    /// Columns of each kind that has a limit.
    var indicatorCount = 0
    var categoryColumnCount = 0

    /// - Parameters:
    ///   - configuration: How features become inputs.
    ///   - hasHiddenLayers: A model without hidden layers keeps one weight per numeric feature.
    public init(configuration: FeatureConfiguration, hasHiddenLayers: Bool) {
        self.init(settings: Settings(configuration, hasHiddenLayers: hasHiddenLayers))
    }

    init(settings: Settings) {
        self.settings = settings
        features = MomentsBank(rule: settings.rule)
        buckets = MomentsBank(rule: settings.rule)
        bucketPositions = [Int32](repeating: -1, count: settings.bucketCount)
        bucketColumns = bucketPositions
        history = TargetHistory(length: settings.targetHistory)
    }

    /// Inputs of the network.
    public var inputCount: Int { columns.count }

    /// Writes the inputs of one row, with the statistics as they are.
    ///
    /// - Parameters:
    ///   - block: Resolved by a schema that is no newer than what was observed; what the encoder
    ///     does not know has no input.
    ///   - input: Receives the inputs, shape `[inputCount]`. Traps on another shape.
    public func encode(_ block: AdmittedBlock, row: Int, into input: inout MutableSpan<Float>) {
        precondition(input.count == inputCount, "\(input.count) inputs are not \(inputCount)")
        for index in input.indices { input[index] = 0 }
        switch block.rows[row].features {
        case .dense(let start, let count):
            let known = min(count, features.count)
            for feature in 0..<known {
                encode(block.values[start + feature], feature: feature, into: &input)
            }
            encodeMissing(from: known, into: &input)
        case .sparse(let start, let valueStart, let count, let size):
            let known = min(size, features.count)
            var walk = SparseWalk(start: start, valueStart: valueStart, count: count)
            while hasSparse, let (feature, value) = walk.next(in: block) {
                guard feature < known, tallies[feature].isSparse else { continue }
                encode(value, feature: feature, into: &input)
            }
            walk.restart()
            for place in centred.indices {
                let feature = Int(centred[place])
                guard feature < known else { break }
                encode(walk.value(of: feature, in: block), feature: feature, into: &input)
            }
            encodeMissing(from: known, into: &input)
        case .entries(let start, let count):
            encodeMissing(from: 0, into: &input)
            for position in start..<start + count {
                encode(block.entries[position], into: &input)
            }
        case .remembered:
            preconditionFailure("remembered features are looked up before they are encoded")
        }
        if history.length > 0 { history.encode(into: &input) }
    }

    /// - Parameter value: NaN is missing.
    @inline(__always)
    private func encode(_ value: Double, feature: Int, into input: inout MutableSpan<Float>) {
        let column = Int(numberColumns[feature])
        guard column >= 0 else { return }
        if value.isNaN {
            input[column] = missingInput(feature)
            return
        }
        if hasSparse, tallies[feature].isSparse {
            input[column] = settings.sized(value, features[feature])
            return
        }
        input[column] = settings.scaled(value, features[feature])
        // Its state is asked first: a call on the element would retain both of its arrays.
        if feature < distinct.count, distinct[feature].state == .indicated {
            let indicator = Int(distinct[feature].column(of: value))
            if indicator >= 0 { input[indicator] = 1 }
        }
    }

    private func encode(_ entry: AdmittedBlock.Entry, into input: inout MutableSpan<Float>) {
        let feature = Int(entry.feature)
        if feature >= settings.bucketBase {
            encode(entry.content, bucket: feature - settings.bucketBase, into: &input)
            return
        }
        guard feature < features.count else { return }
        switch entry.content {
        case .number(let value):
            encode(value, feature: feature, into: &input)
        case .category(let category):
            guard category < categoryColumns[feature].count else { return }
            let column = Int(categoryColumns[feature][category])
            if column >= 0 { input[column] = 1 }
        case .otherCategory, .missing:
            break
        }
    }

    private func encode(
        _ content: AdmittedBlock.Entry.Content, bucket: Int, into input: inout MutableSpan<Float>
    ) {
        guard bucket < bucketColumns.count, bucketColumns[bucket] >= 0 else { return }
        let column = Int(bucketColumns[bucket])
        switch content {
        case .number(let value):
            input[column] += settings.sized(value, buckets[Int(bucketPositions[bucket])])
        case .category:
            input[column] += 1
        case .otherCategory, .missing:
            break
        }
    }

    /// Writes what stands for a missing number, from a feature on.
    private func encodeMissing(from first: Int, into input: inout MutableSpan<Float>) {
        // A standardised mean is 0, which is there already.
        if settings.missingIsZeroInput { return }
        for feature in first..<max(features.count, first) where numberColumns[feature] >= 0 {
            input[Int(numberColumns[feature])] = missingInput(feature)
        }
    }

    func missingInput(_ feature: Int) -> Float {
        if settings.missingIsZeroInput || tallies[feature].isSparse { return 0 }
        let statistics = features[feature]
        return settings.scaled(settings.missing == .zero ? 0 : statistics.mean, statistics)
    }
}
