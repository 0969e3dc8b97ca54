import Kernels
import Randomness

/// New units.
extension Network {
    /// Every level as it is.
    var levelOrigins: [LevelOrigin] {
        parameters.shape.unitCounts.enumerated().map {
            LevelOrigin(level: $0, units: (0..<$1).map { $0 })
        }
    }

    /// Makes the levels anew from earlier ones, with everything that is kept of them.
    mutating func rewire(_ levels: [LevelOrigin], sources: [Int]? = nil) {
        identities = identities.rewired(levels)
        parameters = parameters.rewired(levels, sources: sources ?? parameters.shape.sources)
    }

    /// Makes one level anew.
    mutating func rearrange(level: Int, _ units: [Int?]) {
        var levels = levelOrigins
        levels[level] = LevelOrigin(level: level, units: units)
        rewire(levels)
    }

    /// Layers that read a level.
    func readers(ofLevel level: Int) -> [Int] {
        let shape = parameters.shape
        return (level..<shape.layerCount).filter { shape.sources[$0] <= level }
    }

    /// The place of a level's unit among the inputs of a layer that reads it.
    func input(ofUnit unit: Int, level: Int, inLayer layer: Int) -> Int {
        let shape = parameters.shape
        return shape.unitCounts[shape.sources[layer]..<level].reduce(0, +) + unit
    }

    /// Every weight out of a unit.
    func outgoing(unit: Int, level: Int) -> [ParameterPosition] {
        readers(ofLevel: level).flatMap { layer in
            let input = input(ofUnit: unit, level: level, inLayer: layer)
            return (0..<parameters.shape.unitCounts[layer + 1]).map {
                ParameterPosition.weight(layer: layer, unit: $0, input: input)
            }
        }
    }

    /// Every weight into a unit.
    func incoming(unit: Int, level: Int) -> [ParameterPosition] {
        (0..<parameters.shape.inputCount(ofLayer: level - 1)).map {
            .weight(layer: level - 1, unit: unit, input: $0)
        }
    }

    /// Draws the weights into a new unit, as the first ones were drawn.
    mutating func drawIncoming(unit: Int, level: Int, using generator: inout SeededGenerator) {
        let shape = parameters.shape
        let bound = Self.hiddenBound(
            activation, fanIn: shape.inputCount(ofLayer: level - 1),
            fanOut: readers(ofLevel: level).reduce(0) { $0 + shape.unitCounts[$1 + 1] })
        for position in incoming(unit: unit, level: level) {
            parameters[position] = bound * (2 * generator.nextUniform() - 1)
        }
        parameters[.bias(layer: level - 1, unit: unit)] = activation.isRectified ? 0.01 : 0
    }

    mutating func grow(
        layer: Int, units: Int, method: GrowthMethod, using generator: inout SeededGenerator
    ) {
        let level = layer + 1
        let count = hidden[layer]
        if case .copy = method {
            copyUnits(level: level, units: units, using: &generator)
            return
        }
        rearrange(level: level, Array(0..<count) + [Int?](repeating: nil, count: units))
        var unit = count
        while unit < count + units {
            drawIncoming(unit: unit, level: level, using: &generator)
            if method == .pair, unit + 1 < count + units {
                mirror(unit, to: unit + 1, level: level, using: &generator)
                unit += 1
            }
            unit += 1
        }
    }

    /// Makes a new unit the double of another new one, with opposite outgoing weights.
    private mutating func mirror(
        _ unit: Int, to double: Int, level: Int, using generator: inout SeededGenerator
    ) {
        for (from, to) in zip(
            incoming(unit: unit, level: level), incoming(unit: double, level: level))
        {
            parameters[to] = parameters[from]
        }
        parameters[.bias(layer: level - 1, unit: double)] =
            parameters[.bias(layer: level - 1, unit: unit)]
        let top = parameters.shape.layerCount - 1
        for (first, second) in zip(
            outgoing(unit: unit, level: level), outgoing(unit: double, level: level))
        {
            let bound =
                first.layer == top
                ? 0.01
                : Self.hiddenBound(
                    activation, fanIn: parameters.shape.inputCount(ofLayer: first.layer),
                    fanOut: parameters.shape.unitCounts[first.layer + 2])
            let weight = bound * (2 * generator.nextUniform() - 1)
            parameters[first] = weight
            parameters[second] = -weight
        }
    }

    /// Adds copies of units, which take over a share of the originals' outgoing weights.
    ///
    /// A copy says what its original says, so the gradients of their outgoing weights are equal and
    /// the moments are right as they are; those of the incoming ones go with the share.
    private mutating func copyUnits(
        level: Int, units: Int, using generator: inout SeededGenerator
    ) {
        let count = parameters.shape.unitCounts[level]
        var origins = Array(0..<count)
        for _ in 0..<units { origins.append(generator.nextIndex(below: origins.count)) }
        for unit in count..<count + units {
            // Copies of copies are made one by one, each of what the network then is.
            let present = (0..<unit).map(Optional.some)
            rearrange(level: level, present + [origins[unit]])
            let share = 0.25 + 0.5 * generator.nextUniform()
            for (index, part) in [(origins[unit], 1 - share), (unit, share)] {
                for position in outgoing(unit: index, level: level) { parameters[position] *= part }
                parameters.scaleUnit(index, layer: level - 1, by: 1, momentsBy: part)
            }
        }
    }
}
