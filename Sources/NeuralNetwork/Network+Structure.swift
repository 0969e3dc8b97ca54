import Kernels
import Randomness

extension Network {
    /// Changes the structure. To undo it, keep a copy of the network: it is the same to the last
    /// bit.
    ///
    /// - Parameters:
    ///   - edit: What to do.
    ///   - limits: What the result must keep to.
    ///   - samples: Recent samples, held out of learning if possible. Utilities, means and gradients
    ///     are taken from them; without any, magnitudes of weights stand in, and what cannot do
    ///     without is refused.
    ///   - generator: Source of new weights and of choices.
    /// - Throws: ``EditRefusal``, with nothing changed, the generator neither.
    public mutating func edit(
        _ edit: StructureEdit, limits: StructureLimits, samples: ReferenceSamples,
        using generator: inout SeededGenerator
    ) throws(EditRefusal) -> EditOutcome {
        let before = self
        var changed = self
        var draws = generator
        let samples = affordable(samples, passes: 4)
        var outcome = EditOutcome(
            hidden: .init(before: hidden, after: hidden),
            parameters: .init(before: parameterCount, after: parameterCount),
            nonzeroParameters: .init(
                before: nonzeroParameterCount, after: nonzeroParameterCount))
        try changed.apply(edit, limits: limits, samples: samples, outcome: &outcome, using: &draws)
        try changed.check(limits, comparedWith: before)
        outcome.hidden.after = changed.hidden
        outcome.parameters.after = changed.parameterCount
        outcome.nonzeroParameters.after = changed.nonzeroParameterCount
        if !samples.isEmpty {
            let earlier = before.outputs(samples)
            let later = changed.outputs(samples)
            outcome.largestOutputChange = zip(earlier, later).reduce(0) {
                max($0, abs($1.0 - $1.1))
            }
            let count = Double(samples.samples.count)
            outcome.loss = .init(
                before: losses(earlier, samples).reduce(0, +) / count,
                after: losses(later, samples).reduce(0, +) / count)
        }
        self = changed
        generator = draws
        return outcome
    }

    private mutating func apply(
        _ edit: StructureEdit, limits: StructureLimits, samples: ReferenceSamples,
        outcome: inout EditOutcome, using generator: inout SeededGenerator
    ) throws(EditRefusal) {
        switch edit {
        case .grow(let layer, let units, let method):
            try checkLayer(layer)
            try limits.check(layer: layer, units: hidden[layer], plus: units)
            try checkParameters(limits, growing: layer, by: units)
            grow(layer: layer, units: units, method: method, using: &generator)
            outcome.unitCount = units
        case .shrink(let layer, let units):
            try checkLayer(layer)
            try limits.check(layer: layer, units: hidden[layer], minus: units)
            let least = leastUseful(in: layer, count: units, samples: samples)
            removeUnits(
                least, level: layer + 1,
                substitute: substitute(for: least, level: layer + 1, samples: samples))
            outcome.unitCount = units
        case .insertLayer(let layer, let units):
            try insertLayer(layer, units: units, limits: limits, using: &generator)
        case .removeLayer(let layer):
            try checkLayer(layer)
            removeLayer(layer, samples: samples)
        case .prune(let pruning):
            try prune(pruning, limits: limits, samples: samples, outcome: &outcome)
        case .restore(let method, let fraction):
            try restore(
                method, fraction: fraction, limits: limits, samples: samples, outcome: &outcome,
                using: &generator)
        case .refresh(let fraction):
            try refresh(fraction: fraction, samples: samples, outcome: &outcome, using: &generator)
        }
    }

    func checkLayer(_ layer: Int) throws(EditRefusal) {
        guard hidden.indices.contains(layer) else {
            throw EditRefusal(
                hidden.isEmpty
                    ? "layer \(layer): the network has no hidden layer; insert_layer adds one"
                    : "layer \(layer) does not exist; the network has the hidden layers 0 to "
                        + "\(hidden.count - 1), send one of them")
        }
    }

    /// Asked before memory is taken for the units.
    private func checkParameters(
        _ limits: StructureLimits, growing layer: Int, by units: Int
    ) throws(EditRefusal) {
        let shape = parameters.shape
        let readers = (layer + 1..<shape.layerCount).filter { shape.sources[$0] <= layer + 1 }
        let perUnit =
            shape.inputCount(ofLayer: layer) + 1
            + readers.reduce(0) { $0 + shape.unitCounts[$1 + 1] }
        try limits.check(parameters: parameterCount + perUnit * units)
    }

    /// What no single edit looked at.
    private func check(
        _ limits: StructureLimits, comparedWith before: Network
    ) throws(EditRefusal) {
        // A network that is too large already may still be made smaller.
        if parameterCount > before.parameterCount { try limits.check(parameters: parameterCount) }
        guard parameters.weights.isFinite else {
            throw EditRefusal("the edit would make a weight infinite; nothing was changed")
        }
    }
}

extension StructureLimits {
    func check(parameters: Int) throws(EditRefusal) {
        guard let maxParameters, parameters > maxParameters else { return }
        throw EditRefusal(
            "the network would have \(parameters) parameters, the budget is \(maxParameters); "
                + "ask for less or raise budget.max_parameters")
    }

    func check(layer: Int, units: Int, plus more: Int) throws(EditRefusal) {
        guard more >= 1 else { throw EditRefusal("\(more) units cannot be added; send at least 1") }
        guard more <= maxUnits - units else {
            throw EditRefusal(
                "layer \(layer) has \(units) units and cannot grow by \(more): "
                    + "structure.max_units is \(maxUnits); ask for less or raise it")
        }
    }

    func check(layer: Int, units: Int, minus fewer: Int) throws(EditRefusal) {
        guard fewer >= 1 else {
            throw EditRefusal("\(fewer) units cannot be taken away; send at least 1")
        }
        guard fewer <= units - minUnits else {
            throw EditRefusal(
                "layer \(layer) has \(units) units and cannot lose \(fewer): "
                    + "structure.min_units is \(minUnits); ask for less, or remove the layer")
        }
    }
}
