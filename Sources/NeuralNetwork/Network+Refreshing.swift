import Kernels
import Randomness

/// Units that are started anew, so that the network stays able to learn.
extension Network {
    /// Updates before a unit may be judged.
    static let maturity = 100
    /// A unit that says less than this share of what its layer says in the mean is dormant.
    static let dormancy: Float = 0.025

    /// Share of the hidden units that are dormant on the samples; 0 without any.
    ///
    /// - Source: Sokar et al., "The Dormant Neuron Phenomenon in Deep Reinforcement Learning",
    ///   2023, definition 3.1.
    public func dormantShare(_ samples: ReferenceSamples) -> Float {
        let samples = affordable(samples)
        let count = hidden.reduce(0, +)
        guard count > 0, !samples.isEmpty else { return 0 }
        let probe = self.probe(samples)
        let dormant = hidden.indices.reduce(0) { $0 + dormantUnits(ofLayer: $1, probe).count }
        return Float(dormant) / Float(count)
    }

    private func dormantUnits(ofLayer layer: Int, _ probe: NetworkProbe) -> [Int] {
        let spoken = probe.meanMagnitudes(level: layer + 1)
        let mean = spoken.reduce(0, +) / Float(spoken.count)
        return spoken.indices.filter { spoken[$0] <= Self.dormancy * mean }
    }

    /// Makes every weight a little smaller, and Adagrad's sums of squares: weights that only grow
    /// leave units dead or fixed, sums that only grow leave no step, and a network that has seen
    /// much change then learns the next one worse. Nothing is lost by it in a linear model, which
    /// is left alone.
    ///
    /// - Parameter share: What each weight gives up. In `[0, 1]`.
    /// - Source: Ash, Adams, "On Warm-Starting Neural Network Training", 2020, section 4 (without
    ///   the noise).
    public mutating func shrink(by share: Float) {
        guard !hidden.isEmpty, share > 0 else { return }
        let left = 1 - share
        parameters.shrink(weights: left, squares: optimizer.name == .adagrad ? left : 1)
    }

    /// Starts the dormant mature units anew, and those of least utility among the others.
    ///
    /// - Source: Dohare et al., "Loss of Plasticity in Deep Continual Learning", 2024, algorithm 1.
    mutating func refresh(
        fraction: Double, samples: ReferenceSamples, outcome: inout EditOutcome,
        using generator: inout SeededGenerator
    ) throws(EditRefusal) {
        guard fraction > 0, fraction <= 1 else {
            throw EditRefusal("fraction \(fraction): send a number above 0, at most 1")
        }
        guard !hidden.isEmpty else {
            throw EditRefusal("refresh: the network has no hidden layer and so no units")
        }
        for layer in hidden.indices {
            let level = layer + 1
            let probe = self.probe(samples)
            let utilities = self.utilities(ofLayer: layer, samples: samples)
            let mature = (0..<hidden[layer]).filter {
                parameters.age(ofUnit: $0, level: level) >= Self.maturity
            }
            guard !mature.isEmpty else { continue }
            let count = max(1, Int((fraction * Double(mature.count)).rounded()))
            let least = Self.lowest(count, of: mature.map { utilities[$0] }).map { mature[$0] }
            var isChosen = [Bool](repeating: false, count: hidden[layer])
            for unit in least { isChosen[unit] = true }
            if !samples.isEmpty {
                for unit in dormantUnits(ofLayer: layer, probe) where mature.contains(unit) {
                    isChosen[unit] = true
                }
            }
            let means = probe.meanActivations(level: level)
            for unit in isChosen.indices where isChosen[unit] {
                compensate(for: unit, level: level, mean: means[unit])
            }
            rearrange(level: level, isChosen.indices.map { isChosen[$0] ? nil : $0 })
            for unit in isChosen.indices where isChosen[unit] {
                drawIncoming(unit: unit, level: level, using: &generator)
                outcome.unitCount += 1
            }
        }
        parking.keep(levels: identities.levels, units: identities.units)
        parameters.dropEmptyCuts()
        guard outcome.unitCount > 0 else {
            throw EditRefusal(
                "no unit has seen \(Self.maturity) updates yet, so none can be judged; "
                    + "refresh later")
        }
    }
}
