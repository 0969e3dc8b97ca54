import Kernels
import Randomness

/// Layers that come and go.
extension Network {
    /// Adds a hidden layer that keeps the function.
    ///
    /// Behind ReLU, whose values are never negative, units that pass on what they get are as good as
    /// none, and units beyond them start with outgoing weights of zero. Any other activation would
    /// bend what it passes on, and fewer units cannot pass all on; then the layer above goes on
    /// reading what it read and reads the new units beside it, with weights of zero at first.
    ///
    /// - Source: Chen, Goodfellow, Shlens, "Net2Net", 2016, section 3.2; Fahlman, Lebiere, "The
    ///   Cascade-Correlation Learning Architecture", 1990, for the layer beside.
    mutating func insertLayer(
        _ layer: Int, units: Int?, limits: StructureLimits, using generator: inout SeededGenerator
    ) throws(EditRefusal) {
        guard layer >= 0, layer <= hidden.count else {
            throw EditRefusal(
                "layer \(layer) cannot be inserted; the new layer's index is from 0 to "
                    + "\(hidden.count) in this network")
        }
        guard hidden.count < limits.maxLayers else {
            throw EditRefusal(
                "the network has \(hidden.count) hidden layers, structure.max_layers is "
                    + "\(limits.maxLayers); remove one first, or raise it")
        }
        let below = parameters.shape.unitCounts[layer]
        let count = units ?? min(max(below, limits.minUnits), limits.maxUnits)
        guard count >= limits.minUnits, count <= limits.maxUnits else {
            throw EditRefusal(
                "a layer of \(count) units: structure.min_units is \(limits.minUnits), "
                    + "structure.max_units is \(limits.maxUnits); send a width between them")
        }
        let passesOn =
            activation == .relu && layer > 0 && count >= below
            && parameters.shape.sources[layer...].allSatisfy { $0 >= layer }
        try checkParameters(limits, inserting: layer, units: count, passesOn: passesOn)
        let sources = parameters.shape.sources
        var levels = levelOrigins
        let passed = (0..<count).map { $0 < below ? Optional($0) : nil }
        levels.insert(
            LevelOrigin(
                unitCount: count, incoming: nil,
                outgoing: passesOn ? .init(level: layer, units: passed) : nil),
            at: layer + 1)
        // What reads the level below the new one reads the new one as well.
        let moved = sources[layer...].map { passesOn || $0 > layer ? $0 + 1 : $0 }
        rewire(levels, sources: sources[..<layer] + [layer] + moved)
        for unit in 0..<count {
            if passesOn, unit < below {
                parameters[.weight(layer: layer, unit: unit, input: unit)] = 1
            } else {
                drawIncoming(unit: unit, level: layer + 1, using: &generator)
            }
        }
    }

    /// Asked before memory is taken for the layer.
    private func checkParameters(
        _ limits: StructureLimits, inserting layer: Int, units: Int, passesOn: Bool
    ) throws(EditRefusal) {
        let shape = parameters.shape
        let below = shape.unitCounts[layer]
        var count = parameterCount + (below + 1) * units
        if passesOn {
            count += (units - below) * shape.unitCounts[layer + 1]
        } else {
            for reader in readers(ofLevel: layer) { count += units * shape.unitCounts[reader + 1] }
        }
        try limits.check(parameters: count)
    }

    /// Takes a hidden layer out. Each unit is replaced by the straight line through its activations
    /// on the samples, and the lines are folded into the layers that read it.
    ///
    /// A unit that never bends, as one that passes on what it gets, is folded exactly, and one with
    /// outgoing weights of zero leaves no trace.
    mutating func removeLayer(_ layer: Int, samples: ReferenceSamples) {
        let shape = parameters.shape
        let level = layer + 1
        let lines = lines(ofLayer: layer, samples: samples)
        let folds = readers(ofLevel: level).map { fold(level: level, into: $0, lines) }
        let readers = readers(ofLevel: level)
        var levels = levelOrigins
        levels.remove(at: level)
        var sources = shape.sources
        for reader in readers { sources[reader] = min(sources[reader], sources[layer]) }
        for index in sources.indices where sources[index] > level { sources[index] -= 1 }
        sources.remove(at: layer)
        rewire(levels, sources: sources)
        for (reader, fold) in zip(readers, folds) {
            let offset = parameters.shape.unitCounts[sources[reader - 1]..<shape.sources[layer]]
                .reduce(0, +)
            for (unit, values) in fold.enumerated() {
                parameters[.bias(layer: reader - 1, unit: unit)] += values[values.count - 1]
                for (input, value) in values.dropLast().enumerated() {
                    let position = ParameterPosition.weight(
                        layer: reader - 1, unit: unit, input: offset + input)
                    if !parameters.isCut(position) { parameters[position] += value }
                }
            }
            // The moments of the weights that were folded in start from zero.
            if shape.sources[reader] == level { parameters.renewUnits(level: reader) }
        }
        parking.keep(levels: identities.levels, units: identities.units)
        parameters.dropEmptyCuts()
    }

    /// What the weighted sums of `reader` get through a level, as weights of the inputs of the
    /// level's own layer, the bias last: `[units, inputs + 1]`.
    private func fold(level: Int, into reader: Int, _ lines: [Line]) -> [[Float]] {
        let inputCount = parameters.shape.inputCount(ofLayer: level - 1)
        return (0..<parameters.shape.unitCounts[reader + 1]).map { target in
            var sums = [Double](repeating: 0, count: inputCount + 1)
            for (unit, line) in lines.enumerated() {
                let input = input(ofUnit: unit, level: level, inLayer: reader)
                let weight = Double(
                    parameters[.weight(layer: reader, unit: target, input: input)])
                if weight == 0 { continue }
                let bias = Double(parameters[.bias(layer: level - 1, unit: unit)])
                sums[inputCount] += weight * (line.slope * bias + line.intercept)
                for input in 0..<inputCount {
                    sums[input] +=
                        weight * line.slope
                        * Double(parameters[.weight(layer: level - 1, unit: unit, input: input)])
                }
            }
            return sums.map { Float($0) }
        }
    }

    /// A unit's activation as a line over its weighted sum.
    fileprivate struct Line {
        var slope: Double
        var intercept: Double
    }

    /// The lines of least squares through the activations of a layer.
    private func lines(ofLayer layer: Int, samples: ReferenceSamples) -> [Line] {
        let units = 0..<hidden[layer]
        guard !samples.isEmpty else { return units.map { _ in activation.line } }
        let shape = parameters.shape
        let inputCount = shape.inputCount(ofLayer: layer)
        let weights = units.map { unit in
            (0..<inputCount).map { parameters[.weight(layer: layer, unit: unit, input: $0)] }
        }
        var moments = units.map { _ in LineMoments() }
        var probe = self.probe(ReferenceSamples())
        for sample in samples.samples {
            probe.look(inputs: sample.inputs.span, targets: sample.targets.span)
            let inputs = (shape.sources[layer]...layer).flatMap(probe.lastActivations)
            let values = probe.lastActivations(level: layer + 1)
            for unit in units {
                var sum = Double(parameters[.bias(layer: layer, unit: unit)])
                for input in 0..<inputCount {
                    sum += Double(weights[unit][input]) * Double(inputs[input])
                }
                moments[unit].add(sum, Double(values[unit]))
            }
        }
        return moments.map { moments in
            moments.line.map { Line(slope: $0.slope, intercept: $0.intercept) } ?? activation.line
        }
    }

    /// Sums for a line of least squares.
    private struct LineMoments {
        private var count = 0.0
        private var meanX = 0.0
        private var meanY = 0.0
        private var squares = 0.0
        private var products = 0.0

        /// - Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares", 1962.
        mutating func add(_ x: Double, _ y: Double) {
            count += 1
            let distance = x - meanX
            meanX += distance / count
            meanY += (y - meanY) / count
            squares += distance * (x - meanX)
            products += distance * (y - meanY)
        }

        var line: (slope: Double, intercept: Double)? {
            guard count > 0 else { return nil }
            let slope = squares > 1e-12 ? products / squares : 0
            return (slope, meanY - slope * meanX)
        }
    }
}

extension Activation {
    /// The activation as a line over sums around 0, for want of samples.
    fileprivate var line: Network.Line {
        switch self {
        case .relu, .leakyReLU: .init(slope: 0.5, intercept: 0)
        case .tanh: .init(slope: 1, intercept: 0)
        case .sigmoid: .init(slope: 0.25, intercept: 0.5)
        }
    }
}
