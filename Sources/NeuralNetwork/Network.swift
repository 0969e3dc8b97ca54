import Kernels
import Randomness
import StateCoding

/// A multilayer perceptron that learns one sample, or a micro-batch, per update.
///
/// A value: a copy costs a reference count and shares its memory until one of the two learns. For
/// a copy that only predicts, ``forPrediction()`` shares no optimiser state.
public struct Network: Equatable, Sendable {
    public let activation: Activation
    /// Which loss is minimised. Only ``becomeSoftmax(outputCount:)`` changes it.
    public internal(set) var loss: Loss
    public internal(set) var optimizer: OptimizerConfiguration
    var parameters: NetworkParameters
    /// Names of levels and units, and what was cut away and may come back.
    var identities: UnitIdentities
    var parking = ParkingLot()

    /// Creates a network.
    ///
    /// Hidden layers draw from `±√(6 / fan-in)` (relu, leaky_relu) or `±√(6 / (fan-in + fan-out))`
    /// (tanh, sigmoid), uniformly. Outputs above a hidden layer draw from `±0.01`, so that the
    /// first predictions are close to undecided; a network without hidden layers starts from zero.
    /// Biases are zero, except those of relu and leaky_relu units: they start at 0.01, so that a
    /// unit whose inputs are all zero is alive and can learn from an input that comes later.
    ///
    /// - Parameters:
    ///   - inputCount: Not negative.
    ///   - hidden: Width of each hidden layer, at least 1 each; empty is a linear model.
    ///   - outputCount: Logits or values; exactly 1 for ``Loss/logistic``.
    ///   - generator: Advances once per weight above a hidden layer or into one.
    /// - Source: He et al., "Delving Deep into Rectifiers", 2015, eq. 10; Glorot, Bengio,
    ///   "Understanding the difficulty of training deep feedforward neural networks", 2010, eq. 16.
    public init(
        inputCount: Int, hidden: [Int], outputCount: Int, activation: Activation, loss: Loss,
        optimizer: OptimizerConfiguration, generator: inout SeededGenerator
    ) {
        precondition(
            loss != .logistic || outputCount == 1, "\(outputCount) outputs with one logistic unit")
        self.activation = activation
        self.loss = loss
        self.optimizer = optimizer
        parameters = NetworkParameters(
            shape: NetworkShape(inputCount: inputCount, hidden: hidden, outputCount: outputCount),
            rule: optimizer.rule)
        identities = UnitIdentities(unitCounts: parameters.shape.unitCounts)
        if !hidden.isEmpty { drawWeights(&generator) }
    }

    private mutating func drawWeights(_ generator: inout SeededGenerator) {
        let counts = parameters.shape.unitCounts
        for layer in 0..<counts.count - 1 {
            let fanIn = counts[layer]
            let fanOut = counts[layer + 1]
            let bound =
                layer == counts.count - 2
                ? 0.01 : Self.hiddenBound(activation, fanIn: fanIn, fanOut: fanOut)
            let isRectified = layer < counts.count - 2 && activation.isRectified
            for unit in 0..<fanOut {
                if isRectified { parameters[.bias(layer: layer, unit: unit)] = 0.01 }
                for input in 0..<fanIn {
                    parameters[.weight(layer: layer, unit: unit, input: input)] =
                        bound * (2 * generator.nextUniform() - 1)
                }
            }
        }
    }

    static func hiddenBound(_ activation: Activation, fanIn: Int, fanOut: Int) -> Float {
        switch activation {
        case .relu, .leakyReLU: (6 / Float(max(1, fanIn))).squareRoot()
        case .tanh, .sigmoid: (6 / Float(fanIn + fanOut)).squareRoot()
        }
    }

    public var inputCount: Int { parameters.shape.inputCount }
    public var hidden: [Int] { parameters.shape.hidden }
    /// Logits or values. A logistic network has one output and speaks of two classes.
    public var outputCount: Int { parameters.shape.outputCount }
    /// Weights and biases.
    public var parameterCount: Int { parameters.shape.parameterCount }
    /// Weights and biases that are not zero.
    public var nonzeroParameterCount: Int { parameters.weights.nonzeroCount }
    /// Bytes of weights, biases and optimiser state.
    public var byteCount: Int { parameters.byteCount }
    /// Updates that were applied.
    public var stepCount: Int { parameters.stepCount }

    /// Predicts one sample or several.
    ///
    /// - Parameters:
    ///   - input: `[samples, inputs]`, row by row.
    ///   - output: Receives `[samples, outputs]`: the probability of class 1 (logistic), of each
    ///     class (cross-entropy), or values. Its count says how many samples there are.
    ///   - workspace: Scratch memory; nothing is allocated once it has seen this shape.
    public func predict(
        _ input: Span<Float>, into output: inout MutableSpan<Float>,
        using workspace: inout Workspace
    ) {
        parameters.weights.predict(
            input, into: &output, activation: activation, loss: loss, using: &workspace)
    }

    /// Makes one update from one sample or a micro-batch, with the mean of their gradients.
    ///
    /// - Parameters:
    ///   - inputs: `[samples, inputs]`, row by row.
    ///   - targets: `[samples]` class indices, or `[samples, outputs]` values. Traps on a class
    ///     that the network does not have.
    ///   - importances: `[samples]`, at least one; each scales its sample's loss and gradient.
    ///   - learningRate: What the schedule says. Finite and not negative.
    ///   - gradientLimit: Norm to which the gradient is shortened, where it is below the
    ///     optimiser's own `gradientClip`. Above 0.
    ///   - workspace: Scratch memory; nothing is allocated once it has seen this shape.
    /// - Returns: What was done. When loss or gradient is not finite, nothing was, to the last bit.
    public mutating func learn(
        inputs: Span<Float>, targets: Span<Float>, importances: Span<Float>, learningRate: Float,
        gradientLimit: Float = .infinity, using workspace: inout Workspace
    ) -> StepOutcome {
        let clip = optimizer.gradientClip > 0 ? optimizer.gradientClip : .infinity
        let limit = min(clip, gradientLimit)
        return parameters.step(
            inputs: inputs, targets: targets, importances: importances,
            settings: StepSettings(
                activation: activation, loss: loss, rule: optimizer.rule,
                learningRate: learningRate, weightDecay: optimizer.weightDecay,
                gradientClip: limit < .infinity ? limit : 0),
            using: &workspace)
    }
}

extension Activation {
    /// Whether a unit may be exactly zero, or nearly so, over half of its inputs.
    var isRectified: Bool {
        switch self {
        case .relu, .leakyReLU: true
        case .tanh, .sigmoid: false
        }
    }
}
