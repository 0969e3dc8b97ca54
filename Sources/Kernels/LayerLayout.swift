import CKernels

/// Where one layer lies among the parameters and the activations of a network.
///
/// Weights lie in rows. In a unit-major layer a row holds the weights into one unit, in an
/// input-major one those out of one input, so that an input of zero, behind a ReLU, is a row that
/// need not be touched. Every row is padded with zeros to whole blocks of sixteen, there are spare
/// rows, and the biases follow, padded likewise. Padding stays zero for ever, because its gradient
/// is; so a network that grows into it need not be moved.
struct LayerLayout: Sendable {
    /// As the kernels read it.
    let layer: ck_layer

    /// Floats of a vector.
    static var lanes: Int { Int(CK_LANES) }

    /// - Parameters:
    ///   - inputCount: Activations that are read, with the padding between levels.
    ///   - inputStart: Where they lie in those of one sample.
    ///   - unitStart: Where the units lie among them.
    init(
        inputCount: Int, unitCount: Int, inputStart: Int, unitStart: Int, isInputMajor: Bool,
        after previous: LayerLayout?
    ) {
        let rowCount = isInputMajor ? inputCount : unitCount
        let length = Self.padded(isInputMajor ? unitCount : inputCount)
        let stride = Self.stride(length)
        let weightStart = previous?.parameterEnd ?? 0
        layer = ck_layer(
            inputCount: inputCount, unitCount: unitCount, inputMajor: isInputMajor ? 1 : 0,
            stride: stride, weightStart: weightStart,
            biasStart: weightStart + Self.rowCapacity(rowCount) * stride,
            inputStart: inputStart, unitStart: unitStart)
    }

    /// Whether a plain layer of this size is faster with rows of inputs.
    static func suitsInputMajor(inputCount: Int, unitCount: Int, isFirst: Bool) -> Bool {
        // Measured: a first layer gains more from passing over resting units in its update than
        // from inputs of zero, unless it has so few inputs that padding and sums across lanes take
        // more time; and rows of few units would be mostly padding. Of very many inputs most are
        // zero: names that a sample does not have, categories and buckets that it is not in.
        let isNarrow = 3 * inputCount < 2 * unitCount
        let isWide = inputCount >= RestingRows.leastInputCount
        return unitCount > Self.lanes && (!isFirst || isNarrow || isWide)
    }

    var inputCount: Int { layer.inputCount }
    var unitCount: Int { layer.unitCount }
    var biasStart: Int { layer.biasStart }
    var parameterEnd: Int { layer.biasStart + Self.padded(unitCount) }
    var levelEnd: Int { layer.unitStart + Self.padded(unitCount) }

    var isInputMajor: Bool { layer.inputMajor != 0 }

    /// Where a weight lies among the parameters.
    ///
    /// - Parameter input: Its place among the inputs that are read, with the padding between levels.
    func weightIndex(unit: Int, input: Int) -> Int {
        layer.inputMajor != 0
            ? layer.weightStart + input * layer.stride + unit
            : layer.weightStart + unit * layer.stride + input
    }

    /// Whether every parameter and activation that both have lies at the same place in both.
    func agrees(with other: LayerLayout) -> Bool {
        layer.inputMajor == other.layer.inputMajor && layer.stride == other.layer.stride
            && layer.weightStart == other.layer.weightStart
            && layer.biasStart == other.layer.biasStart
            && layer.inputStart == other.layer.inputStart
            && layer.unitStart == other.layer.unitStart && parameterEnd == other.parameterEnd
    }

    /// The next multiple of a block.
    static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    /// Rows that `count` rows have room for: whole blocks, and for a few a power of two.
    private static func rowCapacity(_ count: Int) -> Int {
        guard count < lanes else { return padded(count) }
        var capacity = 1
        while capacity < count { capacity *= 2 }
        return count == 0 ? 0 : capacity
    }

    /// Floats from row to row. Micro-batches read many rows side by side, and rows that are a
    /// multiple of 1 KiB apart would share few sets of the cache.
    private static func stride(_ length: Int) -> Int {
        length > 0 && length % 256 == 0 ? length + lanes : length
    }
}

extension LayerLayout: Equatable {
    static func == (left: LayerLayout, right: LayerLayout) -> Bool {
        left.inputCount == right.inputCount && left.unitCount == right.unitCount
            && left.agrees(with: right)
    }
}
