import NeuralNetwork
import Randomness
import Testing

@Suite("Pruning and recovery")
struct PruningTests {
    typealias Name = OptimizerConfiguration.Name

    /// Six clusters on a ring in eight dimensions: what a net of 64 units learns in a few thousand
    /// samples and a linear model does not.
    struct Stream {
        private var generator: SeededGenerator
        private var centres: [[Float]] = []

        init(seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            for _ in 0..<24 { centres.append((0..<8).map { _ in Float(generator.nextNormal()) }) }
            self.generator = generator
        }

        mutating func next() -> ReferenceSamples.Sample {
            let centre = generator.nextIndex(below: centres.count)
            return .init(
                inputs: centres[centre].map { $0 + 0.35 * Float(generator.nextNormal()) },
                targets: [Float(centre % 4)])
        }

        mutating func next(_ count: Int) -> [ReferenceSamples.Sample] {
            (0..<count).map { _ in next() }
        }
    }

    private static func network(seed: UInt64) -> Network {
        var generator = SeededGenerator(seed: seed)
        return Network(
            inputCount: 8, hidden: [64], outputCount: 4, activation: .relu, loss: .crossEntropy,
            optimizer: OptimizerConfiguration(), generator: &generator)
    }

    private static func teach(
        _ network: inout Network, _ stream: inout Stream, count: Int, _ workspace: inout Workspace
    ) {
        let one: [Float] = [1]
        for _ in 0..<count {
            let sample = stream.next()
            _ = network.learn(
                inputs: sample.inputs.span, targets: sample.targets.span, importances: one.span,
                learningRate: 0.001, using: &workspace)
        }
    }

    private static func accuracy(
        _ network: Network, _ samples: [ReferenceSamples.Sample]
    ) -> Double {
        let right = samples.filter { sample in
            let answer = network.prediction(sample.inputs)
            return answer.firstIndex(of: answer.max()!) == Int(sample.targets[0])
        }
        return Double(right.count) / Double(samples.count)
    }

    @Test(
        "of a quarter of 64 units costs a point at most, and 5,000 samples make up for it",
        arguments: Pruning.Criterion.allCases)
    func quarter(criterion: Pruning.Criterion) throws {
        var losses: [Double] = []
        for seed in UInt64(1)...5 {
            var stream = Stream(seed: seed)
            var network = Self.network(seed: seed)
            var workspace = Workspace()
            Self.teach(&network, &stream, count: 20_000, &workspace)
            let test = stream.next(2_000)
            let whole = Self.accuracy(network, test)
            // Learnable, and not trivial: the majority is a quarter.
            #expect(whole > 0.85)
            var generator = SeededGenerator(seed: seed)
            let outcome = try network.edit(
                .prune(.init(criterion: criterion, scope: .units, amount: .fraction(0.25))),
                limits: StructureLimits(), samples: ReferenceSamples(stream.next(256)),
                using: &generator)
            #expect(outcome.hidden.after == [48] && outcome.unitCount == 16)
            losses.append(whole - Self.accuracy(network, test))
            Self.teach(&network, &stream, count: 5_000, &workspace)
            #expect(Self.accuracy(network, test) >= whole - 0.005)
        }
        #expect(losses.reduce(0, +) / 5 <= 0.01, "\(losses)")
    }

    @Test("Greedy recovery leaves no higher a loss than random recovery", arguments: UInt64(1)...4)
    func recovery(seed: UInt64) throws {
        var stream = Stream(seed: seed)
        var network = Self.network(seed: seed)
        var workspace = Workspace()
        Self.teach(&network, &stream, count: 8_000, &workspace)
        let samples = ReferenceSamples(stream.next(256))
        var generator = SeededGenerator(seed: seed)
        for scope in Pruning.Scope.allCases {
            _ = try network.edit(
                .prune(.init(criterion: .magnitude, scope: scope, amount: .fraction(0.5))),
                limits: StructureLimits(), samples: samples, using: &generator)
        }
        var losses: [Double] = []
        for method in [RestoreMethod.random, .greedy] {
            var recovered = network
            let outcome = try recovered.edit(
                .restore(method: method, fraction: 0.5), limits: StructureLimits(),
                samples: samples, using: &generator)
            #expect(outcome.isChange)
            // Random recovery keeps the function.
            if method == .random { #expect(outcome.largestOutputChange <= 1e-5) }
            losses.append(try #require(outcome.loss?.after))
        }
        #expect(losses[1] < losses[0])
    }

    @Test(
        "Cut connections stay zero under every optimiser, in single steps and batches",
        arguments: Name.allCases)
    func cutsStay(name: Name) throws {
        var problem = StructureEditTests.learned(hidden: [20, 9], name: name)
        var optimizer = problem.network.optimizer
        optimizer.weightDecay = 0.01
        problem.network.setOptimizer(optimizer)
        var generator = SeededGenerator(seed: 1)
        let outcome = try problem.network.edit(
            .prune(.init(criterion: .magnitude, scope: .connections, amount: .fraction(0.4))),
            limits: StructureLimits(), samples: ReferenceSamples(), using: &generator)
        #expect(outcome.connectionCount > 100)
        let cut = problem.network.positions.filter(problem.network.isCut)
        #expect(cut.count == problem.network.cutCount && !cut.isEmpty)
        let before = problem.network
        for _ in 0..<20 {
            _ = problem.learn(rate: 0.01)
            _ = problem.network.learn(
                [problem.inputs[0]], [problem.targets[0]], [1], rate: 0.01)
        }
        for position in cut { #expect(problem.network[position] == 0) }
        // The others do move.
        let live = before.positions.filter { !before.isCut($0) && $0.input != nil }
        let moved = live.filter { before[$0] != problem.network[$0] }
        #expect(moved.count > live.count / 2)
    }

    @Test("Refreshed units start anew, and dormant ones are found")
    func refreshes() throws {
        var problem = StructureEditTests.learned(hidden: [20])
        for _ in 0..<100 { _ = problem.learn(rate: 0.001) }
        // A unit that never speaks.
        for input in 0..<7 { problem.network[.weight(layer: 0, unit: 4, input: input)] = 0 }
        problem.network[.bias(layer: 0, unit: 4)] = -1
        let samples = ReferenceSamples(
            zip(problem.inputs, problem.targets).map { .init(inputs: $0, targets: $1) })
        #expect(problem.network.dormantShare(samples) >= 0.05)
        var generator = SeededGenerator(seed: 1)
        let before = problem.network
        let outcome = try problem.network.edit(
            .refresh(fraction: 0.05), limits: StructureLimits(), samples: samples,
            using: &generator)
        #expect(outcome.unitCount >= 1 && problem.network.hidden == [20])
        #expect(problem.network.age(ofUnit: 4, level: 1) == 0)
        for output in 0..<3 {
            #expect(problem.network.weight(layer: 1, unit: output, input: 4) == 0)
        }
        #expect(before.age(ofUnit: 4, level: 1) > 100)
    }
}
