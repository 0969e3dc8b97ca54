import Configuration
import Features

/// Keys that take a list.
extension Setting {
    static func integers(
        _ key: String, _ path: WritableKeyPath<Settings, [Int]>, _ range: ClosedRange<Int>
    ) -> Setting {
        Setting(
            key: key,
            rule: "a list of integers from \(range.lowerBound) to \(range.upperBound)",
            check: { raw in
                guard let items = raw.items, items.count <= 1_024 else { return nil }
                let values = items.compactMap { DecimalText.integer($0.text) }
                let isGood = values.count == items.count && values.allSatisfy(range.contains)
                return isGood ? .intArray(values) : nil
            },
            store: { $1[keyPath: path] = try $0.requiredIntArray(forKey: ConfigKey(key)) },
            current: { .intArray($0[keyPath: path]) })
    }

    /// Distinct names, none of them empty.
    static func names(_ key: String, _ path: WritableKeyPath<Settings, [String]>) -> Setting {
        texts(key, path, rule: "a list of distinct names, none of them empty") { names in
            !names.contains("") && Set(names).count == names.count
        }
    }

    static func topics(_ key: String, _ path: WritableKeyPath<Settings, [String]>) -> Setting {
        texts(key, path, rule: "a list of topic prefixes of at most 255 bytes") { topics in
            topics.allSatisfy { $0.utf8.count <= 255 }
        }
    }

    /// Distinct labels, compared by their text.
    static func labels(_ key: String, _ path: WritableKeyPath<Settings, [Label]>) -> Setting {
        Setting(
            key: key, rule: "a list of distinct labels, none of them empty",
            check: { raw in
                guard let labels = raw.items?.map(LabelText.label) else { return nil }
                let texts = labels.map(\.text)
                let isGood = !texts.contains("") && Set(texts).count == texts.count
                return isGood ? .stringArray(labels.map(LabelText.token)) : nil
            },
            store: { reader, settings in
                let tokens = try reader.requiredStringArray(forKey: ConfigKey(key))
                settings[keyPath: path] = tokens.map { LabelText.label(token: $0) }
            },
            current: { .stringArray($0[keyPath: path].map(LabelText.token)) })
    }

    static func endpoints(
        _ key: String, _ path: WritableKeyPath<Settings, [Endpoint]>,
        _ direction: Endpoint.Direction
    ) -> Setting {
        var setting = Setting(
            key: key,
            rule:
                "a list of tcp://HOST:PORT (port 0 or * only to bind), ipc://PATH, inproc://NAME, "
                + "each with @ (bind) or > (connect) before it to override",
            check: { raw in
                guard let items = raw.items else { return nil }
                let isGood = items.allSatisfy { Endpoint($0.text, direction: direction) != nil }
                return isGood ? .stringArray(items.map(\.text)) : nil
            },
            store: { reader, settings in
                let texts = try reader.requiredStringArray(forKey: ConfigKey(key))
                settings[keyPath: path] = texts.compactMap { Endpoint($0, direction: direction) }
            },
            current: { .stringArray($0[keyPath: path].map { $0.text(direction: direction) }) })
        setting.isQuoted = true
        return setting
    }

    private static func texts(
        _ key: String, _ path: WritableKeyPath<Settings, [String]>, rule: String,
        isGood: @escaping ([String]) -> Bool
    ) -> Setting {
        var setting = Setting(
            key: key, rule: rule,
            check: { raw in
                guard let texts = raw.items?.map(\.text), isGood(texts) else { return nil }
                return .stringArray(texts)
            },
            store: { $1[keyPath: path] = try $0.requiredStringArray(forKey: ConfigKey(key)) },
            current: { .stringArray($0[keyPath: path]) })
        setting.isQuoted = true
        return setting
    }
}
