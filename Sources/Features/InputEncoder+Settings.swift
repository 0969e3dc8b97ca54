import StateCoding

extension InputEncoder {
    /// The part of the configuration on which inputs depend.
    struct Settings: Equatable, Sendable {
        let scaling: FeatureConfiguration.Scaling
        let missing: FeatureConfiguration.Missing
        let forgetting: Double
        let clip: Double
        /// Distinct values up to which a number also gets an input per value; 0 means off.
        let oneHotLimit: Int
        let targetHistory: Int
        let bucketBase: Int
        let bucketCount: Int
        let rule: MomentsRule

        init(_ configuration: FeatureConfiguration, hasHiddenLayers: Bool) {
            scaling = configuration.scaling
            missing = configuration.missing
            forgetting = configuration.forgetting
            clip = configuration.clip
            oneHotLimit = hasHiddenLayers ? configuration.oneHot : 0
            targetHistory = configuration.targetHistory
            bucketBase = configuration.maxFeatures
            bucketCount = configuration.hashing
            rule = MomentsRule(forgetting: forgetting, clip: clip)
        }

        /// Whether a missing number and an input of 0 are the same.
        var missingIsZeroInput: Bool { scaling == .standard && missing != .zero }

        /// A number on the scale of the inputs, finite whatever the number.
        @inline(__always)
        func scaled(_ value: Double, _ statistics: RunningMoments) -> Float {
            let value = RunningMoments.bounded(value)
            let result: Double
            switch scaling {
            case .standard:
                if statistics.deviation == 0 { return 0 }
                result = (value - statistics.mean) / statistics.deviation
            case .minmax:
                let range = statistics.maximum - statistics.minimum
                if range == 0 { return 0 }
                result = (value - statistics.minimum) / range
            case .none:
                return Float(min(max(value, -InputEncoder.largestInput), InputEncoder.largestInput))
            }
            let bound = clip > 0 ? clip : InputEncoder.largestInput
            return Float(min(max(result, -bound), bound))
        }

        /// A hashed or sparse number on the scale of the inputs. What is not in a sample adds 0, so
        /// 0 stays 0: a standardised number is divided by its root mean square and not shifted, else
        /// a word that counts 1 wherever it is would look as if it were not there.
        @inline(__always)
        func sized(_ value: Double, _ statistics: RunningMoments) -> Float {
            guard scaling == .standard else { return scaled(value, statistics) }
            let size = statistics.rootMeanSquare
            if size == 0 { return 0 }
            let bound = clip > 0 ? clip : InputEncoder.largestInput
            return Float(min(max(RunningMoments.bounded(value) / size, -bound), bound))
        }
    }

    /// What is counted of a feature besides its numbers.
    struct Tally: Equatable, Sendable {
        /// Rows observed before the feature was met.
        let firstRow: Int
        /// Whether it is zero wherever it is not named; see ``InputEncoder/isSparse(count:of:)``.
        var isSparse = false
        /// Rows in which it was a category.
        var categoryCount = 0
    }
}

extension InputEncoder.Settings: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(scaling.rawValue)
        writer.write(missing.rawValue)
        writer.write(forgetting)
        writer.write(clip)
        for value in [oneHotLimit, targetHistory, bucketBase, bucketCount] { writer.write(value) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        let start = reader.offset
        var configuration = FeatureConfiguration()
        guard let scaling = FeatureConfiguration.Scaling(rawValue: try reader.readString()),
            let missing = FeatureConfiguration.Missing(rawValue: try reader.readString())
        else { throw .invalid(what: "scaling", offset: start) }
        configuration.scaling = scaling
        configuration.missing = missing
        configuration.forgetting = try reader.readDouble()
        configuration.clip = try reader.readDouble()
        configuration.oneHot = try reader.readInt()
        configuration.targetHistory = try reader.readInt()
        configuration.maxFeatures = try reader.readInt()
        configuration.hashing = try reader.readInt()
        guard (0...InputEncoder.stateLimit).contains(configuration.hashing) else {
            throw .invalid(what: "number of hash buckets", offset: reader.offset)
        }
        self.init(configuration, hasHiddenLayers: true)
    }
}

extension InputEncoder.Tally: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(firstRow)
        writer.write(isSparse)
        writer.write(categoryCount)
    }

    init(from reader: inout StateReader) throws(StateError) {
        firstRow = try reader.readInt()
        isSparse = try reader.readBool()
        categoryCount = try reader.readInt()
    }
}
