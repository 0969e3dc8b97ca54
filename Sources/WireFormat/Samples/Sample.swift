import Features

/// One sample as a client has it.
public struct Sample: Equatable, Sendable {
    public enum Features: Equatable, Sendable {
        /// No features: a late label for the sample of the same identifier.
        case none
        /// NaN cannot be said in positional JSON; name the features to leave some out.
        case positional([Double])
        /// No name comes twice.
        case named([NamedFeature])
        /// Strictly rising indices below `size`, and as many values.
        case sparse(indices: [Int32], values: [Double], size: Int)
    }

    public struct NamedFeature: Equatable, Sendable {
        public var name: String
        public var value: FeatureValue

        public init(_ name: String, _ value: FeatureValue) {
            self.name = name
            self.value = value
        }
    }

    public var features: Features
    public var target: Target
    public var identifier: SampleIdentifier?
    /// Seconds since the epoch.
    public var time: Double?
    public var weight: Float

    public init(
        _ features: Features, target: Target = .none, identifier: SampleIdentifier? = nil,
        time: Double? = nil, weight: Float = 1
    ) {
        self.features = features
        self.target = target
        self.identifier = identifier
        self.time = time
        self.weight = weight
    }
}

extension SampleBlock {
    /// Adds a sample as the last row; its index follows that of the row before.
    public mutating func append(_ sample: Sample) {
        let shape: Shape
        switch sample.features {
        case .none: shape = .absent
        case .positional(let values):
            shape = .positional(start: self.values.count, count: values.count)
            self.values.append(contentsOf: values)
        case .named(let features):
            shape = .named(start: names.count, count: features.count)
            names.append(contentsOf: features.map(\.name))
            namedValues.append(contentsOf: features.map(\.value))
        case .sparse(let indices, let values, let size):
            precondition(indices.count == values.count, "a sparse sample has a value per index")
            shape = .sparse(
                start: self.indices.count, valueStart: self.values.count, count: indices.count,
                size: size)
            self.indices.append(contentsOf: indices)
            self.values.append(contentsOf: values)
        }
        rows.append(
            Row(
                shape: shape, target: sample.target, weight: sample.weight, time: sample.time,
                identifier: sample.identifier, index: rows.last.map { $0.index + 1 } ?? 0))
    }
}
