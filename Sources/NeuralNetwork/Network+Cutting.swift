import Glibc
import Kernels

/// Connections that go.
extension Network {
    /// Cuts connections of every layer. Units that no connection leads to or from any more are taken
    /// out, so that no work is left over for them; inputs stay.
    mutating func cutConnections(
        _ pruning: Pruning, limits: StructureLimits, samples: ReferenceSamples,
        outcome: inout EditOutcome
    ) {
        let probe = self.probe(samples, connections: pruning.criterion == .gradient)
        let means = samples.isEmpty ? nil : inputMeans(probe)
        for layer in 0..<parameters.shape.layerCount {
            let live = positions(ofLayer: layer).filter { !parameters.isCut($0) }
            let scores = live.map { position in
                let weight = parameters[position]
                return pruning.criterion == .magnitude
                    ? abs(weight) : weight * weight * probe.gradientSquare(at: position)
            }
            let count = pruning.count(among: scores)
            // The last connections of the last layer stay: without them nothing can be learned.
            let isTop = layer == parameters.shape.layerCount - 1
            let cut = Self.lowest(isTop ? min(count, live.count - 1) : count, of: scores)
            let names = inputNames(ofLayer: layer)
            for index in cut {
                let position = live[index]
                let mean = means?[layer][position.input ?? 0] ?? 0
                let weight = parameters[position]
                parking.park([
                    .init(
                        unit: identities.units[layer + 1][position.unit],
                        input: names[position.input ?? 0], weight: weight, mean: mean)
                ])
                parameters[.bias(layer: layer, unit: position.unit)] += mean * weight
                parameters.setCut(true, at: position)
            }
            outcome.connectionCount += cut.count
        }
        outcome.unitCount += removeLoneUnits(limits: limits)
        parameters.dropEmptyCuts()
    }

    /// Every weight into a layer.
    func positions(ofLayer layer: Int) -> [ParameterPosition] {
        (0..<parameters.shape.unitCounts[layer + 1]).flatMap { unit in
            (0..<parameters.shape.inputCount(ofLayer: layer)).map {
                ParameterPosition.weight(layer: layer, unit: unit, input: $0)
            }
        }
    }

    /// For each layer what its inputs say in the mean.
    func inputMeans(_ probe: NetworkProbe) -> [[Float]] {
        parameters.shape.sources.enumerated().map { layer, source in
            (source...layer).flatMap { probe.meanActivations(level: $0) }
        }
    }

    /// Takes hidden units out that say nothing, or the same to every sample. Neither changes the
    /// function: what is always said goes into the biases.
    private mutating func removeLoneUnits(limits: StructureLimits) -> Int {
        var removed = 0
        for level in 1..<max(1, parameters.shape.layerCount) {
            let units = 0..<parameters.shape.unitCounts[level]
            let constants = units.map { unit in
                activation.value(of: parameters[.bias(layer: level - 1, unit: unit)])
            }
            let lone = units.filter { unit in
                outgoing(unit: unit, level: level).allSatisfy(parameters.isCut)
                    || incoming(unit: unit, level: level).allSatisfy(parameters.isCut)
            }
            let leaving = lone.prefix(max(0, units.count - limits.minUnits))
            guard !leaving.isEmpty else { continue }
            removeUnits(
                Array(leaving), level: level,
                substitute: Substitute(constants: leaving.map { constants[$0] }))
            removed += leaving.count
        }
        return removed
    }
}

extension Activation {
    /// The activation of a weighted sum.
    func value(of sum: Float) -> Float {
        switch self {
        case .relu: max(sum, 0)
        case .leakyReLU: sum < 0 ? 0.01 * sum : sum
        case .tanh: tanhf(sum)
        case .sigmoid: 1 / (1 + expf(-sum))
        }
    }
}
