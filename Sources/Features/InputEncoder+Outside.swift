/// What another program needs to make the same inputs, and what starts an encoder from outside.
extension InputEncoder {
    /// The settings that the inputs depend on; ``FeatureConfiguration/names`` is empty.
    public var configuration: FeatureConfiguration {
        var configuration = FeatureConfiguration()
        configuration.maxFeatures = settings.bucketBase
        configuration.hashing = settings.bucketCount
        configuration.scaling = settings.scaling
        configuration.forgetting = settings.forgetting
        configuration.clip = settings.clip
        configuration.missing = settings.missing
        configuration.targetHistory = settings.targetHistory
        configuration.oneHot = settings.oneHotLimit
        return configuration
    }

    /// An encoder that has observed nothing, with one input for each of the first features.
    ///
    /// - Parameter numberCount: How many features have an input, by rising index. Not negative.
    public init(configuration: FeatureConfiguration, hasHiddenLayers: Bool, numberCount: Int) {
        self.init(configuration: configuration, hasHiddenLayers: hasHiddenLayers)
        addNumbers(upTo: numberCount)
    }

    /// How a feature's or a bucket's number becomes an input: less ``shift``, times ``factor``, not
    /// beyond ± ``bound``.
    public struct Scale: Equatable, Sendable {
        public let shift: Double
        /// 0 while nothing has varied.
        public let factor: Double
        public let bound: Double
        /// The input that stands for a missing number.
        public let missing: Float
    }

    /// - Parameter feature: One that has shown a number or counts as one.
    public func scale(ofFeature feature: Int) -> Scale {
        tallies[feature].isSparse
            ? size(features[feature]) : scale(features[feature], missing: missingInput(feature))
    }

    /// - Parameter bucket: One that has an input.
    public func scale(ofBucket bucket: Int) -> Scale {
        size(buckets[Int(bucketPositions[bucket])])
    }

    /// The scale of what is zero as a rule.
    private func size(_ moments: RunningMoments) -> Scale {
        guard settings.scaling == .standard else { return scale(moments, missing: 0) }
        let size = moments.rootMeanSquare
        return Scale(
            shift: 0, factor: size == 0 ? 0 : 1 / size,
            bound: settings.clip > 0 ? settings.clip : Self.largestInput, missing: 0)
    }

    private func scale(_ moments: RunningMoments, missing: Float) -> Scale {
        let shift: Double
        let spread: Double
        switch settings.scaling {
        case .standard: (shift, spread) = (moments.mean, moments.deviation)
        case .minmax: (shift, spread) = (moments.minimum, moments.maximum - moments.minimum)
        case .none:
            return Scale(shift: 0, factor: 1, bound: Self.largestInput, missing: missing)
        }
        return Scale(
            shift: shift, factor: spread == 0 ? 0 : 1 / spread,
            bound: settings.clip > 0 ? settings.clip : Self.largestInput, missing: missing)
    }

    /// The inputs that past targets make up at this moment, by column; every other one is 0.
    public func pastTargetInputs() -> [Float] {
        var inputs = [Float](repeating: 0, count: inputCount)
        var span = inputs.mutableSpan
        history.encode(into: &span)
        return inputs
    }
}
