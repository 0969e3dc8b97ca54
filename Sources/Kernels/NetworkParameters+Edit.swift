extension NetworkParameters {
    /// The same network with units of each level kept, copied, dropped, reordered or added.
    ///
    /// A parameter is carried over, with its moments, when both units that it joins come from
    /// earlier ones; else it is zero. New units start with age 0, so a new weight's bias correction
    /// starts there as well, whichever end of it is new.
    ///
    /// - Parameter origins: For each level, inputs first, the earlier index of each unit or `nil`
    ///   for a new one. As many levels as before, and no hidden or output level empty.
    public func rearranged(_ origins: [[Int?]]) -> NetworkParameters {
        precondition(
            origins.count == shape.unitCounts.count,
            "\(origins.count) levels of origins for \(shape.unitCounts)")
        let target = NetworkShape(unitCounts: origins.map(\.count))
        var result = self
        result.weights = NetworkWeights(shape: target)
        result.weights.blocks = carry(weights.blocks, to: target, origins)
        result.firstMoments = carry(firstMoments, to: target, origins)
        result.secondMoments = carry(secondMoments, to: target, origins)
        result.births = zip(births, origins).map { births, origins in
            origins.map { $0.map { births[$0] } ?? stepCount }
        }
        return result
    }

    private func carry(
        _ source: [Lanes], to target: NetworkShape, _ origins: [[Int?]]
    ) -> [Lanes] {
        guard !source.isEmpty else { return [] }
        var result = [Lanes](repeating: .zero, count: target.parameterBlockCount)
        for (index, (from, to)) in zip(shape.layers, target.layers).enumerated() {
            for (unit, origin) in origins[index + 1].enumerated() {
                guard let origin else { continue }
                let sourceRow = (from.weightStart + origin * from.rowBlockCount) * Lanes.width
                let targetRow = (to.weightStart + unit * to.rowBlockCount) * Lanes.width
                for (input, origin) in origins[index].enumerated() {
                    if let origin {
                        result[value: targetRow + input] = source[value: sourceRow + origin]
                    }
                }
                result[value: to.biasStart * Lanes.width + unit] =
                    source[value: from.biasStart * Lanes.width + origin]
            }
        }
        return result
    }

    /// Multiplies a unit's incoming weights, its bias and their velocities by `factor`, and the
    /// squared gradients' moments by `momentFactor`².
    ///
    /// - Parameters:
    ///   - layer: 0 is the first hidden layer.
    ///   - factor: Of the weights and the bias.
    ///   - momentFactor: By how much the unit's gradients change with the edit.
    public mutating func scaleUnit(
        _ unit: Int, layer: Int, by factor: Float, momentsBy momentFactor: Float
    ) {
        let inputs = (0..<shape.unitCounts[layer]).map {
            ParameterPosition.weight(layer: layer, unit: unit, input: $0)
        }
        for position in inputs + [.bias(layer: layer, unit: unit)] {
            let index = shape.index(of: position)
            weights.blocks[value: index] *= factor
            if !firstMoments.isEmpty { firstMoments[value: index] *= momentFactor }
            if !secondMoments.isEmpty {
                secondMoments[value: index] *= momentFactor * momentFactor
            }
        }
    }
}
