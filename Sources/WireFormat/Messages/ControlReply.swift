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
        writer.beginObject()
        writer.key("ok")
        writer.write(true)
        if let identifier {
            writer.key("id")
            writer.write(identifier)
        }
        switch body {
        case .done: break
        case .started:
            writer.key("started")
            writer.write(true)
        case .version(let version):
            writer.key("version")
            writer.write(version)
        case .status(let report):
            writer.key("status")
            report.write(to: &writer)
        case .schema(let report): report.writeMembers(to: &writer)
        case .digest(let report): report.writeMembers(to: &writer)
        case .checkpoint(let report): report.writeMembers(to: &writer)
        case .structure(let report): report.writeMembers(to: &writer)
        case .export(let report): report.writeMembers(to: &writer)
        }
        writer.endObject()
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
