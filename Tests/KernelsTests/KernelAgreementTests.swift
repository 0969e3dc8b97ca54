import Testing

@testable import Kernels

@Suite("Kernels of every level")
struct KernelAgreementTests {
    static let levels = KernelLevel.allCases.filter(\.isAvailable)

    /// From one of each to odd sizes around the lane count, both layouts, all tile sizes.
    static let shapes: [[Int]] = [
        [1, 1], [0, 2], [1, 1, 1], [3, 2, 1], [15, 17, 2], [16, 16, 16], [17, 33, 1],
        [33, 15, 31, 5], [5, 64, 18, 1], [7, 40, 20, 19], [2, 129, 3],
    ]
    static let rules: [UpdateRule] = [
        .sgd, .momentum(0.9), .nesterov(0.9), .adagrad(epsilon: 1e-8),
        .rmsprop(decay: 0.9, epsilon: 1e-8), .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
    ]

    /// A problem away from the kinks, where Float and Double could take different sides.
    private static func problem(
        _ counts: [Int], _ settings: StepSettings, sampleCount: Int, isSparse: Bool, isAged: Bool
    ) -> (KernelProblem, ReferenceStep.Result)? {
        for seed in UInt64(1)...100 {
            let problem = KernelProblem(
                counts, settings, sampleCount: sampleCount, isSparse: isSparse, isAged: isAged,
                seed: seed)
            let result = ReferenceStep(problem.network, settings).backpropagate(
                inputs: problem.inputs, targets: problem.targets,
                importances: problem.importances)
            if result.distanceToKink > 1e-5 { return (problem, result) }
        }
        return nil
    }

    @Test("a step agrees with the reference in Double", arguments: shapes, rules)
    func agreesWithReference(counts: [Int], rule: UpdateRule) throws {
        let ruleIndex = Self.rules.firstIndex(of: rule) ?? 0
        for (index, loss) in Loss.allCases.enumerated()
        where loss != .logistic || counts.last == 1 {
            for (turn, activation) in Activation.allCases.enumerated() {
                // Sizes of the batch, clipping with decay, and ages take turns.
                let sampleCount = [1, 3, 17][(index + turn + ruleIndex) % 3]
                let isHard = (index + turn) % 2 == 0
                let settings = StepSettings(
                    activation: activation, loss: loss, rule: rule, learningRate: 0.05,
                    weightDecay: isHard ? 0.1 : 0, gradientClip: isHard ? 0.3 : 0)
                let (problem, expected) = try #require(
                    Self.problem(
                        counts, settings, sampleCount: sampleCount, isSparse: !isHard,
                        isAged: index % 3 == 0))
                check(problem, expected)
            }
        }
    }

    @Test(
        "a network that is updated while errors are carried down agrees wherever clipping sets in",
        arguments: [[9, 70, 65, 3], [70, 64, 66, 17, 2]], rules)
    func agreesWhereverClippingSetsIn(counts: [Int], rule: UpdateRule) throws {
        for (turn, activation) in Activation.allCases.enumerated() {
            // From where nothing is clipped, over bounds that only the lower layers exceed, to one
            // that the top layer does.
            for (place, share) in [2, 0.99, 0.8, 0.5, 0.05].enumerated() {
                var settings = StepSettings(
                    activation: activation, loss: .crossEntropy, rule: rule, learningRate: 0.05,
                    weightDecay: (turn + place) % 2 == 0 ? 0 : 0.1)
                let (free, expected) = try #require(
                    Self.problem(
                        counts, settings, sampleCount: 1, isSparse: turn > 1, isAged: false))
                let norm = expected.gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
                settings.gradientClip = Float(share * norm)
                check(free.with(settings), expected)
            }
        }
    }

    private func check(_ problem: KernelProblem, _ expected: ReferenceStep.Result) {
        let positions = problem.network.positions
        var reference = ReferenceStep(problem.network, problem.settings)
        reference.apply(
            expected.gradient, isBias: positions.map { $0.input == nil },
            ages: positions.map { position in
                let unit = problem.network.births[position.layer + 1][position.unit]
                let input = position.input.map { problem.network.births[position.layer][$0] }
                return 41 - max(unit, input ?? 0)
            },
            // Units that began with the moments are as RMSprop has them, and so are all of one age.
            correctedBelow: problem.network.commonBirth == nil ? 41 : 0)
        for level in Self.levels {
            var stepped = problem
            let outcome = stepped.step(level)
            compare(stepped, outcome, expected, reference, level)
        }
    }

    private func compare(
        _ stepped: KernelProblem, _ outcome: StepOutcome, _ expected: ReferenceStep.Result,
        _ reference: ReferenceStep, _ level: KernelLevel
    ) {
        let positions = stepped.network.positions
        let counts = reference.counts
        // Each level rounds a sum of its inputs, a function of a few roundings and what the level
        // below brings, up and down. The largest gradient says how large the terms are.
        let roundings = Double(2 * counts.reduce(0) { $0 + $1 + 12 } + stepped.inputs.count)
        let scale = max(1, expected.loss, expected.gradient.reduce(0) { max($0, abs($1)) })
        let gradientError = roundings * scale * Double(Float.ulpOfOne) / 2
        #expect(outcome.applied)
        #expect(abs(Double(outcome.loss) - expected.loss) <= gradientError)
        let norm = expected.gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let share = Double(positions.count).squareRoot()
        #expect(abs(Double(outcome.gradientNorm) - norm) <= gradientError * share + 1e-6 * norm)
        // Squares are 0.45 at least, so no rule moves a weight by more than 2 · rate for each unit
        // of its gradient; Adam's corrections of young units magnify its moment's part up to
        // tenfold, and the moment's share of the gradient is a tenth. Eight operations more round.
        let weightError = 2 * 0.05 * gradientError + 16 * Double(Float.ulpOfOne)
        // A square's moment adds the square of an error and twice the gradient times the error.
        let squareError =
            gradientError * (2 * scale + gradientError) + 8 * Double(Float.ulpOfOne) * scale * scale
        // Each as a share of its tolerance.
        var (weights, first, second) = (0.0, 0.0, 0.0)
        for (index, position) in positions.enumerated() {
            let expected = reference.parameters[index]
            let error = abs(Double(stepped.network[position]) - expected)
            weights = max(weights, error / (max(1, abs(expected)) * weightError))
            if let moment = stepped.network.firstMoment(at: position) {
                let error = abs(Double(moment) - reference.first[index])
                first = max(first, error / (gradientError + 2 * Double(Float.ulpOfOne)))
            }
            if let moment = stepped.network.secondMoment(at: position) {
                second = max(second, abs(Double(moment) - reference.second[index]) / squareError)
            }
        }
        let what: Comment = "\(level), \(counts), \(stepped.inputs.count), \(stepped.settings)"
        #expect(weights <= 1, what)
        #expect(first <= 1, what)
        #expect(second <= 1, what)
    }

    @Test("x86-64-v3 and v4 give the same bits over many steps", arguments: shapes, rules)
    func fusedLevelsAgree(counts: [Int], rule: UpdateRule) {
        guard Self.levels.contains(.v4) else { return }
        for activation in Activation.allCases {
            for sampleCount in [1, 2, 33] {
                for clip: Float in [0, 0.5] {
                    let settings = StepSettings(
                        activation: activation, loss: counts.last == 1 ? .logistic : .crossEntropy,
                        rule: rule, learningRate: 0.01, weightDecay: 0, gradientClip: clip)
                    var narrow = KernelProblem(
                        counts, settings, sampleCount: sampleCount, isAged: clip > 0, seed: 3)
                    var wide = narrow
                    for _ in 0..<5 {
                        #expect(narrow.step(.v3) == wide.step(.v4))
                    }
                    #expect(narrow.stateBytes == wide.stateBytes)
                }
            }
        }
    }

    @Test(
        "whether a step is fused with the backward pass changes no bit",
        arguments: shapes, rules)
    func fusingChangesNothing(counts: [Int], rule: UpdateRule) {
        for level in Self.levels {
            for activation in Activation.allCases {
                for sampleCount in [1, 20] {
                    let settings = StepSettings(
                        activation: activation, loss: .squared, rule: rule, learningRate: 0.01)
                    var fused = KernelProblem(
                        counts, settings, sampleCount: sampleCount, seed: 5)
                    var careful = fused
                    let outcome = fused.step(level)
                    // A bound just above the gradient clips nothing, but rules nothing out either.
                    let again = careful.step(level, clip: outcome.gradientNorm * 1.000001)
                    #expect(outcome == again)
                    #expect(fused.stateBytes == careful.stateBytes)
                }
            }
        }
    }

    @Test("the same steps give the same bits in every run", arguments: levels)
    func repeats(level: KernelLevel) {
        for counts in Self.shapes {
            let settings = StepSettings(
                activation: .relu, loss: .squared, rule: .sgd, learningRate: 0.01)
            var one = KernelProblem(counts, settings, sampleCount: 4, seed: 9)
            var other = KernelProblem(counts, settings, sampleCount: 4, seed: 9)
            for _ in 0..<3 { #expect(one.step(level) == other.step(level)) }
            #expect(one.stateBytes == other.stateBytes)
        }
    }
}
