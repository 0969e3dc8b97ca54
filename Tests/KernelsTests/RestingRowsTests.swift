import Randomness
import StateCoding
import TestSupport
import Testing

@testable import Kernels

/// A wide first layer of which few inputs are not zero, beside a narrow one that has those inputs
/// alone and visits every weight.
@Suite("Rows of inputs that are zero") struct RestingRowsTests {
    static let rules: [UpdateRule] = [
        .adagrad(epsilon: 1e-8), .rmsprop(decay: 0.9, epsilon: 1e-8),
        .adam(beta1: 0, beta2: 0.99, epsilon: 1e-8),
    ]
    /// Where the narrow network's inputs lie among those of the wide one.
    private static let places = [0, 3, 500, 1_023, 1_099]

    private struct Pair {
        var wide: NetworkParameters
        var narrow: NetworkParameters
        let settings: StepSettings
        var workspace = Workspace()
        var generator: SeededGenerator

        init(_ rule: UpdateRule, seed: UInt64) {
            settings = StepSettings(
                activation: .tanh, loss: .squared, rule: rule, learningRate: 0.01)
            generator = SeededGenerator(seed: seed)
            narrow = NetworkParameters(
                shape: NetworkShape(inputCount: places.count, hidden: [20], outputCount: 1),
                rule: rule)
            wide = NetworkParameters(
                shape: NetworkShape(inputCount: 1_100, hidden: [20], outputCount: 1), rule: rule)
            for unit in 0..<20 {
                for (input, place) in places.enumerated() {
                    let value = generator.nextUniform() - 0.5
                    narrow[.weight(layer: 0, unit: unit, input: input)] = value
                    wide[.weight(layer: 0, unit: unit, input: place)] = value
                }
                let value = generator.nextUniform() - 0.5
                narrow[.weight(layer: 1, unit: 0, input: unit)] = value
                wide[.weight(layer: 1, unit: 0, input: unit)] = value
            }
        }

        /// Learns one sample with both; most inputs are zero.
        mutating func learn() {
            var few = [Float](repeating: 0, count: places.count)
            var many = [Float](repeating: 0, count: wide.shape.inputCount)
            for (input, place) in places.enumerated() where generator.nextUniform() < 0.4 {
                few[input] = Float(generator.nextNormal())
                many[place] = few[input]
            }
            let target = [Float(generator.nextNormal())]
            for isWide in [false, true] {
                let inputs = isWide ? many : few
                let outcome =
                    isWide
                    ? wide.step(
                        inputs: inputs.span, targets: target.span, importances: [Float(1)].span,
                        settings: settings, using: &workspace)
                    : narrow.step(
                        inputs: inputs.span, targets: target.span, importances: [Float(1)].span,
                        settings: settings, using: &workspace)
                #expect(outcome.applied)
            }
        }

        /// Each step rounds a weight of about 1, and what it moves it by, to one part in 2²⁴; forty
        /// steps of 0.01 that depend on each other stay within a hundredfold of that.
        func expectEqual() {
            for unit in 0..<20 {
                for (input, place) in places.enumerated() {
                    let one = ParameterPosition.weight(layer: 0, unit: unit, input: input)
                    let other = ParameterPosition.weight(layer: 0, unit: unit, input: place)
                    #expect((narrow[one] - wide[other]).magnitude < 1e-5)
                    let moment = narrow.secondMoment(at: one) ?? 0
                    let resting = wide.secondMoment(at: other) ?? 0
                    #expect((moment - resting).magnitude < 1e-4 * (moment + 1e-3))
                }
            }
        }
    }

    @Test("are passed over, and learn what they would have learned", arguments: rules, [1, 2, 3])
    func agrees(rule: UpdateRule, seed: Int) {
        var pair = Pair(rule, seed: UInt64(seed))
        for _ in 0..<40 { pair.learn() }
        #expect(pair.wide.resting != nil)
        #expect(pair.narrow.resting == nil)
        pair.expectEqual()
        // An input that was never there has no gradient to remember.
        #expect(pair.wide.secondMoment(at: .weight(layer: 0, unit: 3, input: 7)) == 0)
    }

    @Test("go on through new inputs, lost inputs and a restart", arguments: rules)
    func edits(rule: UpdateRule) throws {
        var pair = Pair(rule, seed: 4)
        for _ in 0..<20 { pair.learn() }
        let inputs = (0..<1_100).map { Optional($0) }
        let units = (0..<20).map { Optional($0) }
        pair.wide = pair.wide.rearranged([inputs + [nil, nil], units, [0]])
        #expect(pair.wide.shape.inputCount == 1_102)
        for _ in 0..<5 { pair.learn() }
        pair.expectEqual()

        pair.wide = try value(NetworkParameters.self, fromState: stateBytes(of: pair.wide))
        for _ in 0..<5 { pair.learn() }
        pair.expectEqual()

        pair.wide = pair.wide.rearranged([Array(inputs), units, [0]])
        #expect(pair.wide.resting == nil)
        for _ in 0..<10 { pair.learn() }
        pair.expectEqual()
    }

    @Test("do not rest where momentum moves a weight without a gradient")
    func momentum() {
        var pair = Pair(.adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8), seed: 5)
        for _ in 0..<20 { pair.learn() }
        #expect(pair.wide.resting == nil)
        pair.expectEqual()
    }
}
