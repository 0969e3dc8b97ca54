/// What a piece of text means, for a terminal that has colours.
public enum TextStyle: Sendable {
    case plain, dim, strong, accent, good, caution, bad

    /// The parameter of "select graphic rendition" (ECMA-48, section 8.3.117).
    var code: String? {
        switch self {
        case .plain: nil
        case .dim: "2"
        case .strong: "1"
        case .accent: "36"
        case .good: "32"
        case .caution: "33"
        case .bad: "31"
        }
    }
}

/// One line of text in pieces of different styles. Every character takes one column.
public struct StyledText: Equatable, Sendable, ExpressibleByStringInterpolation {
    public struct Run: Equatable, Sendable {
        public var text: String
        public var style: TextStyle
    }

    public private(set) var runs: [Run] = []

    public init(_ text: String = "", _ style: TextStyle = .plain) {
        if !text.isEmpty { runs = [Run(text: text, style: style)] }
    }

    public init(stringLiteral text: String) { self.init(text) }

    /// In columns.
    public var width: Int { runs.reduce(0) { $0 + $1.text.count } }

    /// Without styles.
    public var plain: String { runs.map(\.text).joined() }

    public static func + (left: StyledText, right: StyledText) -> StyledText {
        var sum = left
        sum += right
        return sum
    }

    public static func += (left: inout StyledText, right: StyledText) {
        left.runs += right.runs
    }

    public mutating func append(_ text: String, _ style: TextStyle = .plain) {
        self += StyledText(text, style)
    }

    /// The same, filled with blanks up to a width.
    public func padded(to width: Int) -> StyledText {
        self + StyledText(String(repeating: " ", count: max(0, width - self.width)))
    }

    /// The same, cut where it is too long; an ellipsis says so.
    public func fitted(to width: Int) -> StyledText {
        guard self.width > width else { return self }
        guard width > 0 else { return StyledText() }
        var left = width - 1
        var result = StyledText()
        for run in runs where left > 0 {
            let kept = String(run.text.prefix(left))
            result.append(kept, run.style)
            left -= kept.count
        }
        result.append("…", .dim)
        return result
    }

    /// The text for a terminal, with escape sequences when it may have colours.
    public func rendered(inColor: Bool) -> String {
        guard inColor else { return plain }
        return runs.map { run in
            run.style.code.map { "\u{1B}[\($0)m\(run.text)\u{1B}[0m" } ?? run.text
        }.joined()
    }
}

extension String {
    /// The text with everything replaced that a terminal would act upon instead of showing it:
    /// names and messages come from whoever sent them.
    public var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .surrogate, .privateUse, .unassigned,
                        .lineSeparator, .paragraphSeparator:
                        "·"
                    default: scalar
                    }
                }))
    }
}
