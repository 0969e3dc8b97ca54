/// Settings that were refused. Nothing was started with them.
public struct SettingsError: Error, Equatable, Sendable {
    /// One line per broken rule: the key, the value and its origin, the rule, a value that works.
    public let violations: [String]

    init(_ violations: [String]) {
        precondition(!violations.isEmpty, "an error has a reason")
        self.violations = violations
    }
}

extension SettingsError: CustomStringConvertible {
    /// The violations, one a line.
    public var description: String { violations.joined(separator: "\n") }
}
