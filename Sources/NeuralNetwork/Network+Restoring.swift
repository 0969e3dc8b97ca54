import Kernels
import Randomness

/// Units and connections that come back.
extension Network {
    mutating func restore(
        _ method: RestoreMethod, fraction: Double, limits: StructureLimits,
        samples: ReferenceSamples, outcome: inout EditOutcome,
        using generator: inout SeededGenerator
    ) throws(EditRefusal) {
        guard fraction > 0, fraction <= 1 else {
            throw EditRefusal("fraction \(fraction): send a number above 0, at most 1")
        }
        let cuts = parameters.cutCount
        guard !parking.units.isEmpty || cuts > 0 else {
            throw EditRefusal("nothing was pruned that could be restored; prune first")
        }
        let unitCount = Int((fraction * Double(parking.units.count)).rounded(.up))
        let cutCount = Int((fraction * Double(cuts)).rounded(.up))
        switch method {
        case .random:
            restoreUnitsAtRandom(unitCount, limits: limits, outcome: &outcome, using: &generator)
            joinAtRandom(cutCount, outcome: &outcome, using: &generator)
        case .greedy:
            guard !samples.isEmpty else {
                throw EditRefusal(
                    "greedy restore needs samples to judge by and there are none; learn some "
                        + "first, or restore at random")
            }
            restoreBestUnits(unitCount, limits: limits, samples: samples, outcome: &outcome)
            joinBest(cutCount, samples: samples, outcome: &outcome)
        }
        parameters.dropEmptyCuts()
        // Nothing that lowers the loss is an answer, nothing that fits is a refusal.
        if !outcome.isChange, method == .random {
            throw EditRefusal(
                "no parked unit fits within structure.max_units, \(limits.maxUnits), and the "
                    + "budget of parameters; raise them or shrink another layer")
        }
    }

    private mutating func restoreUnitsAtRandom(
        _ count: Int, limits: StructureLimits, outcome: inout EditOutcome,
        using generator: inout SeededGenerator
    ) {
        var rest = Array(parking.units.indices)
        var restored: [Int] = []
        while restored.count < count, !rest.isEmpty {
            let index = rest.remove(at: generator.nextIndex(below: rest.count))
            if bringBack(parking.units[index], limits: limits, withOutgoing: false) {
                restored.append(index)
            }
        }
        parking.removeUnits(restored)
        outcome.unitCount += restored.count
    }

    /// Puts a parked unit into its level again.
    ///
    /// - Returns: `false`, with nothing changed, when its level is gone or full.
    private mutating func bringBack(
        _ unit: ParkingLot.Unit, limits: StructureLimits, withOutgoing: Bool
    ) -> Bool {
        guard let level = identities.levels.firstIndex(of: unit.level), level > 0,
            level < parameters.shape.layerCount
        else { return false }
        let index = parameters.shape.unitCounts[level]
        let perUnit =
            parameters.shape.inputCount(ofLayer: level - 1) + 1
            + readers(ofLevel: level).reduce(0) { $0 + parameters.shape.unitCounts[$1 + 1] }
        guard index < limits.maxUnits,
            limits.maxParameters.map({ parameterCount + perUnit <= $0 }) ?? true
        else { return false }
        rearrange(level: level, (0..<index).map { $0 } + [nil])
        for (input, name) in inputNames(ofLayer: level - 1).enumerated() {
            if let place = unit.inputs.firstIndex(of: name) {
                parameters[.weight(layer: level - 1, unit: index, input: input)] =
                    unit.incoming[place]
            }
        }
        parameters[.bias(layer: level - 1, unit: index)] = unit.bias
        guard withOutgoing else { return true }
        for position in outgoing(unit: index, level: level) {
            let name = identities.units[position.layer + 1][position.unit]
            if let place = unit.targets.firstIndex(of: name) {
                parameters[position] = unit.outgoing[place]
            }
        }
        compensate(for: index, level: level, mean: -unit.mean)
        let names = identities.units[level]
        for (helper, share) in zip(unit.helpers, unit.shares) {
            guard let place = names.firstIndex(of: helper) else { continue }
            addOutgoing(of: index, times: -share, to: place, level: level)
        }
        return true
    }

    /// Brings back one unit after the other, the most promising first, as long as the loss falls.
    private mutating func restoreBestUnits(
        _ count: Int, limits: StructureLimits, samples: ReferenceSamples,
        outcome: inout EditOutcome
    ) {
        guard count > 0 else { return }
        let judges = affordable(samples, passes: 2 * parking.units.count)
        let losses = parking.units.map { unit in
            var candidate = self
            return candidate.bringBack(unit, limits: limits, withOutgoing: true)
                ? Float(candidate.meanLoss(judges)) : Float.infinity
        }
        var loss = meanLoss(judges)
        var restored: [Int] = []
        for index in Self.lowest(losses.count, of: losses) where restored.count < count {
            guard Double(losses[index]) < .infinity else { break }
            var candidate = self
            guard candidate.bringBack(parking.units[index], limits: limits, withOutgoing: true)
            else { continue }
            let after = candidate.meanLoss(judges)
            if after < loss {
                self = candidate
                loss = after
                restored.append(index)
            }
        }
        parking.removeUnits(restored)
        outcome.unitCount += restored.count
    }

    private mutating func joinAtRandom(
        _ count: Int, outcome: inout EditOutcome, using generator: inout SeededGenerator
    ) {
        guard count > 0 else { return }
        var cut = (0..<parameters.shape.layerCount).flatMap { positions(ofLayer: $0) }
            .filter(parameters.isCut)
        for joined in 0..<min(count, cut.count) {
            cut.swapAt(joined, joined + generator.nextIndex(below: cut.count - joined))
            parameters.setCut(false, at: cut[joined])
            forgetConnection(at: cut[joined])
        }
        outcome.connectionCount += min(count, cut.count)
    }

    private mutating func forgetConnection(at position: ParameterPosition) {
        let unit = identities.units[position.layer + 1][position.unit]
        let input = inputNames(ofLayer: position.layer)[position.input ?? 0]
        parking.removeConnections { $0.unit == unit && $0.input == input }
    }

    /// Joins the connections again whose old weights promise the largest fall of the loss, to first
    /// order; fewer, by halves, until the loss does fall.
    private mutating func joinBest(
        _ count: Int, samples: ReferenceSamples, outcome: inout EditOutcome
    ) {
        guard count > 0, !parking.connections.isEmpty else { return }
        let probe = self.probe(samples, connections: true)
        let places = parkedPositions()
        let candidates = parking.connections.indices.filter { places[$0] != nil }
        let promises = candidates.map { index in
            let connection = parking.connections[index]
            guard let position = places[index] else { return Float.infinity }
            let bias = ParameterPosition.bias(layer: position.layer, unit: position.unit)
            return connection.weight
                * (probe.gradient(at: position) - connection.mean * probe.gradient(at: bias))
        }
        var chosen = Self.lowest(count, of: promises).filter { promises[$0] < 0 }
        let loss = meanLoss(samples)
        while !chosen.isEmpty {
            var candidate = self
            for index in chosen.map({ candidates[$0] }) {
                guard let position = places[index] else { continue }
                let connection = parking.connections[index]
                candidate.parameters.setCut(false, at: position)
                candidate.parameters[position] = connection.weight
                candidate.parameters[.bias(layer: position.layer, unit: position.unit)] -=
                    connection.mean * connection.weight
            }
            if candidate.meanLoss(samples) < loss {
                for index in chosen.map({ candidates[$0] }) {
                    if let position = places[index] { candidate.forgetConnection(at: position) }
                }
                self = candidate
                outcome.connectionCount += chosen.count
                return
            }
            chosen = Array(chosen.prefix(chosen.count / 2))
        }
    }

    /// Where each parked connection would lie; `nil` when it is not cut there.
    private func parkedPositions() -> [ParameterPosition?] {
        var layers: [(names: [Int], inputs: [Int])] = []
        for layer in 0..<parameters.shape.layerCount {
            layers.append((identities.units[layer + 1], inputNames(ofLayer: layer)))
        }
        return parking.connections.map { connection in
            for (layer, (names, inputs)) in layers.enumerated() {
                if let unit = names.firstIndex(of: connection.unit),
                    let input = inputs.firstIndex(of: connection.input)
                {
                    let position = ParameterPosition.weight(layer: layer, unit: unit, input: input)
                    return parameters.isCut(position) ? position : nil
                }
            }
            return nil
        }
    }
}
