import Features

/// The answer of `predict` to buffers: one header, one buffer.
public struct BufferPrediction: Equatable, Sendable {
    public var identifier: SampleIdentifier?
    public var rowCount: Int
    /// Row-major `[rowCount, classes]` probabilities or `[rowCount, outputs]` predictions. The rows
    /// of refused samples are NaN.
    public var values: [Float]
    /// The classes of the columns; nil for a regression.
    public var classes: [Label]?
    public var model: ModelVersion
    /// The samples that got no answer; the header names them when there are any.
    public var rejected: [IndexedRefusal]

    /// - Parameters:
    ///   - values: Count is a multiple of `rowCount`; traps otherwise.
    public init(
        identifier: SampleIdentifier? = nil, rowCount: Int, values: [Float],
        classes: [Label]? = nil, model: ModelVersion, rejected: [IndexedRefusal] = []
    ) {
        precondition(rowCount >= 1 && values.count.isMultiple(of: rowCount))
        self.identifier = identifier
        self.rowCount = rowCount
        self.values = values
        self.classes = classes
        self.model = model
        self.rejected = rejected
    }

    /// Header and buffer.
    public var frames: [[UInt8]] {
        var writer = JSONWriter()
        Self.writeHeader(
            identifier, rowCount: rowCount, columnCount: values.count / rowCount,
            classes: classes, model, rejected, to: &writer)
        return [writer.bytes, BufferWriter.bytes(of: values)]
    }

    /// The header alone.
    ///
    /// - Parameters:
    ///   - classes: Of the columns; `nil` for a regression.
    ///   - rejected: The samples that got no answer.
    public static func writeHeader(
        _ identifier: SampleIdentifier?, rowCount: Int, columnCount: Int, classes: [Label]?,
        _ model: ModelVersion, _ rejected: [IndexedRefusal], to writer: inout JSONWriter
    ) {
        writer.beginObject()
        if let identifier {
            writer.key("id")
            writer.write(identifier)
        }
        writer.key("y")
        BufferWriter.describe(.float32, [rowCount, columnCount], in: &writer)
        if let classes {
            writer.key("classes")
            classes.write(to: &writer)
        }
        writer.key("model")
        model.write(to: &writer)
        if !rejected.isEmpty {
            writer.key("rejected")
            rejected.write(to: &writer)
        }
        writer.endObject()
    }

    /// Reads header and buffer.
    ///
    /// - Throws: What the message lacks.
    public init(decoding frames: [[UInt8]]) throws(Refusal) {
        guard frames.count == 2 else {
            throw Refusal(.badFrame, "the reply has \(frames.count) frames, not header and buffer")
        }
        let object = try JSONObject(json: try JSONValue(parsing: frames[0]), name: "header")
        guard let target = object["y"], let version = object["model"] else {
            throw Refusal(.missingField, "the header of a prediction has no \"y\" or no \"model\"")
        }
        let description = try BufferDescription(name: "y", target)
        guard description.dtype == .float32, description.shape.count == 2,
            description.shape[0] >= 1
        else { throw Refusal(.badDtype, "\"y\" is no float32 of [samples, columns]") }
        rowCount = description.shape[0]
        values = try frames.withFrame(1) { (frame) throws(Refusal) in
            try description.check(frame)
            return BufferReader.floats(frame)
        }
        identifier = try object["id"].map { (value) throws(Refusal) in
            try SampleIdentifier(json: value, name: "id")
        }
        classes = try object["classes"].map { (value) throws(Refusal) in
            try [Label](json: value, name: "classes")
        }
        model = try ModelVersion(json: version, name: "model")
        rejected =
            try object["rejected"].map { (value) throws(Refusal) in
                try [IndexedRefusal](json: value, name: "rejected")
            } ?? []
    }
}
