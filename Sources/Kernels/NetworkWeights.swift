import CKernels

/// The weights and biases of a network: all that a prediction needs.
///
/// A value whose copy costs a reference count until one of the two is changed.
public struct NetworkWeights: Sendable {
    public let shape: NetworkShape
    /// Laid out as ``LayerLayout`` says; then upper bounds of the norms of each layer's weights and
    /// of each layer's first moments, or −1 when none is known, which the kernels keep for
    /// themselves.
    private(set) var values: FloatBuffer

    /// All zero.
    public init(shape: NetworkShape) {
        self.init(shape: shape, values: FloatBuffer(count: shape.weightsCapacity))
    }

    /// - Parameter values: Laid out for `shape`, with room for the norms.
    init(shape: NetworkShape, values: FloatBuffer) {
        self.shape = shape
        self.values = values
        forgetNorms()
    }

    /// One weight or bias. Traps on a position that the network does not have.
    public subscript(position: ParameterPosition) -> Float {
        get { values[shape.index(of: position)] }
        set {
            values[shape.index(of: position)] = newValue
            forgetNorms()
        }
    }

    /// The float at a place of the layout.
    func value(at place: Int) -> Float { values[place] }

    /// Multiplies the floats of a range.
    mutating func scale(_ range: Range<Int>, by factor: Float) {
        values.scale(range, by: factor)
        forgetNorms()
    }

    /// Called when weights or moments change other than by a step.
    mutating func forgetNorms() {
        for index in shape.parameterCapacity..<shape.weightsCapacity { values[index] = -1 }
    }

    /// Weights and biases that are not zero.
    public var nonzeroCount: Int {
        // Padding is zero, so it need not be told apart.
        (0..<shape.parameterCapacity).reduce(0) { $0 + (values[$1] == 0 ? 0 : 1) }
    }

    /// Whether no weight is infinite or not a number.
    public var isFinite: Bool { (0..<shape.parameterCapacity).allSatisfy { values[$0].isFinite } }

    /// Predicts one sample or several, whose predictions have the same bits in any company.
    ///
    /// - Parameters:
    ///   - inputs: `[samples, inputs]`, row by row.
    ///   - predictions: `[samples, outputs]`: the probability of class 1 (``Loss/logistic``), the
    ///     probability of each class (``Loss/crossEntropy``), or values. Its count must be a
    ///     multiple of the output count and says how many samples there are.
    ///   - workspace: Scratch memory; nothing is allocated once it has seen this shape.
    public func predict(
        _ inputs: Span<Float>, into predictions: inout MutableSpan<Float>,
        activation: Activation, loss: Loss, using workspace: inout Workspace
    ) {
        let sampleCount = predictions.count / shape.outputCount
        precondition(
            predictions.count == sampleCount * shape.outputCount
                && inputs.count == sampleCount * shape.inputCount,
            "\(inputs.count) inputs, \(predictions.count) outputs: not of \(shape.unitCounts)")
        workspace.prepareToPredict(shape.layers, sampleCount: sampleCount)
        // Why unsafe: C takes addresses. Why sound: the counts were checked above, everything is
        // alive until the call returns, and a prediction reads the weights and writes none.
        unsafe shape.layers.withTable { layers in
            var network = unsafe ck_network(
                layers: layers, layerCount: shape.layers.count, weights: values.address,
                first: values.address, second: values.address, cuts: nil,
                bypasses: shape.isPlain ? 0 : 1, norms: values.address)
            unsafe inputs.withUnsafeBufferPointer { inputs in
                unsafe predictions.withUnsafeMutableBufferPointer { predictions in
                    unsafe workspace.kernels.predict(
                        &network, activation.code, loss.code, inputs.baseAddress,
                        predictions.baseAddress, sampleCount, workspace.scratch.owned())
                }
            }
        }
    }

    /// The addresses of the parameters, this value's own, and of the norms.
    @unsafe
    mutating func owned() -> (
        values: UnsafeMutablePointer<Float>, norms: UnsafeMutablePointer<Float>
    ) {
        let start = unsafe values.owned()
        return unsafe (start, start + shape.parameterCapacity)
    }
}

extension NetworkWeights: Equatable {
    public static func == (left: NetworkWeights, right: NetworkWeights) -> Bool {
        left.shape == right.shape
            && left.values.hasPrefix(of: right.values, count: left.shape.parameterCapacity)
    }
}

extension [LayerLayout] {
    /// Lends the table of layers to C.
    @unsafe
    @inline(__always)
    func withTable<Result>(_ body: (UnsafePointer<ck_layer>) -> Result) -> Result {
        unsafe withUnsafeBufferPointer { layers in
            // Sound: a structure with one field lies in memory as the field does, and no network
            // is without layers.
            let start = unsafe UnsafeRawPointer(layers.baseAddress.unsafelyUnwrapped)
            return unsafe body(start.assumingMemoryBound(to: ck_layer.self))
        }
    }
}
