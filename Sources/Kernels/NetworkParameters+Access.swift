/// Names one weight or bias of a network.
public struct ParameterPosition: Equatable, Sendable {
    /// 0 is the first hidden layer, or the outputs of a linear model.
    public let layer: Int
    /// The unit that the weight leads into.
    public let unit: Int
    /// The unit of the level below that the weight comes from; `nil` is the bias.
    public let input: Int?

    public static func weight(layer: Int, unit: Int, input: Int) -> ParameterPosition {
        ParameterPosition(layer: layer, unit: unit, input: input)
    }

    public static func bias(layer: Int, unit: Int) -> ParameterPosition {
        ParameterPosition(layer: layer, unit: unit, input: nil)
    }
}

extension NetworkShape {
    /// Where a parameter lies among the floats.
    func index(of position: ParameterPosition) -> Int {
        precondition(
            layers.indices.contains(position.layer), "no layer \(position.layer) in \(unitCounts)")
        let layer = layers[position.layer]
        precondition(
            position.unit >= 0 && position.unit < layer.unitCount,
            "no unit \(position.unit) in layer \(position.layer) of \(unitCounts)")
        guard let input = position.input else { return layer.biasStart + position.unit }
        precondition(
            input >= 0 && input < layer.inputCount,
            "no input \(input) of layer \(position.layer) in \(unitCounts)")
        return layer.weightIndex(unit: position.unit, input: input)
    }

    /// Calls `body` with the place of every parameter, padding left out: layer by layer, in each
    /// unit by unit the weights in the order of the inputs, then the biases.
    func forEachIndex<Failure: Error>(
        _ body: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        for layer in layers {
            for unit in 0..<layer.unitCount {
                for input in 0..<layer.inputCount {
                    try body(layer.weightIndex(unit: unit, input: input))
                }
            }
            for unit in 0..<layer.unitCount { try body(layer.biasStart + unit) }
        }
    }
}

extension NetworkParameters {
    /// One weight or bias. Traps on a position that the network does not have.
    public subscript(position: ParameterPosition) -> Float {
        get { weights[position] }
        set { weights[position] = newValue }
    }

    /// The velocity or mean gradient of a parameter; `nil` when the rule keeps none.
    public func firstMoment(at position: ParameterPosition) -> Float? {
        firstMoments.isEmpty ? nil : firstMoments[shape.index(of: position)]
    }

    /// The sum or mean of a parameter's squared gradients; `nil` when the rule keeps none.
    public func secondMoment(at position: ParameterPosition) -> Float? {
        secondMoments.isEmpty ? nil : secondMoments[shape.index(of: position)]
    }

    /// Updates since the unit began, on the moments that are kept now.
    ///
    /// - Parameter level: 0 for the inputs, 1 for the first hidden layer, and so on.
    public func age(ofUnit unit: Int, level: Int) -> Int { stepCount - births[level][unit] }
}
