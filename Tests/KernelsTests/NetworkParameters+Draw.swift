import Randomness

@testable import Kernels

extension NetworkParameters {
    /// Every weight and bias, layer by layer, in each unit by unit the weights, then the biases.
    var positions: [ParameterPosition] {
        let counts = shape.unitCounts
        return (0..<counts.count - 1).flatMap { layer in
            (0..<counts[layer + 1]).flatMap { unit in
                (0..<counts[layer]).map {
                    ParameterPosition.weight(layer: layer, unit: unit, input: $0)
                }
            } + (0..<counts[layer + 1]).map { ParameterPosition.bias(layer: layer, unit: $0) }
        }
    }

    /// Draws every weight and bias from `±spread`.
    mutating func draw(from generator: inout SeededGenerator, spread: Float = 0.5) {
        for position in positions {
            self[position] = spread * (2 * generator.nextUniform() - 1)
        }
    }
}
