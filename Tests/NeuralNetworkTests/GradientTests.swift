import NeuralNetwork
import Testing

@Suite("Gradients")
struct GradientTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let activation: Activation
        let loss: Loss
        let hidden: [Int]

        var testDescription: String { "\(activation), \(loss), hidden \(hidden)" }
    }

    static let depths: [[Int]] = [[], [7], [7, 4], [5, 6, 3]]

    static let cases = Activation.allCases.flatMap { activation in
        Loss.allCases.flatMap { loss in
            depths.map { Case(activation: activation, loss: loss, hidden: $0) }
        }
    }

    /// Each parameter is moved this far both ways.
    private static let step = 1e-5

    @Test(
        "an SGD step of rate 1 subtracts the gradient by central differences",
        arguments: cases, [1, 4])
    func agreesWithCentralDifferences(_ item: Case, sampleCount: Int) throws {
        var problem = try #require(Self.smoothProblem(item, sampleCount: sampleCount))
        check(&problem)
    }

    @Test(
        "gradients are right on both sides of a full block of lanes",
        arguments: [1, 7, 15, 16, 17, 33], Activation.allCases)
    func agreesAroundTheLaneCount(width: Int, activation: Activation) throws {
        for loss in [Loss.crossEntropy, .squared] {
            let item = Case(activation: activation, loss: loss, hidden: [width])
            for sampleCount in [1, 3] {
                var problem = try #require(
                    Self.smoothProblem(
                        item, inputCount: width, outputCount: width, sampleCount: sampleCount))
                check(&problem)
            }
        }
    }

    /// Compares every parameter's change with the numeric gradient.
    private func check(_ problem: inout Problem) {
        let reference = ReferenceNetwork(problem.network)
        let inputs = problem.inputs.map { $0.map(Double.init) }
        let targets = problem.targets.map { $0.map(Double.init) }
        let importances = problem.importances.map(Double.init)
        let expected = reference.gradient(
            inputs: inputs, targets: targets, importances: importances, step: Self.step)
        let expectedLoss = reference.loss(
            inputs: inputs, targets: targets, importances: importances)
        let before = problem.network.values

        let outcome = problem.learn(rate: 1)

        // Float rounds each sum on the way, at most fan-in + 8 roundings per level, up and down;
        // the largest gradient or loss says how large the terms are. Central differences in Double
        // add step² times the third derivative, below 1e-8 at weights of this size.
        let roundings = 2 * reference.counts.reduce(0) { $0 + $1 + 8 }
        let scale = max(1, expected.reduce(0) { max($0, abs($1)) }, expectedLoss)
        let tolerance = Double(roundings) * scale * Double(Float.ulpOfOne) / 2 + 1e-8
        for (index, value) in problem.network.values.enumerated() {
            let change = Double(before[index]) - Double(value)
            #expect(abs(change - expected[index]) <= tolerance, "parameter \(index)")
        }
        #expect(outcome.applied)
        #expect(abs(Double(outcome.loss) - expectedLoss) <= tolerance)
        // A norm differs by no more than the norm of the differences.
        let norm = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let share = Double(expected.count).squareRoot()
        #expect(abs(Double(outcome.gradientNorm) - norm) <= tolerance * share)
    }

    /// A problem whose kinks (ReLU, absolute, Huber) lie far from every point that the
    /// differences visit, from the first seed that has one.
    private static func smoothProblem(
        _ item: Case, inputCount: Int = 5, outputCount: Int? = nil, sampleCount: Int
    ) -> Problem? {
        for seed in UInt64(1)...500 {
            let problem = Problem(
                inputCount: inputCount, hidden: item.hidden, activation: item.activation,
                loss: item.loss, outputCount: outputCount, optimizer: .unclipped(.sgd),
                sampleCount: sampleCount, seed: seed)
            if distanceToKink(problem) > 20 * step { return problem }
        }
        return nil
    }

    private static func distanceToKink(_ problem: Problem) -> Double {
        let reference = ReferenceNetwork(problem.network)
        var distance = Double.infinity
        for (input, targets) in zip(problem.inputs, problem.targets) {
            let sums = reference.weightedSums(input.map(Double.init))
            for z in sums.dropLast().joined() { distance = min(distance, abs(z)) }
            guard !problem.network.loss.isClassification else { continue }
            for (value, target) in zip(sums.last ?? [], targets) {
                let error = abs(value - Double(target))
                distance = min(distance, error, abs(error - 1))
            }
        }
        return distance
    }
}
