import Randomness
import StateCoding
import Testing

@testable import Kernels

@Suite("Parameters of a network")
struct NetworkParametersTests {
    static let shapes: [[Int]] = [
        [1, 1], [0, 2], [7, 15, 1], [16, 16, 16], [17, 33, 2, 5], [3, 18, 40, 19],
    ]
    static let rules: [UpdateRule] = [
        .sgd, .momentum(0.9), .nesterov(0.9), .adagrad(epsilon: 1e-8),
        .rmsprop(decay: 0.9, epsilon: 1e-8), .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
    ]

    private func numbered(_ counts: [Int], rule: UpdateRule = .sgd) -> NetworkParameters {
        var parameters = NetworkParameters(shape: NetworkShape(unitCounts: counts), rule: rule)
        var next: Float = 1
        for layer in 0..<counts.count - 1 {
            for unit in 0..<counts[layer + 1] {
                for input in 0..<counts[layer] {
                    parameters[.weight(layer: layer, unit: unit, input: input)] = next
                    next += 1
                }
                parameters[.bias(layer: layer, unit: unit)] = next
                next += 1
            }
        }
        return parameters
    }

    /// Positions that no parameter has: spare rows, and what is left of each block.
    private func paddingIsZero(_ parameters: NetworkParameters) -> Bool {
        let shape = parameters.shape
        return [parameters.weights.values, parameters.firstMoments, parameters.secondMoments]
            .allSatisfy { values in
                guard !values.isEmpty else { return true }
                var rest = values
                shape.forEachIndex { rest[$0] = 0 }
                return (0..<shape.parameterCapacity).allSatisfy { rest[$0] == 0 }
            }
    }

    @Test("every parameter has a place of its own", arguments: shapes)
    func placesDiffer(counts: [Int]) {
        let parameters = numbered(counts)
        let shape = parameters.shape
        #expect(parameters.weights.nonzeroCount == shape.parameterCount)
        var seen: [Float] = []
        shape.forEachIndex { seen.append(parameters.weights.values[$0]) }
        #expect(seen.sorted() == (1...shape.parameterCount).map(Float.init))
    }

    /// Sizes at which rows, strides or biases need another block.
    @Test(
        "a level that outgrows its blocks keeps every parameter",
        arguments: [1, 15, 16, 255, 256, 512], [0, 1, 2])
    func outgrowsBlocks(count: Int, level: Int) {
        var counts = [3, 2, 3]
        counts[level] = count
        let parameters = numbered(counts, rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8))
        var origins: [[Int?]] = counts.map { Array(0..<$0) }
        origins[level] += [nil]
        let grown = parameters.rearranged(origins)
        let restored = grown.rearranged(counts.map { Array(0..<$0) })
        #expect(grown.weights.nonzeroCount == parameters.shape.parameterCount)
        #expect(paddingIsZero(grown))
        for position in parameters.positions {
            #expect(grown[position] == parameters[position])
            #expect(restored[position] == parameters[position])
        }
    }

    @Test("padding stays zero through learning, whatever the rule", arguments: rules, shapes)
    func paddingStaysZero(rule: UpdateRule, counts: [Int]) {
        for activation in Activation.allCases {
            for sampleCount in [1, 3] {
                var generator = SeededGenerator(seed: 7)
                var parameters = NetworkParameters(
                    shape: NetworkShape(unitCounts: counts), rule: rule)
                parameters.draw(from: &generator)
                let settings = StepSettings(
                    activation: activation, loss: .squared, rule: rule, learningRate: 0.01,
                    weightDecay: 0.01, gradientClip: 1)
                var workspace = Workspace()
                let inputs = (0..<sampleCount * counts[0]).map { _ in generator.nextUniform() }
                let targets = (0..<sampleCount * (counts.last ?? 0)).map { _ in
                    generator.nextUniform()
                }
                let importances = [Float](repeating: 1, count: sampleCount)
                for _ in 0..<3 {
                    let outcome = parameters.step(
                        inputs: inputs.span, targets: targets.span, importances: importances.span,
                        settings: settings, using: &workspace)
                    #expect(outcome.applied)
                }
                #expect(paddingIsZero(parameters))
            }
        }
    }

    @Test("the canonical bytes name parameters in order and know nothing of the layout")
    func encodesInOrder() throws {
        var writer = StateWriter()
        numbered([2, 2, 1]).encode(to: &writer)
        var reader = StateReader(bytes: writer.bytes)
        #expect(try reader.readInts() == [2, 2, 1])
        // Each layer reads the level below it; both have rows of units.
        #expect(try reader.readInts() == [0, 1])
        for _ in 0..<2 { #expect(try !reader.readBool()) }
        // Updates so far, and how many there were when the moments began.
        #expect(try reader.readInt() == 0)
        #expect(try reader.readInt() == 0)
        for count in [2, 2, 1] {
            #expect(try reader.readInts() == [Int](repeating: 0, count: count))
        }
        // No row rests.
        #expect(try !reader.readBool())
        #expect(try reader.readBool())
        // Weights of both units, then both biases, then the output's; numbered unit by unit.
        for expected: Float in [1, 2, 4, 5, 3, 6, 7, 8, 9] {
            #expect(try reader.readFloat() == expected)
        }
        // Neither moments nor cuts.
        for _ in 0..<3 { #expect(try !reader.readBool()) }
        #expect(reader.remainingCount == 0)
    }

    @Test("rearranging keeps, copies, drops and adds units of any level")
    func rearranges() {
        let before = numbered([3, 4, 2])
        let after = before.rearranged([[2, nil, 0], [nil, 3, 1, 1, 0], [1, 0]])
        #expect(after.shape.unitCounts == [3, 5, 2])
        let origins: [[Int?]] = [[2, nil, 0], [nil, 3, 1, 1, 0], [1, 0]]
        for layer in 0..<2 {
            for (unit, unitOrigin) in origins[layer + 1].enumerated() {
                let bias = unitOrigin.map { before[.bias(layer: layer, unit: $0)] } ?? 0
                #expect(after[.bias(layer: layer, unit: unit)] == bias)
                for (input, inputOrigin) in origins[layer].enumerated() {
                    var expected: Float = 0
                    if let unitOrigin, let inputOrigin {
                        expected =
                            before[.weight(layer: layer, unit: unitOrigin, input: inputOrigin)]
                    }
                    #expect(after[.weight(layer: layer, unit: unit, input: input)] == expected)
                }
            }
        }
    }

    @Test("a class that the network does not have is a bug of the caller")
    func trapsOnUnknownClasses() async {
        await #expect(processExitsWith: .failure) {
            let parameters = NetworkParameters(
                shape: NetworkShape(inputCount: 1, hidden: [], outputCount: 2), rule: .sgd)
            var learner = parameters
            var workspace = Workspace()
            let (input, target, importance): ([Float], [Float], [Float]) = ([1], [2], [1])
            _ = learner.step(
                inputs: input.span, targets: target.span, importances: importance.span,
                settings: StepSettings(
                    activation: .relu, loss: .crossEntropy, rule: .sgd, learningRate: 0.1),
                using: &workspace)
        }
    }

    @Test("a step of a shape that the network does not have is a bug of the caller")
    func trapsOnWrongShapes() async {
        await #expect(processExitsWith: .failure) {
            var parameters = NetworkParameters(
                shape: NetworkShape(inputCount: 2, hidden: [], outputCount: 1), rule: .sgd)
            var workspace = Workspace()
            let values: [Float] = [1]
            _ = parameters.step(
                inputs: values.span, targets: values.span, importances: values.span,
                settings: StepSettings(
                    activation: .relu, loss: .squared, rule: .sgd, learningRate: 0.1),
                using: &workspace)
        }
    }
}
