import Kernels

/// Single parameters, for edits, exports and tests. Layer 0 is the first hidden layer, or the
/// outputs of a linear model. Every position that the network does not have traps.
extension Network {
    /// One weight or bias.
    public subscript(position: ParameterPosition) -> Float {
        get { parameters[position] }
        set { parameters[position] = newValue }
    }

    /// The weight into `unit` of `layer` from `input` of the level below.
    public func weight(layer: Int, unit: Int, input: Int) -> Float {
        parameters[.weight(layer: layer, unit: unit, input: input)]
    }

    /// The bias of `unit` of `layer`.
    public func bias(layer: Int, unit: Int) -> Float {
        parameters[.bias(layer: layer, unit: unit)]
    }

    /// The velocity or mean gradient of a parameter; `nil` when the optimiser keeps none.
    public func firstMoment(at position: ParameterPosition) -> Float? {
        parameters.firstMoment(at: position)
    }

    /// The sum or mean of a parameter's squared gradients; `nil` when the optimiser keeps none.
    public func secondMoment(at position: ParameterPosition) -> Float? {
        parameters.secondMoment(at: position)
    }

    /// Updates that a unit has been part of since it or the optimiser's state began.
    ///
    /// - Parameter level: 0 for the inputs, 1 for the first hidden layer, and so on.
    public func age(ofUnit unit: Int, level: Int) -> Int {
        parameters.age(ofUnit: unit, level: level)
    }

    /// Whether a connection is cut: its weight is zero and stays so.
    public func isCut(_ position: ParameterPosition) -> Bool { parameters.isCut(position) }

    /// Connections that are cut.
    public var cutCount: Int { parameters.cutCount }

    /// For each layer the lowest level that it reads, inputs being level 0. It reads all levels from
    /// there to the one below it; where every layer reads that one alone, the sources count up
    /// from 0.
    public var sources: [Int] { parameters.shape.sources }

    /// Whether every layer reads the level below it and no other.
    public var isPlain: Bool { parameters.shape.isPlain }

    /// Units that a layer reads, over all the levels that it reads.
    public func inputCount(ofLayer layer: Int) -> Int {
        parameters.shape.inputCount(ofLayer: layer)
    }

    /// Every weight and bias: layer by layer, in each unit by unit the weights in the order of the
    /// inputs, then the biases.
    public var positions: [ParameterPosition] {
        let counts = parameters.shape.unitCounts
        return (0..<counts.count - 1).flatMap { layer in
            (0..<counts[layer + 1]).flatMap { unit in
                (0..<parameters.shape.inputCount(ofLayer: layer)).map {
                    .weight(layer: layer, unit: unit, input: $0)
                }
            } + (0..<counts[layer + 1]).map { ParameterPosition.bias(layer: layer, unit: $0) }
        }
    }
}
