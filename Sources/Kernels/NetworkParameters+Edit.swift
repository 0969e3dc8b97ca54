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
        let layouts = zip(shape.layers, target.layers)
        if Self.onlyAppends(origins, to: shape.unitCounts),
            layouts.allSatisfy({ $0.agrees(with: $1) })
        {
            // The new units lie in what was padding, which is zero already.
            result.weights = NetworkWeights(shape: target, values: weights.values)
        } else {
            var values = FloatBuffer(count: target.weightsCapacity)
            carry(weights.values, into: &values, target, origins)
            result.weights = NetworkWeights(shape: target, values: values)
            result.firstMoments = carriedMoments(firstMoments, to: target, origins)
            result.secondMoments = carriedMoments(secondMoments, to: target, origins)
        }
        result.births = zip(births, origins).map { births, origins in
            origins.map { $0.map { births[$0] } ?? stepCount }
        }
        return result
    }

    /// Whether every level keeps all its units in their order, perhaps with new ones at the end.
    private static func onlyAppends(_ origins: [[Int?]], to unitCounts: [Int]) -> Bool {
        zip(origins, unitCounts).allSatisfy { origins, count in
            origins.count >= count
                && origins.indices.allSatisfy { origins[$0] == ($0 < count ? $0 : nil) }
        }
    }

    private func carriedMoments(
        _ source: FloatBuffer, to target: NetworkShape, _ origins: [[Int?]]
    ) -> FloatBuffer {
        guard !source.isEmpty else { return source }
        var result = FloatBuffer(count: target.parameterCapacity)
        carry(source, into: &result, target, origins)
        return result
    }

    private func carry(
        _ source: FloatBuffer, into result: inout FloatBuffer, _ target: NetworkShape,
        _ origins: [[Int?]]
    ) {
        for (index, (from, to)) in zip(shape.layers, target.layers).enumerated() {
            for (unit, origin) in origins[index + 1].enumerated() {
                guard let origin else { continue }
                for (input, inputOrigin) in origins[index].enumerated() {
                    if let inputOrigin {
                        result[to.weightIndex(unit: unit, input: input)] =
                            source[from.weightIndex(unit: origin, input: inputOrigin)]
                    }
                }
                result[to.biasStart + unit] = source[from.biasStart + origin]
            }
        }
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
            weights[position] *= factor
            if !firstMoments.isEmpty { firstMoments[index] *= momentFactor }
            if !secondMoments.isEmpty {
                secondMoments[index] *= momentFactor * momentFactor
            }
        }
    }
}
