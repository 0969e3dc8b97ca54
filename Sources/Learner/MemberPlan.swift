import NeuralNetwork
import StateCoding

/// What a network of the committee is made like, and made like again when it has failed.
public struct MemberPlan: Equatable, Sendable {
    /// Widths of the hidden layers; empty is a linear model.
    public var hidden: [Int]
    public var optimizer: OptimizerConfiguration
    /// `nil`: the lead's.
    public var activation: Activation?
    /// Recent samples that it learns again after each new one, where replay is allowed.
    public var replays: Int

    public init(
        hidden: [Int], optimizer: OptimizerConfiguration, activation: Activation? = nil,
        replays: Int = 0
    ) {
        self.hidden = hidden
        self.optimizer = optimizer
        self.activation = activation
        self.replays = replays
    }
}

extension MemberPlan: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(hidden)
        writer.write(optimizer)
        writer.write(activation?.rawValue ?? "")
        writer.write(replays)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        hidden = try reader.readInts()
        optimizer = try reader.read()
        let name = try reader.readString()
        activation = Activation(rawValue: name)
        guard name.isEmpty || activation != nil else {
            throw .invalid(what: "an activation", offset: reader.offset)
        }
        replays = try reader.readInt()
    }
}

/// What a member is there for.
public enum MemberRole: String, Equatable, Sendable {
    /// Answers alone where the others may not take part, and is what `model` in the status describes.
    case lead
    /// Answers together with the lead.
    case companion
    /// A variant of the lead that is judged on the same samples and takes no part in answers.
    case twin
}
