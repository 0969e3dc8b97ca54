import Features

/// What `control` answers when a command succeeded.
public struct ControlReply: JSONField, Equatable {
    public enum Body: Equatable, Sendable {
        /// `pause`, `resume`, `controller`, `budget`, `optimizer`, `schedule`, `shutdown`.
        case done
        case status(StatusReport)
        case schema(SchemaReport)
        /// The daemon's version, to a `ping`.
        case version(String)
        case digest(DigestReport)
        case checkpoint(CheckpointReport)
        /// `grow`, `shrink`, `insert_layer`, `remove_layer`, `prune`, `restore`.
        case structure(StructureReport)
        /// `distill`: under way; an `adaptation` tells the outcome.
        case started
        case export(ExportReport)
    }

    public var body: Body
    public var identifier: SampleIdentifier?

    public init(_ body: Body, identifier: SampleIdentifier? = nil) {
        self.body = body
        self.identifier = identifier
    }

    public func write(to writer: inout JSONWriter) {
        var object = JSONObject([.init("ok", .boolean(true))])
        switch identifier {
        case .text(let text)?: object["id"] = .string(text)
        case .integer(let integer)?: object["id"] = .integer(integer)
        case nil: break
        }
        switch body {
        case .done: break
        case .started: object["started"] = .boolean(true)
        case .version(let version): object["version"] = .string(version)
        case .status(let report): object["status"] = report.value
        case .schema(let report): object.append(report.value)
        case .digest(let report): object.append(report.value)
        case .checkpoint(let report): object.append(report.value)
        case .structure(let report): object.append(report.value)
        case .export(let report): object.append(report.value)
        }
        writer.write(JSONValue.object(object))
    }

    /// The reply does not name its command, so its keys tell which one it answers.
    public init(json: JSONValue, name: String) throws(Refusal) {
        let object = try JSONObject(json: json, name: name)
        guard object["ok"] == .boolean(true) else {
            throw Refusal(.missingField, "the reply has neither \"ok\":true nor \"error\"")
        }
        if let identifier = object["id"] {
            self.identifier = try SampleIdentifier(json: identifier, name: "id")
        }
        if let status = object["status"] {
            body = .status(try StatusReport(json: status, name: "status"))
        } else if object["features"] != nil {
            body = .schema(try SchemaReport(json: json, name: name))
        } else if object["digest"] != nil {
            body = .digest(try DigestReport(json: json, name: name))
        } else if object["hidden"] != nil {
            body = .structure(try StructureReport(json: json, name: name))
        } else if object["format"] != nil {
            body = .export(try ExportReport(json: json, name: name))
        } else if object["samples"] != nil {
            body = .checkpoint(try CheckpointReport(json: json, name: name))
        } else if let version = object["version"] {
            body = .version(try String(json: version, name: "version"))
        } else {
            body = object["started"] == .boolean(true) ? .started : .done
        }
    }

    /// The reply as JSON.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension JSONObject {
    /// Adds the members of an object.
    fileprivate mutating func append(_ value: JSONValue) {
        for member in value.object?.members ?? [] { self[member.key] = member.value }
    }
}

extension WireMessage {
    /// The message as a tree.
    fileprivate var value: JSONValue {
        do { return try JSONValue(parsing: encoded) } catch {
            preconditionFailure("a message of ours is JSON: \(error)")
        }
    }
}

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
    public var hidden = Change<[Int]>()
    public var parameters = Change<Int>()
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
