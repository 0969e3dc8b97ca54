/// How many units a network has, level by level.
public struct NetworkShape: Equatable, Sendable {
    /// Units per level: the inputs, each hidden layer, the outputs. At least two levels.
    public let unitCounts: [Int]

    /// Where each layer's parameters and activations lie.
    let layers: [LayerLayout]

    /// - Parameters:
    ///   - inputCount: Not negative; a network without inputs has its biases alone.
    ///   - hidden: Width of each hidden layer, each at least 1. Empty is a linear model.
    ///   - outputCount: At least 1.
    public init(inputCount: Int, hidden: [Int], outputCount: Int) {
        self.init(unitCounts: [inputCount] + hidden + [outputCount])
    }

    init(unitCounts: [Int]) {
        precondition(Self.isValid(unitCounts), "no network has \(unitCounts) units")
        self.unitCounts = unitCounts
        var layers: [LayerLayout] = []
        for index in 1..<unitCounts.count {
            layers.append(
                LayerLayout(
                    inputCount: unitCounts[index - 1], unitCount: unitCounts[index],
                    after: layers.last))
        }
        self.layers = layers
    }

    public var inputCount: Int { unitCounts[0] }
    public var hidden: [Int] { Array(unitCounts[1..<unitCounts.count - 1]) }
    public var outputCount: Int { unitCounts[unitCounts.count - 1] }

    /// Layers of weights: one more than hidden layers.
    public var layerCount: Int { layers.count }

    /// Weights and biases.
    public var parameterCount: Int {
        layers.reduce(0) { $0 + ($1.inputCount + 1) * $1.unitCount }
    }

    /// Blocks that hold all weights and biases.
    var parameterBlockCount: Int { layers[layers.count - 1].parameterEnd }

    /// Blocks that hold one sample's inputs and activations of every level.
    var activationBlockCount: Int {
        layers[layers.count - 1].unitLevelStart + layers[layers.count - 1].unitBlockCount
    }

    /// Whether a network may have these levels. Counts from a file are asked about first.
    static func isValid(_ unitCounts: [Int]) -> Bool {
        guard unitCounts.count >= 2, unitCounts[0] >= 0 else { return false }
        return unitCounts.dropFirst().allSatisfy { $0 >= 1 }
    }
}

/// Where one layer lies in the blocks of parameters and of activations.
///
/// Weights are unit-major: the weights into unit `u` are `rowBlockCount` blocks from
/// `weightStart + u · rowBlockCount` on, padded with zeros. The biases of all units follow, padded
/// likewise. Padding stays zero for ever, because its gradient is.
struct LayerLayout: Equatable, Sendable {
    let inputCount: Int
    let unitCount: Int
    /// Blocks per row of weights, and per sample of the level below.
    let rowBlockCount: Int
    /// Blocks of biases, and per sample of this level.
    let unitBlockCount: Int
    let weightStart: Int
    /// Blocks of one sample's levels below the one that this layer reads.
    let inputLevelStart: Int

    init(inputCount: Int, unitCount: Int, after previous: LayerLayout?) {
        self.inputCount = inputCount
        self.unitCount = unitCount
        rowBlockCount = Lanes.blockCount(for: inputCount)
        unitBlockCount = Lanes.blockCount(for: unitCount)
        weightStart = previous?.parameterEnd ?? 0
        inputLevelStart = previous?.unitLevelStart ?? 0
    }

    var biasStart: Int { weightStart + unitCount * rowBlockCount }
    var parameterEnd: Int { biasStart + unitBlockCount }
    var unitLevelStart: Int { inputLevelStart + rowBlockCount }

    /// The units of a block, of which the last may be partly filled.
    @inline(__always)
    func unitCount(inBlock block: Int) -> Int { min(Lanes.width, unitCount - block * Lanes.width) }

    /// First block of a sample's inputs to this layer, in a batch that is stored level by level.
    @inline(__always)
    func inputStart(sample: Int, of sampleCount: Int) -> Int {
        sampleCount * inputLevelStart + sample * rowBlockCount
    }

    /// First block of a sample's activations or deltas of this layer's units.
    @inline(__always)
    func unitStart(sample: Int, of sampleCount: Int) -> Int {
        sampleCount * unitLevelStart + sample * unitBlockCount
    }
}
