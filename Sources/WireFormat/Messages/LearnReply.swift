import Features

/// The answer of `learn` to samples.
public struct LearnReply: WireMessage {
    public var identifier: SampleIdentifier?
    /// The request's `seq`.
    public var sequence: Int64?
    public var accepted = 0
    /// In order of their index; the others were accepted.
    public var rejected: [IndexedRefusal] = []
    /// The journal's number of the request's last event; nil when it is not known.
    public var offset: Int64?
    /// The request was accepted before, and is not learned again.
    public var isDuplicate = false
    /// False where the daemon lives in memory only.
    public var isDurable = true

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.constant("ok", true)
        try fields.optional("id", &identifier)
        try fields.optional("seq", &sequence)
        try fields.field("accepted", &accepted)
        try fields.field("rejected", &rejected)
        try fields.nullable("offset", &offset)
        var duplicate = isDuplicate ? true : nil
        try fields.optional("duplicate", &duplicate)
        isDuplicate = duplicate ?? false
        var durable = isDurable ? nil : false
        try fields.optional("durable", &durable)
        isDurable = durable ?? true
    }
}

/// The answer of `learn` to a hello.
public struct HelloReply: WireMessage {
    /// The producer's last accepted `seq`; 0 for one that is not known.
    public var lastSequence: Int64 = 0
    /// Requests that may be in flight.
    public var credit = 0
    /// The producer had more acknowledged than the daemon has.
    public var isLost = false
    /// False where the daemon lives in memory only.
    public var isDurable = true

    public init() {}

    public mutating func list(_ fields: inout FieldList) throws(Refusal) {
        try fields.constant("ok", true)
        try fields.field("last_seq", &lastSequence)
        try fields.field("credit", &credit)
        var lost = isLost ? true : nil
        try fields.optional("lost", &lost)
        isLost = lost ?? false
        var durable = isDurable ? nil : false
        try fields.optional("durable", &durable)
        isDurable = durable ?? true
    }
}
