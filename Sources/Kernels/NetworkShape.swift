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

    /// Floats that hold all weights and biases, padding included.
    var parameterCapacity: Int { layers[layers.count - 1].parameterEnd }

    /// Floats that hold all weights and biases, and two norms of each layer.
    var weightsCapacity: Int { parameterCapacity + 2 * layerCount }

    /// Floats that hold one sample's inputs and activations of every level.
    var activationCapacity: Int { layers[layers.count - 1].levelEnd }

    /// Whether a network may have these levels. Counts from a file are asked about first.
    static func isValid(_ unitCounts: [Int]) -> Bool {
        guard unitCounts.count >= 2, unitCounts[0] >= 0 else { return false }
        return unitCounts.dropFirst().allSatisfy { $0 >= 1 }
    }
}
