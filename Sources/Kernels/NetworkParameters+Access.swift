/// Names one weight or bias of a network.
public struct ParameterPosition: Equatable, Sendable {
    /// 0 is the first hidden layer, or the outputs of a linear model.
    public let layer: Int
    /// The unit that the weight leads into.
    public let unit: Int
    /// The unit that the weight comes from, counted over all the levels that the layer reads, the
    /// lowest first; `nil` is the bias. A plain layer reads the level below it alone.
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
            input >= 0 && input < inputCount(ofLayer: position.layer),
            "no input \(input) of layer \(position.layer) in \(unitCounts)")
        return layer.weightIndex(
            unit: position.unit, input: place(ofInput: input, inLayer: position.layer))
    }

    /// Where an input lies in memory among those that a layer reads.
    private func place(ofInput input: Int, inLayer layer: Int) -> Int {
        var rest = input
        var level = sources[layer]
        while rest >= unitCounts[level] {
            rest -= unitCounts[level]
            level += 1
        }
        return inputOffset(ofLevel: level, inLayer: layer) + rest
    }

    /// Calls `body` with the place of every parameter, padding left out: layer by layer, in each
    /// unit by unit the weights in the order of the inputs, then the biases.
    func forEachIndex<Failure: Error>(
        _ body: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        for (index, layer) in layers.enumerated() {
            for unit in 0..<layer.unitCount {
                for level in sources[index]...index {
                    let offset = inputOffset(ofLevel: level, inLayer: index)
                    for input in 0..<unitCounts[level] {
                        try body(layer.weightIndex(unit: unit, input: offset + input))
                    }
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
        if secondMoments.isEmpty { return nil }
        let moment = secondMoments[shape.index(of: position)]
        guard position.layer == 0, let input = position.input, let resting else { return moment }
        return moment * resting.remainder(ofRow: input, at: stepCount)
    }

    /// Whether a connection is cut: its weight is zero and stays so. Never true of a bias.
    public func isCut(_ position: ParameterPosition) -> Bool {
        !cuts.isEmpty && cuts[shape.index(of: position)] != 0
    }

    /// Connections that are cut.
    public var cutCount: Int {
        (0..<cuts.count).reduce(0) { $0 + (cuts[$1] == 0 ? 0 : 1) }
    }

    /// Cuts a connection, whose weight and moments become zero, or joins it again, at zero.
    public mutating func setCut(_ isCut: Bool, at position: ParameterPosition) {
        precondition(position.input != nil, "a bias cannot be cut")
        if cuts.isEmpty { cuts = FloatBuffer(count: shape.parameterCapacity) }
        let index = shape.index(of: position)
        cuts[index] = isCut ? 1 : 0
        weights[position] = 0
        if !firstMoments.isEmpty { firstMoments[index] = 0 }
        if !secondMoments.isEmpty { secondMoments[index] = 0 }
    }

    /// Forgets that there were cuts when there are none left, so that updates do not look for them.
    public mutating func dropEmptyCuts() {
        if !cuts.isEmpty, cutCount == 0 { cuts = FloatBuffer(count: 0) }
    }

    /// Updates since the unit began, on the moments that are kept now.
    ///
    /// - Parameter level: 0 for the inputs, 1 for the first hidden layer, and so on.
    public func age(ofUnit unit: Int, level: Int) -> Int { stepCount - births[level][unit] }
}
