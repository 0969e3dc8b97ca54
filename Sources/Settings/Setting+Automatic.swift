import Configuration

/// Keys that also take `auto`, which is `nil` in the settings.
extension Setting {
    static func automaticChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ path: WritableKeyPath<Settings, Choice?>
    ) -> Setting {
        automatic(
            key, path,
            rule: "one of auto, " + Choice.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { Choice(rawValue: $0) }, print: \.rawValue)
    }

    static func automaticInteger(
        _ key: String, _ path: WritableKeyPath<Settings, Int?>, _ range: ClosedRange<Int>
    ) -> Setting {
        automatic(
            key, path, rule: "auto or an integer from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in
                DecimalText.integer(text).flatMap { range.contains($0) ? $0 : nil }
            },
            print: { String($0) })
    }

    static func automaticNumber(
        _ key: String, _ path: WritableKeyPath<Settings, Double?>, _ range: NumberRange
    ) -> Setting {
        automatic(
            key, path, rule: "auto or a number \(range)",
            parse: { text in
                DecimalText.number(text).flatMap { range.contains($0) ? $0 : nil }
            },
            print: { String($0) })
    }

    private static func automatic<Value>(
        _ key: String, _ path: WritableKeyPath<Settings, Value?>, rule: String,
        parse: @escaping (String) -> Value?, print: @escaping (Value) -> String
    ) -> Setting {
        Setting(
            key: key, rule: rule,
            check: { raw in
                guard let text = raw.singleText else { return nil }
                return text == "auto" ? .string(text) : parse(text).map { .string(print($0)) }
            },
            store: { reader, settings in
                let text = try reader.requiredString(forKey: ConfigKey(key))
                settings[keyPath: path] = text == "auto" ? nil : parse(text)
            },
            current: { .string($0[keyPath: path].map(print) ?? "auto") })
    }
}
