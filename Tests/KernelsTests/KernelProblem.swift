import Randomness
import StateCoding

@testable import Kernels

/// A network with moments and samples for it, drawn from a seed.
struct KernelProblem {
    var network: NetworkParameters
    private(set) var settings: StepSettings
    let inputs: [[Float]]
    let targets: [[Float]]
    let importances: [Float]

    /// Moments are drawn as well, squares from `[0.5, 1]`, so that no step divides by a number
    /// that is mostly rounding. Half of the inputs are zero when `isSparse`.
    init(
        _ counts: [Int], _ settings: StepSettings, sampleCount: Int, isSparse: Bool = false,
        isAged: Bool = false, seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        var network = NetworkParameters(
            shape: NetworkShape(unitCounts: counts), rule: settings.rule)
        let fanIn = counts.dropLast().max() ?? 1
        network.draw(from: &generator, spread: (3 / Float(max(4, fanIn))).squareRoot())
        let shape = network.shape
        shape.forEachIndex { index in
            if !network.firstMoments.isEmpty {
                network.firstMoments[index] = generator.nextUniform() - 0.5
            }
            if !network.secondMoments.isEmpty {
                network.secondMoments[index] = 0.5 + generator.nextUniform() / 2
            }
        }
        network.stepCount = 40
        if isAged {
            network.births = network.births.map { level in
                level.map { _ in generator.nextIndex(below: 40) }
            }
        }
        self.network = network
        self.settings = settings
        inputs = (0..<sampleCount).map { _ in
            (0..<counts[0]).map { _ in
                isSparse && generator.nextUniform() < 0.5 ? 0 : Float(generator.nextNormal())
            }
        }
        let outputCount = counts[counts.count - 1]
        targets = (0..<sampleCount).map { _ in
            switch settings.loss {
            case .logistic: [Float(generator.nextIndex(below: 2))]
            case .crossEntropy: [Float(generator.nextIndex(below: outputCount))]
            default: (0..<outputCount).map { _ in Float(generator.nextNormal()) }
            }
        }
        importances = (0..<sampleCount).map { _ in 0.5 + generator.nextUniform() }
    }

    /// The same network and samples with other settings, whose rule keeps the same moments.
    func with(_ settings: StepSettings) -> KernelProblem {
        var copy = self
        copy.settings = settings
        return copy
    }

    /// Makes one step with all samples.
    mutating func step(_ level: KernelLevel, clip: Float? = nil) -> StepOutcome {
        var workspace = Workspace(level: level)
        var settings = settings
        if let clip { settings.gradientClip = clip }
        let inputs = inputs.flatMap { $0 }
        let targets = targets.flatMap { $0 }
        let importances = importances
        return network.step(
            inputs: inputs.span, targets: targets.span, importances: importances.span,
            settings: settings, using: &workspace)
    }

    /// The complete state, to the last bit.
    var stateBytes: [UInt8] {
        var writer = StateWriter()
        network.encode(to: &writer)
        return writer.bytes
    }
}
