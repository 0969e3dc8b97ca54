import Features

/// All that a request says besides its samples.
public struct RequestEnvelope: Equatable, Sendable {
    /// How the samples were written; a reply is written the same way.
    public enum Form: Equatable, Sendable {
        /// One JSON object.
        case object
        /// A JSON array of objects.
        case array
        /// Newline-delimited JSON objects.
        case lines
        /// A JSON header and raw buffers.
        case buffers
    }

    /// `{"op":"hello",…}` on `learn`: where does the producer go on?
    public struct Hello: Equatable, Sendable {
        /// The last sequence number that the producer knows to be acknowledged.
        public var lastAcknowledged: Int64?

        public init(lastAcknowledged: Int64? = nil) { self.lastAcknowledged = lastAcknowledged }
    }

    public var form: Form
    /// Samples in the message, refused ones included.
    public var sampleCount = 0
    /// The request's `id`: that of its header, or of its only object.
    public var identifier: SampleIdentifier?
    /// Who sends, for ``sequence``. Not empty. On `learn` only.
    public var producer: String?
    /// The producer's number of this request, from 1. Present exactly with ``producer``, except
    /// in a hello.
    public var sequence: Int64?
    /// Keep features for a late label: asked in the header or by any of the samples. Which of them
    /// is told by ``SampleBlock/Row/isRemembered``; each has an identifier. On `predict` only.
    public var remember = false
    /// Asked in the header: keep the features of all.
    var remembersAll = false
    /// Answer from a model that has taken in all that was acknowledged before. On `predict` only.
    public var consistent = false
    /// The request is no sample but a question; ``producer`` is set.
    public var hello: Hello?
    /// The identifiers of refused samples as far as they were readable, parallel to
    /// ``SampleBlock/refusals``.
    public var refusedIdentifiers: [SampleIdentifier?] = []

    public init(form: Form = .object) { self.form = form }
}

/// What a decoder lets pass.
public struct DecodingLimits: Equatable, Sendable {
    /// All frames of a message together.
    public var maxMessageBytes = 16_777_216
    /// Features of one sample; for a sparse one, its `size`.
    public var maxFeatures = 65_536
    /// UTF-8 of an `id`.
    public static let maxIdentifierBytes = 256
    /// UTF-8 of a label, a feature's name or a producer's name, which are all kept.
    public static let maxNameBytes = 1_024

    public init() {}
}
