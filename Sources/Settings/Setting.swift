import Configuration

/// One key: its rule, and the field of ``Settings`` that it fills.
///
/// The tables of these are the only place that knows which keys exist. A source (command line,
/// environment, file) is turned into checked values key by key; swift-configuration then decides
/// which source wins and hands out the typed value.
struct Setting {
    /// `section.key`, as in `--set`.
    let key: String
    /// What a value must be, to follow "must be".
    let rule: String
    /// The checked value; `nil` when it breaks the rule.
    let check: (RawValue) -> ConfigContent?
    /// Reads the winning value into the settings.
    let store: (ConfigReader, inout Settings) throws -> Void
    /// The value that the settings hold now.
    let current: (Settings) -> ConfigContent
    /// Whether text is listed in quotes.
    var isQuoted = false

    var section: String { String(key.prefix { $0 != "." }) }
    var name: String { String(key.drop { $0 != "." }.dropFirst()) }

    /// The value in the form that `--set` and YAML read back.
    func text(in settings: Settings) -> String {
        switch current(settings) {
        case .string(let text): isQuoted ? TextList.quoted(text) : text
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .bool(let value): String(value)
        case .intArray(let values): "[" + values.map(String.init).joined(separator: ", ") + "]"
        case .stringArray(let items):
            "[" + items.map { isQuoted ? TextList.quoted($0) : $0 }.joined(separator: ", ") + "]"
        case .bytes, .doubleArray, .boolArray, .byteChunkArray:
            preconditionFailure("no key has this type")
        }
    }
}

// MARK: - Single values

extension Setting {
    static func integer(
        _ key: String, _ path: WritableKeyPath<Settings, Int>, _ range: ClosedRange<Int>
    ) -> Setting {
        Setting(
            key: key, rule: "an integer from \(range.lowerBound) to \(range.upperBound)",
            check: { raw in integer(raw, in: range).map(ConfigContent.int) },
            store: { $1[keyPath: path] = try $0.requiredInt(forKey: ConfigKey(key)) },
            current: { .int($0[keyPath: path]) })
    }

    static func seed(_ key: String, _ path: WritableKeyPath<Settings, UInt64>) -> Setting {
        Setting(
            key: key, rule: "an integer from 0 to \(Int.max)",
            check: { raw in integer(raw, in: 0...Int.max).map(ConfigContent.int) },
            store: { $1[keyPath: path] = UInt64(try $0.requiredInt(forKey: ConfigKey(key))) },
            current: { .int(Int(clamping: $0[keyPath: path])) })
    }

    /// An integer of which 0 stands for "no limit".
    static func limit(
        _ key: String, _ path: WritableKeyPath<Settings, Int?>, _ range: ClosedRange<Int>
    ) -> Setting {
        Setting(
            key: key,
            rule: "0 (no limit) or an integer from \(range.lowerBound) to \(range.upperBound)",
            check: { raw in
                (integer(raw, in: range) ?? integer(raw, in: 0...0)).map(ConfigContent.int)
            },
            store: { reader, settings in
                let value = try reader.requiredInt(forKey: ConfigKey(key))
                settings[keyPath: path] = value == 0 ? nil : value
            },
            current: { .int($0[keyPath: path] ?? 0) })
    }

    static func number(
        _ key: String, _ path: WritableKeyPath<Settings, Double>, _ range: NumberRange
    ) -> Setting {
        Setting(
            key: key, rule: "a number \(range)",
            check: { raw in number(raw, in: range).map(ConfigContent.double) },
            store: { $1[keyPath: path] = try $0.requiredDouble(forKey: ConfigKey(key)) },
            current: { .double($0[keyPath: path]) })
    }

    /// A number that is kept in single precision; the rule holds for what it is rounded to.
    static func single(
        _ key: String, _ path: WritableKeyPath<Settings, Float>, _ range: NumberRange
    ) -> Setting {
        Setting(
            key: key, rule: "a single-precision number \(range)",
            check: { raw in
                raw.singleText.flatMap(DecimalText.number)
                    .flatMap { range.contains(Double(Float($0))) ? .double($0) : nil }
            },
            store: { $1[keyPath: path] = Float(try $0.requiredDouble(forKey: ConfigKey(key))) },
            // By way of the shortest text: 0.001 is to be listed as such, not as the nearest
            // single-precision value in seventeen digits.
            current: { .double(Double($0[keyPath: path].description) ?? .nan) })
    }

    static func flag(_ key: String, _ path: WritableKeyPath<Settings, Bool>) -> Setting {
        Setting(
            key: key, rule: "true or false",
            check: { raw in
                switch raw.singleText {
                case "true": .bool(true)
                case "false": .bool(false)
                default: nil
                }
            },
            store: { $1[keyPath: path] = try $0.requiredBool(forKey: ConfigKey(key)) },
            current: { .bool($0[keyPath: path]) })
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ path: WritableKeyPath<Settings, Choice>
    ) -> Setting {
        Setting(
            key: key,
            rule: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "),
            check: { raw in
                raw.singleText.flatMap(Choice.init(rawValue:)).map { .string($0.rawValue) }
            },
            store: { reader, settings in
                let text = try reader.requiredString(forKey: ConfigKey(key))
                if let choice = Choice(rawValue: text) { settings[keyPath: path] = choice }
            },
            current: { .string($0[keyPath: path].rawValue) })
    }

    /// Text of which the empty one stands for "none".
    static func text(_ key: String, _ path: WritableKeyPath<Settings, String?>) -> Setting {
        Setting(
            key: key, rule: "text without line breaks, of at most 4096 bytes",
            check: { raw in
                guard let text = raw.singleText, text.utf8.count <= 4_096,
                    !text.contains(where: { $0.isNewline || $0 == "\0" })
                else { return nil }
                return .string(text)
            },
            store: { reader, settings in
                let text = try reader.requiredString(forKey: ConfigKey(key))
                settings[keyPath: path] = text.isEmpty ? nil : text
            },
            current: { .string($0[keyPath: path] ?? "") }, isQuoted: true)
    }

    static func address(
        _ key: String, _ path: WritableKeyPath<Settings, NetworkAddress?>
    ) -> Setting {
        Setting(
            key: key, rule: "HOST:PORT such as 127.0.0.1:5780, or empty for none",
            check: { raw in
                guard let text = raw.singleText else { return nil }
                return text.isEmpty || NetworkAddress(text) != nil ? .string(text) : nil
            },
            store: { reader, settings in
                let text = try reader.requiredString(forKey: ConfigKey(key))
                settings[keyPath: path] = NetworkAddress(text)
            },
            current: { .string($0[keyPath: path]?.text ?? "") }, isQuoted: true)
    }

    static func integer(_ raw: RawValue, in range: ClosedRange<Int>) -> Int? {
        raw.singleText.flatMap(DecimalText.integer).flatMap { range.contains($0) ? $0 : nil }
    }

    static func number(_ raw: RawValue, in range: NumberRange) -> Double? {
        raw.singleText.flatMap(DecimalText.number).flatMap { range.contains($0) ? $0 : nil }
    }
}
