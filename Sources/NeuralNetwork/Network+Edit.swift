import Kernels

extension Network {
    /// Adds inputs at the end. No prediction changes: the new weights are zero.
    public mutating func appendInputs(_ count: Int) {
        precondition(count >= 0, "\(count) inputs cannot be appended")
        rearrange(level: 0, Array(0..<inputCount) + [Int?](repeating: nil, count: count))
    }

    /// Removes inputs and their weights. Predictions stay as if the removed inputs were 0.
    ///
    /// - Parameter indices: In any order; traps on one that does not exist.
    public mutating func removeInputs(_ indices: [Int]) {
        var keeps = [Bool](repeating: true, count: inputCount)
        for index in indices { keeps[index] = false }
        rearrange(level: 0, (0..<inputCount).filter { keeps[$0] })
    }

    /// Adds outputs at the end, whose weights and biases are zero. Values and logits of the others
    /// stay as they are; a new class has logit 0.
    public mutating func appendOutputs(_ count: Int) {
        precondition(count >= 0, "\(count) outputs cannot be appended")
        precondition(loss != .logistic, "a logistic network has one output; use becomeSoftmax")
        rearrange(
            level: parameters.shape.layerCount,
            Array(0..<outputCount) + [Int?](repeating: nil, count: count))
    }

    /// Turns one logit `z` into a logit per class: `−z/2`, `z/2`, and 0 for every further class.
    ///
    /// The odds of class 1 against class 0 stay as they are. So does the optimiser's state: the
    /// softmax has the logistic gradient for class 1 and its negative for class 0.
    ///
    /// - Parameter outputCount: Classes, at least 2.
    public mutating func becomeSoftmax(outputCount: Int) {
        precondition(loss == .logistic, "a network with \(loss) has no single logit")
        precondition(outputCount >= 2, "a softmax needs two classes, not \(outputCount)")
        let top = parameters.shape.layerCount
        rearrange(level: top, [0, 0] + [Int?](repeating: nil, count: outputCount - 2))
        parameters.scaleUnit(0, layer: top - 1, by: -0.5, momentsBy: -1)
        parameters.scaleUnit(1, layer: top - 1, by: 0.5, momentsBy: 1)
        loss = .crossEntropy
    }

    /// Changes the optimiser. Weights stay; its state is forgotten when it is of another kind.
    public mutating func setOptimizer(_ configuration: OptimizerConfiguration) {
        if configuration.name != optimizer.name {
            parameters.resetMoments(for: configuration.rule)
        }
        optimizer = configuration
    }
}
