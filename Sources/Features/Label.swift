/// A class as a client names it.
///
/// Labels are compared by their ``text``: the integer `1` and the string `"1"` are one class.
/// Replies give a class back in the type in which it was met first.
public enum Label: Equatable, Sendable {
    case text(String)
    case integer(Int64)
    case boolean(Bool)

    /// What the label is compared by: `UP`, `-3`, `true`.
    public var text: String {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .boolean(let boolean): boolean ? "true" : "false"
        }
    }
}

/// What a client calls one sample, so that a label can follow later.
public enum SampleIdentifier: Hashable, Sendable {
    /// At most 256 bytes of UTF-8.
    case text(String)
    case integer(Int64)
}

/// What a sample says is to be learned, before the task is known.
public enum Target: Equatable, Sendable {
    /// Not labelled.
    case none
    /// A string, an integer or a Boolean: a class, or (an integer, in regression) a number.
    case label(Label)
    /// A number that was not written as an integer: finite.
    case number(Double)
    /// Several numbers, for multi-output regression: finite, at least one.
    case vector([Double])
}

/// One value of a named feature.
public enum FeatureValue: Equatable, Sendable {
    /// Finite.
    case number(Double)
    case category(String)
    case boolean(Bool)
    case missing
}
