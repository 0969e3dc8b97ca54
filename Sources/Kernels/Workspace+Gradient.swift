extension Workspace {
    /// The squared norm of one sample's gradient, which is an outer product in each layer:
    /// `Σ |delta|² · (|input|² + 1)`, the 1 for the biases. The gradient itself is never stored.
    func squaredNormOfOneSample(_ shape: NetworkShape) -> Float {
        let activations = activations.span
        let deltas = deltas.span
        var sum: Float = 0
        for layer in shape.layers {
            let inputStart = layer.inputStart(sample: 0, of: 1)
            let unitStart = layer.unitStart(sample: 0, of: 1)
            let inputs = activations.squaredNorm(inputStart..<inputStart + layer.rowBlockCount)
            let errors = deltas.squaredNorm(unitStart..<unitStart + layer.unitBlockCount)
            sum += errors * (inputs + 1)
        }
        return sum
    }

    /// Sums the gradients of a batch into `gradient` and returns the squared norm of the sum.
    mutating func materialiseGradient(_ shape: NetworkShape, sampleCount: Int) -> Float {
        Self.sumGradients(
            shape, sampleCount: sampleCount, activations: activations, deltas: deltas,
            into: &gradient)
    }

    private static func sumGradients(
        _ shape: NetworkShape, sampleCount: Int, activations: [Lanes], deltas: [Lanes],
        into gradient: inout [Lanes]
    ) -> Float {
        let activations = activations.span
        let deltas = deltas.span
        var gradient = gradient.mutableSpan
        var squares: Float = 0
        for layer in shape.layers {
            let inputStart = layer.inputStart(sample: 0, of: sampleCount)
            let unitStart = layer.unitStart(sample: 0, of: sampleCount)
            var layerSquares = Lanes.zero
            var index = layer.weightStart
            for unit in 0..<layer.unitCount {
                for column in 0..<layer.rowBlockCount {
                    var sum = Lanes.zero
                    var input = inputStart + column
                    var delta = unitStart * Lanes.width + unit
                    for _ in 0..<sampleCount {
                        sum += deltas.value(at: delta) * activations[input]
                        input += layer.rowBlockCount
                        delta += layer.unitBlockCount * Lanes.width
                    }
                    gradient[index] = sum
                    layerSquares += sum * sum
                    index += 1
                }
            }
            for block in 0..<layer.unitBlockCount {
                var sum = Lanes.zero
                for sample in 0..<sampleCount {
                    sum += deltas[layer.unitStart(sample: sample, of: sampleCount) + block]
                }
                gradient[layer.biasStart + block] = sum
                layerSquares += sum * sum
            }
            squares += layerSquares.total
        }
        return squares
    }
}

extension Span<Lanes> {
    func squaredNorm(_ range: Range<Int>) -> Float {
        var sum = Lanes.zero
        for index in range { sum += self[index] * self[index] }
        return sum.total
    }
}
