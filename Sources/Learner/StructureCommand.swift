import NeuralNetwork
import StateCoding

/// A change of one network of the committee that was asked for, with the limits that held then.
public struct StructureCommand: Equatable, Sendable {
    public enum Action: Equatable, Sendable {
        /// At once, between two samples.
        case edit(StructureEdit)
        /// A new network with these hidden layers learns from the present one, and takes its place
        /// when it is no worse.
        case distill(hidden: [Int])
    }

    public var action: Action
    /// The member that is changed; `nil`: the lead.
    public var member: Int?
    public var limits: StructureLimits

    public init(_ action: Action, member: Int? = nil, limits: StructureLimits) {
        self.action = action
        self.member = member
        self.limits = limits
    }
}

/// A change of structure that has happened, or was given up.
public struct StructureChange: Equatable, Sendable {
    public enum Event: Equatable, Sendable {
        /// Done, because an operator wanted it.
        case forced
        /// Tried, and not kept.
        case reverted
    }

    public var event: Event
    public var command: StructureCommand
    public var hidden: EditOutcome.Change<[Int]>
    public var parameters: EditOutcome.Change<Int>
    /// Revision of the architecture afterwards.
    public var structure: Int
    /// A sentence.
    public var reason: String
}

extension StructureCommand: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch action {
        case .edit(let edit):
            writer.write(true)
            writer.write(edit)
        case .distill(let hidden):
            writer.write(false)
            writer.write(hidden)
        }
        writer.write(member ?? -1)
        writer.write(limits)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        if try reader.readBool() {
            action = .edit(try reader.read())
        } else {
            action = .distill(hidden: try reader.readInts())
        }
        let member = try reader.readInt()
        self.member = member < 0 ? nil : member
        limits = try reader.read()
    }
}
