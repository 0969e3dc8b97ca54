import Features

/// The SHA-256 of the learner's whole state, and the journal offset that it belongs to.
public struct DigestReport: WireMessage {
    /// 64 hexadecimal digits.
    public var digest = ""
    public var offset: Int64 = 0

    public init() {}

    public init(digest: String, offset: Int64) {
        self.digest = digest
        self.offset = offset
    }

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("digest", &digest)
        try fields.field("offset", &offset)
    }
}

/// A checkpoint that is durable.
public struct CheckpointReport: WireMessage {
    public var path = ""
    public var samples = 0

    public init() {}

    public init(path: String, samples: Int) {
        self.path = path
        self.samples = samples
    }

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("path", &path)
        try fields.field("samples", &samples)
    }
}

/// What a command changed in the network.
public struct StructureReport: WireMessage {
    public var hidden = Change<[Int]>(before: [], after: [])
    public var parameters = Change<Int>(before: 0, after: 0)
    /// Revision of the architecture.
    public var structure = 0

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("hidden", &hidden)
        try fields.field("parameters", &parameters)
        try fields.field("structure", &structure)
    }
}

/// A model that was exported: into the second frame, or into the file `path`.
public struct ExportReport: WireMessage {
    public var format = ""
    public var bytes = 0
    public var path: String?

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("format", &format)
        try fields.field("bytes", &bytes)
        try fields.optional("path", &path)
    }
}

/// Feature and class names with their statistics.
public struct SchemaReport: WireMessage {
    public struct Feature: WireMessage {
        public var name = ""
        /// `number`, `category` or `boolean`.
        public var type = "number"
        /// Values that were not missing.
        public var count = 0
        /// Samples in which it had no value.
        public var missing = 0
        /// Values that were bounded before they entered the statistics.
        public var clipped = 0
        public var mean: Double?
        public var standardDeviation: Double?
        public var minimum: Double?
        public var maximum: Double?
        /// Distinct values of a category.
        public var categories: Int?

        public init() {}

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("name", &name)
            try fields.field("type", &type)
            try fields.field("count", &count)
            try fields.field("missing", &missing)
            try fields.field("clipped", &clipped)
            try fields.nullable("mean", &mean)
            try fields.nullable("standard_deviation", &standardDeviation)
            try fields.nullable("minimum", &minimum)
            try fields.nullable("maximum", &maximum)
            try fields.nullable("categories", &categories)
        }
    }

    public struct ClassCount: WireMessage {
        public var label = Label.text("")
        public var count = 0

        public init() {}

        public init(_ label: Label, count: Int) {
            self.label = label
            self.count = count
        }

        public mutating func list(_ fields: inout FieldList) throws(Refusal) {
            try fields.field("label", &label)
            try fields.field("count", &count)
        }
    }

    /// `classification`, `regression` or `auto`.
    public var task = "auto"
    /// In the order of their positions.
    public var features: [Feature] = []
    /// In the order of the outputs; empty for a regression.
    public var classes: [ClassCount] = []

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.field("task", &task)
        try fields.field("features", &features)
        try fields.field("classes", &classes)
    }
}
