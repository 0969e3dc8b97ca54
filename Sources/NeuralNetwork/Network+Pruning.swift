import Kernels
import Randomness

/// Units that go.
extension Network {
    /// Takes units of a hidden level out and parks them.
    ///
    /// - Parameters:
    ///   - indices: Not all of the level's units, each once.
    ///   - substitute: What makes up for them, in the order of `indices`; `nil`: nothing does.
    mutating func removeUnits(_ indices: [Int], level: Int, substitute: Substitute?) {
        let count = parameters.shape.unitCounts[level]
        let names = identities.units[level]
        var leaves = [Bool](repeating: false, count: count)
        for (place, unit) in indices.enumerated() {
            leaves[unit] = true
            var parked = parked(unit: unit, level: level)
            if let substitute {
                parked.mean = substitute.constants[place]
                parked.helpers = substitute.helpers.map { names[$0] }
                parked.shares = substitute.shares[place]
            }
            compensate(for: unit, level: level, mean: parked.mean)
            for (helper, share) in zip(substitute?.helpers ?? [], parked.shares) {
                addOutgoing(of: unit, times: share, to: helper, level: level)
            }
            parking.park(parked)
        }
        rearrange(level: level, (0..<count).filter { !leaves[$0] })
        parking.keep(levels: identities.levels, units: identities.units)
        parameters.dropEmptyCuts()
    }

    /// Adds a multiple of the weights out of one unit to those out of another of its level; cut
    /// connections stay cut.
    mutating func addOutgoing(of unit: Int, times share: Float, to helper: Int, level: Int) {
        guard share != 0 else { return }
        let sources = outgoing(unit: unit, level: level)
        for (source, place) in zip(sources, outgoing(unit: helper, level: level))
        where !parameters.isCut(place) {
            parameters[place] += share * parameters[source]
        }
    }

    /// Adds what a unit says in the mean to the biases that it will be missed by; a negative `mean`
    /// takes it away.
    mutating func compensate(for unit: Int, level: Int, mean: Float) {
        guard mean != 0 else { return }
        for position in outgoing(unit: unit, level: level) {
            parameters[.bias(layer: position.layer, unit: position.unit)] +=
                mean * parameters[position]
        }
    }

    private func parked(unit: Int, level: Int) -> ParkingLot.Unit {
        let sources = outgoing(unit: unit, level: level)
        return ParkingLot.Unit(
            level: identities.levels[level],
            inputs: inputNames(ofLayer: level - 1),
            incoming: incoming(unit: unit, level: level).map { parameters[$0] },
            bias: parameters[.bias(layer: level - 1, unit: unit)],
            targets: sources.map { identities.units[$0.layer + 1][$0.unit] },
            outgoing: sources.map { parameters[$0] })
    }

    /// The names of all units that a layer reads, in the order of its inputs.
    func inputNames(ofLayer layer: Int) -> [Int] {
        (parameters.shape.sources[layer]...layer).flatMap { identities.units[$0] }
    }

    /// How useful each unit of a layer is: `mean |h| · Σ |w_out|` where there are samples, else
    /// `‖w_in‖ · ‖w_out‖`.
    ///
    /// - Source: Dohare et al., "Loss of Plasticity in Deep Continual Learning", 2024, methods.
    func utilities(ofLayer layer: Int, samples: ReferenceSamples) -> [Float] {
        guard !samples.isEmpty else { return magnitudes(ofLayer: layer) }
        let spoken = probe(samples).meanMagnitudes(level: layer + 1)
        return hidden.indices.contains(layer)
            ? (0..<hidden[layer]).map { unit in
                spoken[unit]
                    * outgoing(unit: unit, level: layer + 1).reduce(0) {
                        $0 + abs(parameters[$1])
                    }
            } : []
    }

    private func magnitudes(ofLayer layer: Int) -> [Float] {
        (0..<hidden[layer]).map { unit in
            let squares = [
                incoming(unit: unit, level: layer + 1) + [.bias(layer: layer, unit: unit)],
                outgoing(unit: unit, level: layer + 1),
            ].map { $0.reduce(Float(0)) { $0 + parameters[$1] * parameters[$1] } }
            return (squares[0] * squares[1]).squareRoot()
        }
    }

    func leastUseful(in layer: Int, count: Int, samples: ReferenceSamples) -> [Int] {
        Self.lowest(count, of: utilities(ofLayer: layer, samples: samples))
    }

    /// The indices of the lowest scores; of equal ones the first.
    static func lowest(_ count: Int, of scores: [Float]) -> [Int] {
        let order = scores.indices.sorted {
            scores[$0] != scores[$1] ? scores[$0] < scores[$1] : $0 < $1
        }
        return Array(order.prefix(count))
    }

    mutating func prune(
        _ pruning: Pruning, limits: StructureLimits, samples: ReferenceSamples,
        outcome: inout EditOutcome
    ) throws(EditRefusal) {
        try pruning.check()
        guard pruning.criterion == .magnitude || !samples.isEmpty else {
            throw EditRefusal(
                "prune by gradient needs recent samples and there are none; learn some first, or "
                    + "prune by magnitude")
        }
        switch pruning.scope {
        case .units:
            try pruneUnits(pruning, limits: limits, samples: samples, outcome: &outcome)
        case .connections:
            cutConnections(pruning, limits: limits, samples: samples, outcome: &outcome)
        }
    }

    private mutating func pruneUnits(
        _ pruning: Pruning, limits: StructureLimits, samples: ReferenceSamples,
        outcome: inout EditOutcome
    ) throws(EditRefusal) {
        guard !hidden.isEmpty else {
            throw EditRefusal("prune units: the network has no hidden layer and so no units")
        }
        let probe = self.probe(samples)
        var chosen: [[Int]] = []
        for layer in hidden.indices {
            let scores =
                pruning.criterion == .magnitude
                ? magnitudes(ofLayer: layer) : probe.saliencies(level: layer + 1)
            let count = pruning.count(among: scores)
            // A layer that is as narrow as it may be is passed over, unless none can be pruned.
            if count > 0, hidden[layer] > limits.minUnits || hidden.count == 1 {
                try limits.check(layer: layer, units: hidden[layer], minus: count)
                chosen.append(Self.lowest(count, of: scores))
            } else {
                chosen.append([])
            }
        }
        let substitutes = chosen.enumerated().map { layer, units in
            substitute(for: units, level: layer + 1, samples: samples)
        }
        for (layer, units) in chosen.enumerated() where !units.isEmpty {
            removeUnits(units, level: layer + 1, substitute: substitutes[layer])
            outcome.unitCount += units.count
        }
        if outcome.unitCount == 0, case .fraction = pruning.amount {
            throw EditRefusal(
                "prune units: every hidden layer of \(hidden) is at structure.min_units, "
                    + "\(limits.minUnits); lower it, or remove a layer")
        }
    }
}

extension Pruning {
    fileprivate func check() throws(EditRefusal) {
        switch amount {
        case .fraction(let fraction):
            // NaN fails the comparison.
            guard fraction > 0, fraction <= 1 else {
                throw EditRefusal("fraction \(fraction): send a number above 0, at most 1")
            }
        case .threshold(let threshold):
            guard threshold >= 0, threshold.isFinite else {
                throw EditRefusal("threshold \(threshold): send a number that is at least 0")
            }
        }
    }

    /// How many of these scores go: of a share at least one.
    func count(among scores: [Float]) -> Int {
        switch amount {
        case .fraction(let fraction):
            scores.isEmpty ? 0 : max(1, Int((fraction * Double(scores.count)).rounded()))
        case .threshold(let threshold):
            scores.reduce(0) { $0 + (Double($1) < threshold ? 1 : 0) }
        }
    }
}
