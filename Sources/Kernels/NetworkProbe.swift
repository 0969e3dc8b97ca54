import CKernels

/// Looks into a network while it works on samples: what its units say, and what the loss would make
/// of a change. It changes nothing.
public struct NetworkProbe: Sendable {
    private var weights: NetworkWeights
    private let settings: StepSettings
    private let loss: Loss
    private var workspace = Workspace()
    /// Samples that were looked at.
    public private(set) var sampleCount = 0
    /// By level and unit, inputs first: sums of activations, and of their magnitudes.
    private var sums: [[Double]]
    private var magnitudes: [[Double]]
    /// By level and unit: sums of `h^p · (∂L/∂h)²`, `p` from 0 to 2.
    private var sensitivities: [[SIMD4<Double>]]
    /// Sums of `∂L/∂w` and of its squares, laid out as the weights; empty unless asked for.
    private var gradients: FloatBuffer
    private var gradientSquares: FloatBuffer

    /// - Parameter looksAtConnections: Whether gradients of single weights are wanted as well.
    public init(
        _ weights: NetworkWeights, activation: Activation, loss: Loss, looksAtConnections: Bool
    ) {
        self.weights = weights
        self.loss = loss
        settings = StepSettings(activation: activation, loss: loss, rule: .sgd, learningRate: 0)
        let zeros = weights.shape.unitCounts.map { [Double](repeating: 0, count: $0) }
        (sums, magnitudes) = (zeros, zeros)
        sensitivities = zeros.map { $0.map { _ in SIMD4<Double>.zero } }
        let count = looksAtConnections ? weights.shape.parameterCapacity : 0
        gradients = FloatBuffer(count: count)
        gradientSquares = FloatBuffer(count: count)
    }

    public var shape: NetworkShape { weights.shape }

    /// Looks at one sample. One whose loss or gradient is not finite is passed over.
    ///
    /// - Parameters:
    ///   - inputs: `[inputs]`.
    ///   - targets: A class index that the network has, or `[outputs]` values.
    public mutating func look(inputs: Span<Float>, targets: Span<Float>) {
        precondition(
            inputs.count == shape.inputCount
                && targets.count == loss.targetCount(outputCount: shape.outputCount),
            "\(inputs.count) inputs, \(targets.count) targets: not of \(shape.unitCounts)")
        if loss == .crossEntropy {
            precondition(
                targets[0] >= 0 && targets[0] < Float(shape.outputCount),
                "class \(targets[0]) of a network with \(shape.outputCount)")
        }
        workspace.prepare(shape.layers, sampleCount: 1)
        guard run(inputs, targets) else { return }
        sampleCount += 1
        addActivations()
        addSensitivities()
        if !gradients.isEmpty { addGradients() }
    }

    /// A step of plain gradient descent at rate 0 leaves the activations and the derivatives by the
    /// weighted sums in the scratch memory, and every weight as it is.
    private mutating func run(_ inputs: Span<Float>, _ targets: Span<Float>) -> Bool {
        // Why unsafe: C takes addresses. Why sound: the counts were checked by the caller, all is
        // alive until the call returns, and the weights that are written are this value's own.
        var encoded = unsafe settings.encoded
        let outcome = unsafe shape.layers.withTable { layers in
            let (values, norms) = unsafe weights.owned()
            var network = unsafe ck_network(
                layers: layers, layerCount: weights.shape.layerCount, weights: values,
                first: values, second: values, cuts: nil,
                bypasses: weights.shape.isPlain ? 0 : 1, norms: norms)
            return unsafe inputs.withUnsafeBufferPointer { inputs in
                unsafe targets.withUnsafeBufferPointer { targets in
                    var importance: Float = 1
                    return unsafe workspace.kernels.step(
                        &network, &encoded, inputs.baseAddress, targets.baseAddress, &importance,
                        1, workspace.scratch.owned())
                }
            }
        }
        return outcome.applied != 0
    }

    private mutating func addActivations() {
        // The last level holds predictions by now, which nobody asks for.
        for level in 0..<shape.layerCount {
            let start = shape.activationStart(ofLevel: level)
            for unit in sums[level].indices {
                let value = Double(workspace.scratch[start + unit])
                sums[level][unit] += value
                magnitudes[level][unit] += abs(value)
            }
        }
    }

    /// `∂L/∂h` of a unit is the sum over the weights out of it, each times the derivative above.
    private mutating func addSensitivities() {
        let deltas = shape.activationCapacity
        for level in 1..<shape.layerCount {
            let start = shape.activationStart(ofLevel: level)
            for unit in sensitivities[level].indices {
                let value = Double(workspace.scratch[start + unit])
                var derivative: Float = 0
                for layer in level..<shape.layerCount where shape.sources[layer] <= level {
                    let offset = shape.inputOffset(ofLevel: level, inLayer: layer)
                    let above = deltas + shape.activationStart(ofLevel: layer + 1)
                    let layout = shape.layers[layer]
                    for target in 0..<layout.unitCount {
                        derivative +=
                            weights.value(
                                at: layout.weightIndex(unit: target, input: offset + unit))
                            * workspace.scratch[above + target]
                    }
                }
                let square = Double(derivative) * Double(derivative)
                sensitivities[level][unit] += square * SIMD4(1, value, value * value, 0)
            }
        }
    }

    private mutating func addGradients() {
        let deltas = shape.activationCapacity
        for layout in shape.layers {
            let inputs = layout.layer.inputStart
            let above = deltas + layout.layer.unitStart
            for unit in 0..<layout.unitCount {
                let delta = workspace.scratch[above + unit]
                if delta == 0 { continue }
                for input in 0..<layout.inputCount {
                    let gradient = delta * workspace.scratch[inputs + input]
                    let place = layout.weightIndex(unit: unit, input: input)
                    gradients[place] += gradient
                    gradientSquares[place] += gradient * gradient
                }
            }
        }
    }
}

/// Means over the samples that were looked at; 0 when there were none.
extension NetworkProbe {
    /// - Parameter level: 0 for the inputs, 1 for the first hidden layer; not the outputs.
    public func meanActivations(level: Int) -> [Float] { sums[level].map(mean) }

    public func meanMagnitudes(level: Int) -> [Float] { magnitudes[level].map(mean) }

    /// Mean `((h − m) · ∂L/∂h)²` of each unit, where `m` is its mean: to first order the square of
    /// what the loss would change by with a constant in the unit's place.
    ///
    /// - Source: Molchanov et al., "Importance Estimation for Neural Network Pruning", 2019, eq. 8.
    public func saliencies(level: Int) -> [Float] {
        zip(sensitivities[level], sums[level]).map { sums, sum in
            let centre = sum / Double(max(1, sampleCount))
            return mean(max(0, sums[2] - 2 * centre * sums[1] + centre * centre * sums[0]))
        }
    }

    /// Mean `∂L/∂w` of a connection.
    public func gradient(at position: ParameterPosition) -> Float {
        mean(Double(gradients[shape.index(of: position)]))
    }

    /// Mean `(∂L/∂w)²` of a connection.
    public func gradientSquare(at position: ParameterPosition) -> Float {
        mean(Double(gradientSquares[shape.index(of: position)]))
    }

    /// What the units of a level said to the last sample.
    ///
    /// - Parameter level: 0 for the inputs, 1 for the first hidden layer; not the outputs.
    public func lastActivations(level: Int) -> [Float] {
        let start = shape.activationStart(ofLevel: level)
        return (start..<start + shape.unitCounts[level]).map { workspace.scratch[$0] }
    }

    private func mean(_ sum: Double) -> Float { Float(sum / Double(max(1, sampleCount))) }
}
