import Yams

/// The sections and keys of a YAML file with their lines.
///
/// Yams and not swift-configuration's YAML provider: that one keeps neither lines nor the
/// difference between `1` and `"1"`, and drops empty sections.
struct YAMLDocument {
    struct Section {
        let name: String
        let line: Int?
        /// Whether keys, or nothing, stand below it.
        let holdsKeys: Bool
    }

    struct Entry {
        let section: String
        let key: String
        let value: RawValue
        let line: Int?
    }

    private(set) var sections: [Section] = []
    private(set) var entries: [Entry] = []
    private(set) var violations: [String] = []

    /// Reads one document of the form `section: {key: value}`; an empty file is an empty document.
    static func read(_ yaml: String, name: String) -> Result<YAMLDocument, SettingsError> {
        do {
            // Single values stay text here: what `off` or `1e3` is, the rule of the key decides.
            guard let root = try Yams.compose(yaml: yaml, .basic) else {
                return .success(YAMLDocument())
            }
            return .success(YAMLDocument(root: root, name: name))
        } catch {
            return .failure(SettingsError([describe(error, name: name)]))
        }
    }

    private init() {}

    private init(root: Node, name: String) {
        if Self.isNull(root) { return }
        guard case .mapping(let mapping) = root else {
            violations = ["file \(name): holds no sections; write model: and below it hidden: [32]"]
            return
        }
        for (sectionNode, body) in mapping {
            guard let section = Self.key(sectionNode) else {
                let line = sectionNode.mark.map { " line \($0.line)" } ?? ""
                violations.append("file \(name)\(line): a section's name must be plain text")
                continue
            }
            read(section: section, line: sectionNode.mark?.line, body: body)
        }
    }

    private mutating func read(section: String, line: Int?, body: Node) {
        guard case .mapping(let mapping) = body else {
            // A section whose keys are all commented out is empty.
            sections.append(Section(name: section, line: line, holdsKeys: Self.isNull(body)))
            return
        }
        sections.append(Section(name: section, line: line, holdsKeys: true))
        for (keyNode, value) in mapping {
            let key = Self.key(keyNode) ?? "(no text)"
            let line = keyNode.mark?.line
            entries.append(
                Entry(section: section, key: key, value: Self.rawValue(value), line: line))
        }
    }

    private static func key(_ node: Node) -> String? {
        if case .scalar(let scalar) = node { return scalar.string }
        return nil
    }

    private static func rawValue(_ node: Node) -> RawValue {
        if isNull(node) { return .unusable("(nothing)") }
        switch node {
        case .scalar(let scalar):
            return .scalar(rawScalar(scalar))
        case .sequence(let sequence):
            var items: [RawScalar] = []
            for item in sequence {
                guard case .scalar(let scalar) = item, !isNull(item) else {
                    return .unusable("(a list with something else than single values)")
                }
                items.append(rawScalar(scalar))
            }
            return .list(items)
        case .mapping: return .unusable("(keys of its own)")
        case .alias: return .unusable("(an alias)")
        }
    }

    private static func rawScalar(_ scalar: Node.Scalar) -> RawScalar {
        RawScalar(text: scalar.string, isQuoted: scalar.style != .plain && scalar.style != .any)
    }

    /// - Source: YAML 1.2.2, section 10.2.1.1: the forms of null.
    private static func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, !rawScalar(scalar).isQuoted else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func describe(_ error: any Error, name: String) -> String {
        guard let error = error as? YamlError else { return "file \(name): \(error)" }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return "file \(name) line \(mark.line) column \(mark.column): is not YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.sorted().joined(separator: ", ")
            return
                "file \(name): below line \(context.mark.line), \(keys) is given more than once; "
                + "keep one"
        case .reader(let problem, _, _, _):
            return "file \(name): is not YAML: \(problem)"
        default:
            return "file \(name): is not YAML"
        }
    }
}
