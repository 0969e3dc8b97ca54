/// Why something from outside is not accepted. Nothing of it was learned.
public struct Refusal: Error, Equatable, Sendable {
    /// The codes of the wire protocol; the raw value is what is sent.
    public enum Code: String, CaseIterable, Sendable {
        case badJSON = "bad_json"
        case badFrame = "bad_frame"
        case badDtype = "bad_dtype"
        case shapeMismatch = "shape_mismatch"
        case missingField = "missing_field"
        case wrongType = "wrong_type"
        case notFinite = "not_finite"
        case tooLarge = "too_large"
        case tooDeep = "too_deep"
        case tooManyClasses = "too_many_classes"
        case tooManyFeatures = "too_many_features"
        case unknownOperation = "unknown_op"
        case unknownIdentifier = "unknown_id"
        case unknownClass = "unknown_class"
        case badValue = "bad_value"
        case noModel = "no_model"
        case busy
        case gap
        case paused
        case readOnly = "read_only"
        case unsupported
        case `internal`
    }

    public let code: Code
    /// One line: what is wrong, the value seen, the limit, and what to do.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// A refused sample of a message.
public struct IndexedRefusal: Equatable, Sendable {
    /// Where the sample stood in its message, counted from 0.
    public let index: Int
    public let refusal: Refusal

    public init(index: Int, refusal: Refusal) {
        self.index = index
        self.refusal = refusal
    }
}

extension Refusal: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(message)" }
}
