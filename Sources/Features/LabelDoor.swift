/// What the door knows of samples that wait for their label, and of labels that came in vain.
public struct LabelDoor: Sendable {
    /// Why a label without features was refused.
    public struct Refused: Equatable, Sendable {
        /// Nothing was ever stored under the identifier, as far as is known.
        public var unknown = 0
        /// The features had waited too long, or had made room for newer ones.
        public var expired = 0
        /// The features had their label already.
        public var duplicate = 0

        public init(unknown: Int = 0, expired: Int = 0, duplicate: Int = 0) {
            self.unknown = unknown
            self.expired = expired
            self.duplicate = duplicate
        }
    }

    /// What became of features that no longer wait.
    private enum Fate { case labelled, expired, yielded }

    public private(set) var refused = Refused()
    private var join: LabelJoin<EmptyPayload>
    /// Identifiers that no longer wait, in a ring; as many as may wait.
    private var finished: [SampleIdentifier] = []
    private var nextFinished = 0
    private var fates: [SampleIdentifier: Fate] = [:]

    /// A door at which nothing waits: labels without features are unknown.
    public init(configuration: JoinConfiguration) {
        join = LabelJoin(configuration: configuration)
    }

    /// The door of a learner that has samples waiting.
    public init<Payload>(following join: LabelJoin<Payload>) {
        self.join = LabelJoin(following: join)
    }

    /// Whether unlabelled samples are kept at all.
    var keepsSamples: Bool { join.configuration.capacity > 0 }

    /// Whether features have waited too long and nobody was told yet.
    public func isOverdue(at time: Double) -> Bool { join.isOverdue(at: time) }

    mutating func advance(to time: Double) {
        var expired: [SampleIdentifier] = []
        join.advance(to: time) { expired.append($0) }
        for identifier in expired { note(.expired, of: identifier) }
    }

    mutating func insert(_ identifier: SampleIdentifier) {
        var yielded: SampleIdentifier?
        join.insert(EmptyPayload(), for: identifier) { yielded = $0 }
        if let yielded { note(.yielded, of: yielded) }
    }

    /// Refuses a label for which nothing waits.
    mutating func check(_ identifier: SampleIdentifier) throws(Refusal) {
        if join.contains(identifier) { return }
        switch fates[identifier] {
        case .labelled:
            refused.duplicate += 1
            throw .alreadyLabelled(identifier)
        case .expired:
            refused.expired += 1
            throw .expired(identifier, limit: join.configuration.timeToLiveSeconds)
        case .yielded:
            refused.expired += 1
            throw .yielded(identifier, limit: join.configuration.capacity)
        case nil:
            refused.unknown += 1
            throw .nothingStored(identifier)
        }
    }

    /// Lets a label that was checked have its features.
    mutating func take(_ identifier: SampleIdentifier) {
        _ = join.join(identifier)
        note(.labelled, of: identifier)
    }

    private mutating func note(_ fate: Fate, of identifier: SampleIdentifier) {
        let isKnown = fates.updateValue(fate, forKey: identifier) != nil
        if isKnown { return }
        if finished.count < join.configuration.capacity {
            finished.append(identifier)
        } else {
            fates[finished[nextFinished]] = nil
            finished[nextFinished] = identifier
            nextFinished = nextFinished + 1 == finished.count ? 0 : nextFinished + 1
        }
    }
}

extension Refusal {
    fileprivate static func nothingStored(_ identifier: SampleIdentifier) -> Refusal {
        Refusal(
            .unknownIdentifier,
            "no features wait under id \(identifier.excerpt); send them first, unlabelled with "
                + "this id or in a predict request with \"remember\":true, or send `x` and `y` "
                + "together")
    }

    fileprivate static func alreadyLabelled(_ identifier: SampleIdentifier) -> Refusal {
        Refusal(
            .unknownIdentifier,
            "the features under id \(identifier.excerpt) have their label already; "
                + "send one label for each id")
    }

    fileprivate static func expired(_ identifier: SampleIdentifier, limit: Double) -> Refusal {
        Refusal(
            .unknownIdentifier,
            "the features under id \(identifier.excerpt) waited longer than join.ttl_seconds = "
                + "\(limit); send labels sooner, or `x` and `y` together, or raise the limit")
    }

    fileprivate static func yielded(_ identifier: SampleIdentifier, limit: Int) -> Refusal {
        Refusal(
            .unknownIdentifier,
            "the features under id \(identifier.excerpt) made room for newer ones, join.capacity "
                + "= \(limit); send `x` and `y` together, or raise the limit")
    }
}

extension SampleIdentifier {
    /// At most 64 characters, for a message of one line.
    fileprivate var excerpt: String {
        switch self {
        case .integer(let integer): return "\(integer)"
        case .text(let text):
            let clean = text.unicodeScalars.prefix(64).map { scalar -> Character in
                scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
            }
            return "\"\(String(clean))\(text.unicodeScalars.count > 64 ? "…" : "")\""
        }
    }
}
