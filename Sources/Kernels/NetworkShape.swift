/// How many units a network has, level by level, and which levels each layer reads.
public struct NetworkShape: Equatable, Sendable {
    /// Units per level: the inputs, each hidden layer, the outputs. At least two levels.
    public let unitCounts: [Int]
    /// For each layer the lowest level that it reads. It reads all levels from there to the one
    /// below it; a plain layer reads only that one, whose index is the layer's own.
    public let sources: [Int]

    /// Where each layer's parameters and activations lie.
    let layers: [LayerLayout]
    /// Whether every layer lies as suits its size best.
    let isSettled: Bool

    /// - Parameters:
    ///   - inputCount: Not negative; a network without inputs has its biases alone.
    ///   - hidden: Width of each hidden layer, each at least 1. Empty is a linear model.
    ///   - outputCount: At least 1.
    public init(inputCount: Int, hidden: [Int], outputCount: Int) {
        self.init(unitCounts: [inputCount] + hidden + [outputCount])
    }

    /// - Parameters:
    ///   - sources: For each layer the lowest level that it reads; `nil`: all are plain.
    ///   - orientations: For each layer whether its rows belong to inputs, or `nil` for what suits
    ///     its size best. A layer that reads several levels is always input-major.
    init(unitCounts: [Int], sources: [Int]? = nil, orientations: [Bool?]? = nil) {
        let sources = sources ?? Array(unitCounts.indices.dropLast())
        precondition(
            Self.isValid(unitCounts, sources: sources),
            "no network has \(unitCounts) units and reads from \(sources)")
        self.unitCounts = unitCounts
        self.sources = sources
        var layers: [LayerLayout] = []
        var starts = [0]
        var isSettled = true
        for index in sources.indices {
            let isPlain = sources[index] == index
            let best =
                !isPlain
                || LayerLayout.suitsInputMajor(
                    inputCount: unitCounts[index], unitCount: unitCounts[index + 1],
                    isFirst: index == 0)
            let isInputMajor = isPlain ? orientations?[index] ?? best : true
            if isInputMajor != best { isSettled = false }
            let layer = LayerLayout(
                inputCount: starts[index] + unitCounts[index] - starts[sources[index]],
                unitCount: unitCounts[index + 1], inputStart: starts[sources[index]],
                unitStart: starts[index] + LayerLayout.padded(unitCounts[index]),
                isInputMajor: isInputMajor, after: layers.last)
            starts.append(layer.layer.unitStart)
            layers.append(layer)
        }
        self.layers = layers
        self.isSettled = isSettled
        isPlain = sources.indices.allSatisfy { sources[$0] == $0 }
    }

    public var inputCount: Int { unitCounts[0] }
    public var hidden: [Int] { Array(unitCounts[1..<unitCounts.count - 1]) }
    public var outputCount: Int { unitCounts[unitCounts.count - 1] }

    /// Layers of weights: one more than hidden layers.
    public var layerCount: Int { layers.count }

    /// Whether every layer reads the level below it and no other.
    public let isPlain: Bool

    /// Units that a layer reads, over all the levels that it reads.
    public func inputCount(ofLayer layer: Int) -> Int {
        unitCounts[sources[layer]...layer].reduce(0, +)
    }

    /// Weights and biases.
    public var parameterCount: Int {
        layers.indices.reduce(0) { $0 + (inputCount(ofLayer: $1) + 1) * unitCounts[$1 + 1] }
    }

    /// Floats that hold all weights and biases, padding included.
    var parameterCapacity: Int { layers[layers.count - 1].parameterEnd }

    /// Floats that hold all weights and biases, and two norms of each layer.
    var weightsCapacity: Int { parameterCapacity + 2 * layerCount }

    /// Floats that hold one sample's inputs and activations of every level.
    var activationCapacity: Int { layers[layers.count - 1].levelEnd }

    /// Where a level's activations lie in those of one sample.
    func activationStart(ofLevel level: Int) -> Int {
        level == 0 ? 0 : layers[level - 1].layer.unitStart
    }

    /// Where the units of a level lie among the inputs that a layer has in memory.
    func inputOffset(ofLevel level: Int, inLayer layer: Int) -> Int {
        activationStart(ofLevel: level) - activationStart(ofLevel: sources[layer])
    }

    /// Whether a network may have these levels. Counts from a file are asked about first.
    static func isValid(_ unitCounts: [Int], sources: [Int]) -> Bool {
        guard unitCounts.count >= 2, unitCounts[0] >= 0,
            sources.count == unitCounts.count - 1,
            sources.indices.allSatisfy({ sources[$0] >= 0 && sources[$0] <= $0 })
        else { return false }
        return unitCounts.dropFirst().allSatisfy { $0 >= 1 }
    }
}
