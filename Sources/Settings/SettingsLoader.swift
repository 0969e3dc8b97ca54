import Configuration

/// Collects the values of all sources, checks each, and joins them.
///
/// swift-configuration decides which source wins. It is given checked values only, because its own
/// conversions name neither the file nor the line, stop at the first mistake, read no list from a
/// single variable that may be empty, and pass over unknown keys in silence.
struct SettingsLoader {
    /// The checked values of one source.
    private typealias Values = [AbsoluteConfigKey: ConfigValue]

    private let base: Settings
    private let settings: [String: Setting]
    private let sections: [String]
    private var commandLine: Values = [:]
    private var environment: Values = [:]
    private var file: Values = [:]
    private var origins: [String: Origin] = [:]
    private var refusedKeys: Set<String> = []
    private var violations: [String] = []

    /// - Parameter base: What keys have that no source mentions.
    init(base: Settings) {
        self.base = base
        let all = Setting.all
        settings = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
        sections = all.reduce(into: []) { names, setting in
            if names.last != setting.section { names.append(setting.section) }
        }
    }

    mutating func add(violations: [String]) { self.violations += violations }

    mutating func add(yaml: String, name: String) {
        switch YAMLDocument.read(yaml, name: name) {
        case .failure(let error): violations += error.violations
        case .success(let document):
            violations += document.violations
            for section in document.sections {
                let origin = Origin.file(name: name, line: section.line)
                if !sections.contains(section.name) {
                    violations.append(unknownSection(section.name, origin: origin))
                } else if !section.holdsKeys {
                    violations.append(
                        "\(section.name) (\(origin)): must hold keys; put them below it, indented")
                }
            }
            for entry in document.entries where sections.contains(entry.section) {
                let origin = Origin.file(name: name, line: entry.line)
                add(entry.value, for: entry.section + "." + entry.key, from: origin)
            }
        }
    }

    mutating func add(environment variables: [String: String]) {
        // Sorted, because the order of a dictionary changes with each process.
        for (variable, value) in variables.sorted(by: { $0.key < $1.key }) {
            guard let rest = variable.dropping(prefix: "OSIER_") else { continue }
            for section in sections {
                guard let name = rest.dropping(prefix: section.uppercased() + "_") else { continue }
                guard name == name.uppercased() else {
                    violations.append(
                        "\(variable): is no setting; write variables in capitals, "
                            + variable.uppercased())
                    continue
                }
                add(
                    .text(value), for: section + "." + name.lowercased(),
                    from: .environment(variable: variable))
            }
        }
    }

    mutating func add(overrides: [String]) {
        for override in overrides {
            guard let equals = override.firstIndex(of: "=") else {
                violations.append(
                    "--set \(RawValue.text(override)): has no value; write KEY=VALUE such as "
                        + "model.seed=7")
                continue
            }
            let key = String(override[..<equals]).trimmed
            let value = String(override[override.index(after: equals)...])
            add(.text(value), for: key, from: .commandLine)
        }
    }

    /// Checks one value and keeps it for its source.
    mutating func add(_ raw: RawValue, for key: String, from origin: Origin) {
        guard let setting = settings[key] else {
            violations.append(unknownKey(key, raw, origin: origin))
            return
        }
        guard let content = setting.check(raw) else {
            refusedKeys.insert(key)
            violations.append(
                "\(key) = \(raw) (\(origin)): must be \(setting.rule); "
                    + "\(setting.text(in: base)) works")
            return
        }
        let value = ConfigValue(content, isSecret: false)
        switch origin {
        case .defaults: preconditionFailure("defaults are not added")
        case .file: file[AbsoluteConfigKey(ConfigKey(key))] = value
        case .environment: environment[AbsoluteConfigKey(ConfigKey(key))] = value
        case .commandLine, .request: commandLine[AbsoluteConfigKey(ConfigKey(key))] = value
        }
        // Sources are added from the weakest to the strongest.
        origins[key] = origin
    }

    /// The joined settings.
    func finish() throws(SettingsError) -> Settings {
        var violations = violations
        var result = base
        let all = Setting.all
        let defaults = Values(
            uniqueKeysWithValues: all.map {
                (
                    AbsoluteConfigKey(ConfigKey($0.key)),
                    ConfigValue($0.current(base), isSecret: false)
                )
            })
        let reader = ConfigReader(
            providers: [
                InMemoryProvider(name: "--set", values: commandLine),
                InMemoryProvider(name: "environment", values: environment),
                InMemoryProvider(name: "file", values: file),
                InMemoryProvider(name: "defaults", values: defaults),
            ])
        for setting in all {
            do {
                try setting.store(reader, &result)
            } catch {
                violations.append("\(setting.key): cannot be read, \(error); please report this")
            }
        }
        for conflict in result.conflicts where refusedKeys.isDisjoint(with: conflict.keys) {
            let places = conflict.keys.compactMap { key in
                settings[key].map {
                    "\(key) = \($0.text(in: result)) (\(origins[key] ?? .defaults))"
                }
            }
            violations.append(places.joined(separator: ", ") + ": " + conflict.message)
        }
        result.learner.control = result.control
        do throws(SettingsError) {
            result.learner.learnedPolicy = try result.learnedPolicy()
        } catch {
            violations += error.violations
        }
        guard violations.isEmpty else { throw SettingsError(violations) }
        return result
    }

    private func unknownSection(_ name: String, origin: Origin) -> String {
        var advice = "the sections are " + sections.joined(separator: ", ")
        if let dot = name.firstIndex(of: "."), settings[name] != nil {
            advice = "write \(name[..<dot]): and below it, indented, \(name[dot...].dropFirst()):"
        } else if let nearest = Spelling.nearest(to: name, among: sections) {
            advice = "did you mean \(nearest)?"
        }
        return "\(RawValue.text(name)) (\(origin)): is no section; \(advice)"
    }

    private func unknownKey(_ key: String, _ raw: RawValue, origin: Origin) -> String {
        let section = String(key.prefix { $0 != "." })
        guard sections.contains(section) else { return unknownSection(section, origin: origin) }
        let keys = Setting.all.filter { $0.section == section }.map(\.key)
        let advice =
            if let nearest = Spelling.nearest(to: key, among: keys) {
                "did you mean \(nearest)?"
            } else {
                "the keys are \(keys.joined(separator: ", "))"
            }
        return "\(RawValue.text(key)) = \(raw) (\(origin)): is no setting; \(advice)"
    }
}
