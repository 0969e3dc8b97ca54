import NeuralNetwork
import Randomness
import StateCoding
import Testing

@Suite("Edits of the structure")
struct StructureEditTests {
    typealias Name = OptimizerConfiguration.Name

    /// A network that has learned for a while with the optimiser's default constants.
    static func learned(
        _ loss: Loss = .crossEntropy, hidden: [Int] = [14, 9], activation: Activation = .relu,
        name: Name = .rmsprop, inputCount: Int = 7, seed: UInt64 = 3
    ) -> Problem {
        var optimizer = OptimizerConfiguration()
        optimizer.name = name
        var problem = Problem(
            inputCount: inputCount, hidden: hidden, activation: activation, loss: loss,
            optimizer: optimizer, sampleCount: 20, spread: 0.5, seed: seed)
        for _ in 0..<30 { _ = problem.learn(rate: 0.005) }
        return problem
    }

    static func inputs(_ count: Int, width: Int, seed: UInt64 = 11) -> [[Float]] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in (0..<width).map { _ in Float(generator.nextNormal()) } }
    }

    /// The largest difference of any output over 1,000 inputs.
    static func difference(_ a: Network, _ b: Network) -> Float {
        inputs(1_000, width: a.inputCount).reduce(0) { largest, input in
            zip(a.prediction(input), b.prediction(input)).reduce(largest) {
                max($0, abs($1.0 - $1.1))
            }
        }
    }

    static let keeping: [StructureEdit] = [
        .grow(layer: 0, units: 1), .grow(layer: 0, units: 50), .grow(layer: 1, units: 8),
        .grow(layer: 0, units: 5, method: .copy), .grow(layer: 1, units: 30, method: .copy),
        .grow(layer: 0, units: 4, method: .pair), .grow(layer: 1, units: 7, method: .pair),
        .insertLayer(layer: 0, units: 5), .insertLayer(layer: 1), .insertLayer(layer: 2),
        .insertLayer(layer: 1, units: 3), .insertLayer(layer: 1, units: 40),
        .insertLayer(layer: 2, units: 20),
    ]

    @Test(
        "that keep the function change no output by more than 1e-5; zero-outgoing growth none",
        arguments: Activation.allCases, Name.allCases)
    func keepFunction(activation: Activation, name: Name) throws {
        let before = Self.learned(activation: activation, name: name).network
        for edit in Self.keeping {
            var after = before
            var generator = SeededGenerator(seed: 5)
            let outcome = try after.edit(
                edit, limits: StructureLimits(), samples: ReferenceSamples(), using: &generator)
            let difference = Self.difference(before, after)
            #expect(difference <= 1e-5, "\(edit)")
            if case .grow(_, _, .zeroOutgoing) = edit { #expect(difference == 0, "\(edit)") }
            #expect(outcome.hidden.after == after.hidden && outcome.hidden.before == [14, 9])
            #expect(outcome.parameters.after == after.positions.count)
            #expect(after.parameterCount > before.parameterCount)
        }
    }

    @Test("that follow each other keep the function, too", arguments: Activation.allCases)
    func keepFunctionTogether(activation: Activation) throws {
        let before = Self.learned(.squared, activation: activation).network
        var after = before
        var generator = SeededGenerator(seed: 6)
        for edit in Self.keeping.reversed() {
            if case .insertLayer = edit, after.hidden.count == 6 { continue }
            _ = try after.edit(
                edit, limits: StructureLimits(), samples: ReferenceSamples(), using: &generator)
        }
        #expect(after.hidden.count == 6)
        #expect(Self.difference(before, after) <= 1e-5)
    }

    @Test(
        "leave old weights and moments as they were when units are added", arguments: Name.allCases)
    func keepMoments(name: Name) throws {
        let before = Self.learned(name: name).network
        var after = before
        var generator = SeededGenerator(seed: 5)
        _ = try after.edit(
            .grow(layer: 0, units: 20), limits: StructureLimits(), samples: ReferenceSamples(),
            using: &generator)
        for position in before.positions {
            #expect(after[position].bitPattern == before[position].bitPattern)
            #expect(after.firstMoment(at: position) == before.firstMoment(at: position))
            #expect(after.secondMoment(at: position) == before.secondMoment(at: position))
        }
        #expect(after.age(ofUnit: 13, level: 1) == 30)
        #expect(after.age(ofUnit: 14, level: 1) == 0)
    }

    @Test(
        "make no first step longer than twice the rate",
        arguments: [Name.adagrad, .rmsprop, .adam],
        Self.keeping)
    func firstStep(name: Name, edit: StructureEdit) throws {
        var problem = Self.learned(name: name)
        for _ in 0..<300 { _ = problem.learn(rate: 0.001) }
        var generator = SeededGenerator(seed: 5)
        _ = try problem.network.edit(
            edit, limits: StructureLimits(), samples: ReferenceSamples(), using: &generator)
        let before = problem.network
        #expect(problem.learn(rate: 0.001).applied)
        for position in before.positions {
            #expect(abs(problem.network[position] - before[position]) <= 0.002)
        }
    }

    @Test("and the copy kept before are the same to the last bit", arguments: Name.allCases)
    func undo(name: Name) throws {
        var problem = Self.learned(name: name)
        let kept = problem.network
        let bytes = kept.stateBytes
        var generator = SeededGenerator(seed: 5)
        for edit in Self.keeping.prefix(5) {
            _ = try problem.network.edit(
                edit, limits: StructureLimits(), samples: ReferenceSamples(), using: &generator)
            _ = problem.learn(rate: 0.01)
        }
        #expect(problem.network.stateBytes != bytes)
        #expect(kept.stateBytes == bytes)
    }

    @Test(
        "learn with the gradients of the loss, also where layers bypass others",
        arguments: Activation.allCases, [Loss.crossEntropy, .squared])
    func gradients(activation: Activation, loss: Loss) throws {
        var problem = Problem(
            inputCount: 6, hidden: [7, 5], activation: activation, loss: loss,
            optimizer: .unclipped(.sgd), sampleCount: 3, seed: 4)
        var generator = SeededGenerator(seed: 5)
        for edit in [
            StructureEdit.insertLayer(layer: 1, units: 3), .insertLayer(layer: 0, units: 4),
            .grow(layer: 2, units: 17, method: .pair), .insertLayer(layer: 4, units: 2),
        ] {
            _ = try problem.network.edit(
                edit, limits: StructureLimits(), samples: ReferenceSamples(), using: &generator)
        }
        for position in problem.network.positions {
            problem.network[position] = generator.nextUniform() - 0.5
        }
        #expect(!problem.network.isPlain)
        // A batch and a single sample: two ways through the kernels.
        for count in [1, 3] {
            let inputs = Array(problem.inputs.prefix(count))
            let targets = Array(problem.targets.prefix(count))
            let ones = [Float](repeating: 1, count: count)
            let reference = ReferenceNetwork(problem.network)
            let expected = reference.gradient(
                inputs: inputs.map { $0.map(Double.init) },
                targets: targets.map { $0.map(Double.init) },
                importances: ones.map(Double.init), step: 1e-5)
            var stepped = problem.network
            #expect(stepped.learn(inputs, targets, ones, rate: 1).applied)
            for (index, position) in problem.network.positions.enumerated() {
                let made = Double(problem.network[position]) - Double(stepped[position])
                // Some 200 roundings of values around 1, and no kink lies within the step: the
                // weights were drawn so that it does not.
                #expect(abs(made - expected[index]) <= 1e-4, "\(position)")
            }
        }
    }

    @Test("are refused with a reason, and then change nothing")
    func refusals() throws {
        let before = Self.learned().network
        var limits = StructureLimits()
        limits.maxUnits = 20
        limits.maxLayers = 2
        limits.minUnits = 4
        limits.maxParameters = before.parameterCount + 60
        let edits: [(StructureEdit, String)] = [
            (.grow(layer: 2, units: 1), "layer 2"), (.grow(layer: -1, units: 1), "layer -1"),
            (.grow(layer: 0, units: 7), "max_units is 20"),
            (.grow(layer: 0, units: .max), "max_units is 20"),
            (.grow(layer: 0, units: 5), "budget"), (.grow(layer: 0, units: 0), "at least 1"),
            (.shrink(layer: 1, units: 6), "min_units is 4"),
            (.shrink(layer: 5, units: 1), "layer 5"),
            (.insertLayer(layer: 1), "max_layers is 2"), (.insertLayer(layer: 3), "layer 3"),
            (.removeLayer(layer: 2), "layer 2"),
            (.prune(.init(criterion: .magnitude, scope: .units, amount: .fraction(0.9))), "min_"),
            (.prune(.init(criterion: .magnitude, scope: .units, amount: .fraction(1.5))), "1.5"),
            (
                .prune(.init(criterion: .magnitude, scope: .units, amount: .threshold(.nan))),
                "nan"
            ),
            (
                .prune(.init(criterion: .gradient, scope: .connections, amount: .fraction(0.5))),
                "samples"
            ),
            (.restore(method: .random, fraction: 0.5), "pruned"),
            (.restore(method: .greedy, fraction: 0), "fraction 0"),
            (.refresh(fraction: 0.1), "updates"), (.refresh(fraction: -1), "-1"),
        ]
        for (edit, word) in edits {
            var network = before
            var generator = SeededGenerator(seed: 5)
            do {
                _ = try network.edit(
                    edit, limits: limits, samples: ReferenceSamples(), using: &generator)
                Issue.record("\(edit) was not refused")
            } catch {
                #expect(error.description.contains(word), "\(edit): \(error)")
            }
            #expect(network.stateBytes == before.stateBytes)
            #expect(generator == SeededGenerator(seed: 5))
        }
    }

    @Test(
        "that put a layer in are taken back by its removal", arguments: Activation.allCases,
        [StructureEdit.insertLayer(layer: 1), .insertLayer(layer: 2, units: 4)])
    func insertAndRemove(activation: Activation, insertion: StructureEdit) throws {
        let problem = Self.learned(activation: activation)
        guard case .insertLayer(let layer, _) = insertion else { return }
        let samples = ReferenceSamples(
            zip(problem.inputs, problem.targets).map { .init(inputs: $0, targets: $1) })
        var network = problem.network
        var generator = SeededGenerator(seed: 5)
        _ = try network.edit(
            insertion, limits: StructureLimits(), samples: samples, using: &generator)
        _ = try network.edit(
            .removeLayer(layer: layer), limits: StructureLimits(), samples: samples,
            using: &generator)
        #expect(network.hidden == [14, 9])
        #expect(Self.difference(network, problem.network) <= 1e-5)
    }

    @Test(
        "in any order leave a network that is finite, codable and able to learn",
        arguments: UInt64(0)..<24)
    func randomSequences(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let losses: [Loss] = [.logistic, .crossEntropy, .squared]
        var problem = Self.learned(
            losses[Int(seed % 3)], activation: Activation.allCases[Int(seed % 4)],
            name: Name.allCases[Int(seed % 6)], seed: seed)
        let samples = ReferenceSamples(
            zip(problem.inputs, problem.targets).map { .init(inputs: $0, targets: $1) })
        var done = 0
        for _ in 0..<40 {
            let layer = generator.nextIndex(below: 4)
            let units = 1 + generator.nextIndex(below: 20)
            let fraction = Double(1 + generator.nextIndex(below: 4)) / 8
            let criterion = Pruning.Criterion.allCases[generator.nextIndex(below: 2)]
            let scope = Pruning.Scope.allCases[generator.nextIndex(below: 2)]
            let edits: [StructureEdit] = [
                .grow(
                    layer: layer, units: units,
                    method: GrowthMethod.allCases[generator.nextIndex(below: 3)]),
                .shrink(layer: layer, units: units), .insertLayer(layer: layer, units: units),
                .insertLayer(layer: layer), .removeLayer(layer: layer),
                .prune(.init(criterion: criterion, scope: scope, amount: .fraction(fraction))),
                .restore(
                    method: RestoreMethod.allCases[generator.nextIndex(below: 2)],
                    fraction: fraction),
                .refresh(fraction: fraction),
            ]
            let edit = edits[generator.nextIndex(below: edits.count)]
            let before = problem.network
            do {
                let outcome = try problem.network.edit(
                    edit, limits: StructureLimits(), samples: samples, using: &generator)
                done += 1
                #expect(outcome.hidden.after == problem.network.hidden)
                #expect(outcome.parameters.after == problem.network.positions.count)
            } catch {
                #expect(problem.network == before)
            }
            var reader = StateReader(bytes: problem.network.stateBytes)
            let read = try Network(from: &reader)
            #expect(read == problem.network && reader.remainingCount == 0)
            // What was read goes on as what was written.
            var twin = problem
            twin.network = read
            #expect(problem.learn(rate: 0.002).applied)
            _ = twin.learn(rate: 0.002)
            #expect(twin.network.stateBytes == problem.network.stateBytes)
            for input in problem.inputs {
                let isFinite = problem.network.prediction(input).allSatisfy { $0.isFinite }
                #expect(isFinite)
            }
        }
        #expect(done >= 10)
    }
}
