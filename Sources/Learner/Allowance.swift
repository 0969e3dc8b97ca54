import StateCoding

/// What there is time for at present. It is part of a learner's state and changes by a command, so
/// that a replay of the events spends what was spent then.
public struct Allowance: Equatable, Sendable {
    /// Networks that predict and learn, the lead among them. At least 1.
    public var members: Int
    /// Whether members that learn samples again may do so.
    public var replays: Bool
    /// Samples per update where `learning.batch` is automatic: one pass over the weights then serves
    /// them all. At least 1; `learning.max_batch` bounds it.
    public var batch: Int

    public init(members: Int, replays: Bool, batch: Int = 1) {
        self.members = members
        self.replays = replays
        self.batch = batch
    }

    /// All that the configuration names.
    public static let everything = Allowance(members: .max, replays: true)
}

extension Allowance: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(members)
        writer.write(replays)
        writer.write(batch)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        members = try reader.readInt()
        replays = try reader.readBool()
        batch = try reader.readInt()
        guard members >= 1, batch >= 1 else {
            throw .invalid(what: "the number of members or the batch", offset: reader.offset)
        }
    }
}
