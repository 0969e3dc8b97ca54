import StateCoding

/// What there is time for at present. It is part of a learner's state and changes by a command, so
/// that a replay of the events spends what was spent then.
public struct Allowance: Equatable, Sendable {
    /// Networks that predict and learn, the lead among them. At least 1.
    public var members: Int
    /// Whether members that learn samples again may do so.
    public var replays: Bool

    public init(members: Int, replays: Bool) {
        self.members = members
        self.replays = replays
    }

    /// All that the configuration names.
    public static let everything = Allowance(members: .max, replays: true)
    /// The lead, and nothing else.
    public static let leadAlone = Allowance(members: 1, replays: false)
}

extension Allowance: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(members)
        writer.write(replays)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        members = try reader.readInt()
        replays = try reader.readBool()
        guard members >= 1 else {
            throw .invalid(what: "the number of members", offset: reader.offset)
        }
    }
}
