/// A value whose whole state has one canonical form in bytes.
public protocol StateCodable {
    /// Writes every field on which later behaviour depends.
    func encode(to writer: inout StateWriter)

    /// Reads the fields in the order in which ``encode(to:)`` wrote them.
    init(from reader: inout StateReader) throws(StateError)
}

/// State that cannot be read back: damaged, or written by another version.
public enum StateError: Error, Equatable, Sendable {
    /// The bytes end before the value does, or a count claims more than there is.
    case truncated(what: String, offset: Int)
    /// The bytes are there and mean nothing.
    case invalid(what: String, offset: Int)
}

extension StateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let what, let offset):
            "state ends inside \(what) at byte \(offset); the file is damaged or incomplete"
        case .invalid(let what, let offset):
            "state has no valid \(what) at byte \(offset); the file is damaged or of another version"
        }
    }
}
