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
        return rewired(
            origins.enumerated().map { LevelOrigin(level: $0, units: $1) }, sources: shape.sources)
    }

    /// A network with other levels, or the same ones, whose units come from earlier ones.
    ///
    /// A weight is carried over, with its moments, when the unit that it leads into has an origin
    /// that already read the origin of the unit that it comes from; a bias when its unit has an
    /// origin. All else is zero. Rows lie as before where the layer was there before, so that sums
    /// are made in the same order; the next update settles them.
    ///
    /// - Parameters:
    ///   - levels: The new levels, inputs first.
    ///   - sources: For each new layer the lowest level that it reads.
    public func rewired(_ levels: [LevelOrigin], sources: [Int]) -> NetworkParameters {
        var orientations: [Bool?] = []
        for level in levels.dropFirst() {
            let earlier = level.incoming.map { $0.level - 1 }
            let isKept = earlier.map { $0 >= 0 && shape.sources[$0] == $0 } ?? false
            orientations.append(isKept ? shape.layers[earlier ?? 0].isInputMajor : nil)
        }
        return rewired(levels, sources: sources, orientations: orientations)
    }

    /// Makes the weights into all units of a level as young as new ones: their moments are.
    ///
    /// - Parameter level: 1 for the first hidden layer.
    public mutating func renewUnits(level: Int) {
        births[level] = [Int](repeating: stepCount, count: births[level].count)
    }

    /// Lays every layer out as suits its size best. No parameter changes.
    mutating func settle() {
        let levels = shape.unitCounts.enumerated().map {
            LevelOrigin(level: $0, units: (0..<$1).map { $0 })
        }
        self = rewired(levels, sources: shape.sources, orientations: nil)
    }

    private func rewired(
        _ levels: [LevelOrigin], sources: [Int], orientations: [Bool?]?
    ) -> NetworkParameters {
        let target = NetworkShape(
            unitCounts: levels.map(\.unitCount), sources: sources, orientations: orientations)
        var result = self
        if onlyAppends(levels, sources: sources),
            zip(shape.layers, target.layers).allSatisfy({ $0.agrees(with: $1) })
        {
            // The new units lie in what was padding, which is zero already.
            result.weights = NetworkWeights(shape: target, values: weights.values)
            let newRows = target.inputCount - shape.inputCount
            result.resting?.visits.append(contentsOf: repeatElement(stepCount, count: newRows))
        } else if resting != nil {
            result.settleRows()
            return result.rewired(levels, sources: sources, orientations: orientations)
        } else {
            var values = FloatBuffer(count: target.weightsCapacity)
            carry(weights.values, into: &values, target, levels)
            result.weights = NetworkWeights(shape: target, values: values)
            result.firstMoments = carried(firstMoments, to: target, levels)
            result.secondMoments = carried(secondMoments, to: target, levels)
            result.cuts = carried(cuts, to: target, levels)
        }
        result.births = levels.map { level in
            guard let incoming = level.incoming else {
                return [Int](repeating: stepCount, count: level.unitCount)
            }
            return incoming.units.map { $0.map { births[incoming.level][$0] } ?? stepCount }
        }
        return result
    }

    /// Whether every level keeps all its units in their order, perhaps with new ones at the end.
    private func onlyAppends(_ levels: [LevelOrigin], sources: [Int]) -> Bool {
        guard sources == shape.sources else { return false }
        return levels.indices.allSatisfy { index in
            let units = levels[index].incoming?.units ?? []
            let count = shape.unitCounts[index]
            return levels[index].keeps(level: index) && units.count >= count
                && units.indices.allSatisfy { units[$0] == ($0 < count ? $0 : nil) }
        }
    }

    private func carried(
        _ source: FloatBuffer, to target: NetworkShape, _ levels: [LevelOrigin]
    ) -> FloatBuffer {
        guard !source.isEmpty else { return source }
        var result = FloatBuffer(count: target.parameterCapacity)
        carry(source, into: &result, target, levels)
        return result
    }

    private func carry(
        _ source: FloatBuffer, into result: inout FloatBuffer, _ target: NetworkShape,
        _ levels: [LevelOrigin]
    ) {
        for (index, to) in target.layers.enumerated() {
            guard let incoming = levels[index + 1].incoming, incoming.level > 0 else { continue }
            let from = shape.layers[incoming.level - 1]
            for (unit, origin) in incoming.units.enumerated() {
                guard let origin else { continue }
                result[to.biasStart + unit] = source[from.biasStart + origin]
            }
            for level in target.sources[index]...index {
                guard let outgoing = levels[level].outgoing, outgoing.level < incoming.level,
                    outgoing.level >= shape.sources[incoming.level - 1]
                else { continue }
                let offset = target.inputOffset(ofLevel: level, inLayer: index)
                let earlierOffset = shape.inputOffset(
                    ofLevel: outgoing.level, inLayer: incoming.level - 1)
                carryWeights(
                    source, into: &result, incoming.units, outgoing.units,
                    from: (from, earlierOffset), to: (to, offset))
            }
        }
    }

    /// Carries the weights between the units of two levels over.
    ///
    /// - Parameters:
    ///   - units: Origins of the units that the weights lead into.
    ///   - inputs: Origins of those that they come from.
    ///   - from: The earlier layer, and where the level lies among its inputs; `to` likewise.
    private func carryWeights(
        _ source: FloatBuffer, into result: inout FloatBuffer, _ units: [Int?], _ inputs: [Int?],
        from: (layer: LayerLayout, offset: Int), to: (layer: LayerLayout, offset: Int)
    ) {
        let isInputMajor = from.layer.isInputMajor
        // Whole rows, where they only grow longer: that is how a wide first layer gets new inputs.
        let rowLength = LevelOrigin.keptCount(isInputMajor ? units : inputs)
        if let rowLength, isInputMajor == to.layer.isInputMajor {
            for (row, origin) in (isInputMajor ? inputs : units).enumerated() {
                guard let origin else { continue }
                func start(_ place: (layer: LayerLayout, offset: Int), _ row: Int) -> Int {
                    place.layer.weightIndex(
                        unit: isInputMajor ? 0 : row, input: place.offset + (isInputMajor ? row : 0)
                    )
                }
                result.copy(
                    count: rowLength, from: source, at: start(from, origin), to: start(to, row))
            }
            return
        }
        for (unit, origin) in units.enumerated() {
            guard let origin else { continue }
            for (input, inputOrigin) in inputs.enumerated() {
                guard let inputOrigin else { continue }
                result[to.layer.weightIndex(unit: unit, input: to.offset + input)] =
                    source[from.layer.weightIndex(unit: origin, input: from.offset + inputOrigin)]
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
