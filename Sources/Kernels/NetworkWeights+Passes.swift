extension NetworkWeights {
    /// Fills the activations of every level above the inputs; the last holds the outputs as they
    /// are, logits or values.
    func forward(
        _ activations: inout MutableSpan<Lanes>, sampleCount: Int, activation: Activation
    ) {
        let last = shape.layerCount - 1
        for (index, layer) in shape.layers.enumerated() {
            for sample in 0..<sampleCount {
                forward(
                    layer, activation: index == last ? nil : activation,
                    inputStart: layer.inputStart(sample: sample, of: sampleCount),
                    unitStart: layer.unitStart(sample: sample, of: sampleCount), &activations)
            }
        }
    }

    private func forward(
        _ layer: LayerLayout, activation: Activation?, inputStart: Int, unitStart: Int,
        _ activations: inout MutableSpan<Lanes>
    ) {
        let weights = blocks.span
        var row = layer.weightStart
        for block in 0..<layer.unitBlockCount {
            let unitCount = layer.unitCount(inBlock: block)
            var sums = Lanes.zero
            for lane in 0..<unitCount {
                var products = Lanes.zero
                for column in 0..<layer.rowBlockCount {
                    products += weights[row + column] * activations[inputStart + column]
                }
                sums[lane] = products.total
                row += layer.rowBlockCount
            }
            sums += weights[layer.biasStart + block]
            activations[unitStart + block] =
                activation?.values(of: sums, unitCount: unitCount) ?? sums
        }
    }

    /// Carries the deltas of the outputs down to the first hidden layer.
    func backward(
        _ deltas: inout MutableSpan<Lanes>, activations: borrowing MutableSpan<Lanes>,
        sampleCount: Int, activation: Activation
    ) {
        for index in stride(from: shape.layerCount - 1, to: 0, by: -1) {
            let layer = shape.layers[index]
            for sample in 0..<sampleCount {
                let inputStart = layer.inputStart(sample: sample, of: sampleCount)
                let unitStart = layer.unitStart(sample: sample, of: sampleCount)
                for column in 0..<layer.rowBlockCount {
                    let errors = backpropagated(
                        layer, column: column, deltas: deltas, unitStart: unitStart)
                    deltas[inputStart + column] =
                        errors * activation.derivatives(at: activations[inputStart + column])
                }
            }
        }
    }

    /// `Σ delta[u] · weight[u, i]` for the sixteen inputs `i` of a column of blocks.
    @inline(__always)
    private func backpropagated(
        _ layer: LayerLayout, column: Int, deltas: borrowing MutableSpan<Lanes>, unitStart: Int
    ) -> Lanes {
        let weights = blocks.span
        var sums = Lanes.zero
        var index = layer.weightStart + column
        for unit in 0..<layer.unitCount {
            sums += deltas.value(at: unitStart * Lanes.width + unit) * weights[index]
            index += layer.rowBlockCount
        }
        return sums
    }
}
