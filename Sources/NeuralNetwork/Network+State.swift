import Kernels
import StateCoding

extension Network: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(activation.rawValue)
        writer.write(loss.rawValue)
        writer.write(optimizer)
        writer.write(parameters)
        writer.write(identities)
        writer.write(parking)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        activation = try reader.readName(what: "an activation")
        loss = try reader.readName(what: "a loss")
        optimizer = try reader.read()
        let offset = reader.offset
        parameters = try reader.read()
        identities = try reader.read()
        parking = try reader.read()
        guard parameters.suits(optimizer.rule), loss != .logistic || outputCount == 1,
            identities.suit(parameters.shape.unitCounts)
        else {
            throw .invalid(what: "a network of this loss and optimiser", offset: offset)
        }
    }
}

extension OptimizerConfiguration: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(name.rawValue)
        let numbers = [
            learningRate, momentum, beta1, beta2, rho, epsilon, weightDecay, gradientClip,
        ]
        for number in numbers { writer.write(number) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init()
        name = try reader.readName(what: "an optimiser")
        learningRate = try reader.readFloat()
        momentum = try reader.readFloat()
        beta1 = try reader.readFloat()
        beta2 = try reader.readFloat()
        rho = try reader.readFloat()
        epsilon = try reader.readFloat()
        weightDecay = try reader.readFloat()
        gradientClip = try reader.readFloat()
    }
}

extension StateReader {
    /// Reads a case by its name.
    mutating func readName<Name: RawRepresentable>(
        what: String
    ) throws(StateError) -> Name where Name.RawValue == String {
        let start = offset
        guard let name = Name(rawValue: try readString()) else {
            throw .invalid(what: what, offset: start)
        }
        return name
    }
}
