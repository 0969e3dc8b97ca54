import Kernels
import StateCoding

/// One layer of a network in the form in which other programs keep it.
public struct DenseLayer: Equatable, Sendable {
    public let inputCount: Int
    /// At least 1.
    public let unitCount: Int
    /// Shape `[units, inputs]`, C order, as PyTorch's `Linear` has them.
    public let weights: [Float]
    /// Shape `[units]`.
    public let biases: [Float]

    /// Traps when the counts disagree.
    public init(inputCount: Int, weights: [Float], biases: [Float]) {
        precondition(
            !biases.isEmpty && inputCount >= 0 && weights.count == inputCount * biases.count,
            "\(weights.count) weights do not join \(inputCount) inputs and \(biases.count) units")
        self.inputCount = inputCount
        unitCount = biases.count
        self.weights = weights
        self.biases = biases
    }
}

extension PredictionNetwork {
    /// Every layer, from the inputs to the outputs.
    public var layers: [DenseLayer] {
        let counts = weights.shape.unitCounts
        return (0..<counts.count - 1).map { layer in
            var values: [Float] = []
            values.reserveCapacity(counts[layer] * counts[layer + 1])
            for unit in 0..<counts[layer + 1] {
                for input in 0..<counts[layer] {
                    values.append(weights[.weight(layer: layer, unit: unit, input: input)])
                }
            }
            return DenseLayer(
                inputCount: counts[layer], weights: values,
                biases: (0..<counts[layer + 1]).map { weights[.bias(layer: layer, unit: $0)] })
        }
    }
}

extension Network {
    /// A network of the given layers, whose optimiser has seen nothing yet.
    ///
    /// - Parameters:
    ///   - layers: At least one; each has as many inputs as the one before it has units. Traps on
    ///     others, and on more than one output with ``Loss/logistic``.
    public init(
        layers: [DenseLayer], activation: Activation, loss: Loss, optimizer: OptimizerConfiguration
    ) {
        precondition(Self.form(layers, network: loss), "these layers form no network")
        self.activation = activation
        self.loss = loss
        self.optimizer = optimizer
        parameters = NetworkParameters(
            shape: NetworkShape(
                inputCount: layers[0].inputCount, hidden: layers.dropLast().map(\.unitCount),
                outputCount: layers[layers.count - 1].unitCount),
            rule: optimizer.rule)
        identities = UnitIdentities(unitCounts: parameters.shape.unitCounts)
        for (index, layer) in layers.enumerated() {
            for unit in 0..<layer.unitCount {
                parameters[.bias(layer: index, unit: unit)] = layer.biases[unit]
                for input in 0..<layer.inputCount {
                    parameters[.weight(layer: index, unit: unit, input: input)] =
                        layer.weights[unit * layer.inputCount + input]
                }
            }
        }
    }

    /// Whether layers fit on each other, and the last one fits the loss.
    public static func form(_ layers: [DenseLayer], network loss: Loss) -> Bool {
        guard let last = layers.last, loss != .logistic || last.unitCount == 1 else { return false }
        return zip(layers, layers.dropFirst()).allSatisfy { $0.unitCount == $1.inputCount }
    }
}

extension DenseLayer: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(inputCount)
        writer.write(weights)
        writer.write(biases)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let inputCount = try reader.readInt()
        let weights = try reader.readFloats()
        let biases = try reader.readFloats()
        let (count, overflow) = inputCount.multipliedReportingOverflow(by: biases.count)
        guard inputCount >= 0, !biases.isEmpty, !overflow, count == weights.count else {
            throw .invalid(what: "a layer", offset: offset)
        }
        self.init(inputCount: inputCount, weights: weights, biases: biases)
    }
}
