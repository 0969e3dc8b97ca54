import NeuralNetwork
import StateCoding
import Testing

/// What every optimiser must do under every schedule.
@Suite("Every optimiser under every schedule")
struct OptimizerConformanceTests {
    typealias Name = OptimizerConfiguration.Name
    typealias ScheduleName = ScheduleConfiguration.Name

    private static func schedule(_ name: ScheduleName) -> Schedule {
        var configuration = ScheduleConfiguration()
        configuration.name = name
        configuration.every = 100
        configuration.gamma = 0.999
        configuration.total = 2_000
        return Schedule(configuration, baseRate: 0.01)
    }

    private static func problem(_ name: Name, hidden: [Int] = [6], samples: Int = 8) -> Problem {
        Problem(
            hidden: hidden, activation: .tanh, loss: .crossEntropy,
            optimizer: .unclipped(name), sampleCount: samples, seed: 11)
    }

    @Test("lowers the loss of a convex problem", arguments: Name.allCases, ScheduleName.allCases)
    func lowersTheLoss(name: Name, scheduleName: ScheduleName) {
        var problem = Self.problem(name, hidden: [], samples: 10)
        let schedule = Self.schedule(scheduleName)
        var losses: [Float] = []
        for step in 0..<200 { losses.append(problem.learn(rate: schedule.rate(at: step)).loss) }
        // Softmax regression on a batch that stays the same is convex and smooth, and 10 samples
        // of random labels leave it a minimum well below the random weights of the start.
        #expect(losses[199] < 0.9 * losses[0], "\(losses[0]) to \(losses[199])")
    }

    @Test(
        "a number that is not finite changes no bit of the state", arguments: Name.allCases,
        [Float.nan, .infinity, -.infinity])
    func refusesPoison(name: Name, poison: Float) {
        for loss in Loss.allCases {
            for activation in Activation.allCases {
                var problem = Problem(
                    hidden: [6, 3], activation: activation, loss: loss,
                    optimizer: OptimizerConfiguration.unclipped(name), sampleCount: 3, seed: 2)
                _ = problem.learn(rate: 0.01)
                let before = problem.network.stateBytes
                for sample in [0, 2] {
                    var inputs = problem.inputs
                    inputs[sample][4] = poison
                    var targets = problem.targets
                    targets[sample][0] = poison
                    var importances = problem.importances
                    importances[sample] = poison
                    let outcomes = [
                        problem.network.learn(
                            inputs, problem.targets, problem.importances, rate: 0.01),
                        problem.network.learn(
                            problem.inputs, targets, problem.importances, rate: 0.01),
                        problem.network.learn(
                            problem.inputs, problem.targets, importances, rate: 0.01),
                        problem.network.learn(
                            [inputs[sample]], [problem.targets[sample]], [1], rate: 0.01),
                    ]
                    #expect(outcomes.allSatisfy { !$0.applied })
                }
                #expect(problem.network.stateBytes == before, "\(loss), \(activation)")
            }
        }
    }

    @Test("extreme but finite numbers leave every parameter finite", arguments: Name.allCases)
    func survivesExtremes(name: Name) {
        for value: Float in [1e6, 1e12, 1e18, 1e30, 3e38] {
            var problem = Problem(
                hidden: [4], activation: .relu, loss: .squared, optimizer: .unclipped(name),
                sampleCount: 1, seed: 4)
            let target = [Float](repeating: value, count: 3)
            for _ in 0..<3 {
                _ = problem.network.learn(problem.inputs, [target], [1], rate: 0.001)
                _ = problem.network.learn([[value, 0, 1, 0, value]], [target], [1], rate: 0.001)
            }
            #expect(problem.network.values.allSatisfy { $0.isFinite }, "\(value)")
        }
    }

    @Test(
        "comes back from its bytes and goes on with the same bits",
        arguments: Name.allCases, ScheduleName.allCases)
    func roundTrips(name: Name, scheduleName: ScheduleName) throws {
        var problem = Self.problem(name)
        let schedule = Self.schedule(scheduleName)
        for step in 0..<20 { _ = problem.learn(rate: schedule.rate(at: step)) }

        var reader = StateReader(bytes: problem.network.stateBytes)
        var restored = try Network(from: &reader)
        #expect(reader.remainingCount == 0)
        #expect(restored == problem.network)

        for step in 20..<40 {
            let rate = schedule.rate(at: step)
            let outcome = problem.learn(rate: rate)
            let again = restored.learn(
                problem.inputs, problem.targets, problem.importances, rate: rate)
            #expect(outcome == again)
        }
        #expect(restored.stateBytes == problem.network.stateBytes)
    }

    @Test("without momentum, importance 0 changes no weight", arguments: [Name.sgd, .adagrad])
    func ignoresUnimportantSamples(name: Name) {
        var problem = Self.problem(name, samples: 1)
        _ = problem.learn(rate: 0.01)
        let before = problem.network.values
        let outcome = problem.network.learn(problem.inputs, problem.targets, [0], rate: 0.1)
        #expect(outcome == StepOutcome(loss: 0, gradientNorm: 0, applied: true))
        #expect(problem.network.values == before)
    }

    @Test("importance 2 is the sample twice: gradients add up", arguments: Name.allCases)
    func weighsByImportance(name: Name) {
        let problem = Self.problem(name, samples: 1)
        var weighted = problem.network
        var repeated = problem.network
        // The mean of (2) is twice the mean of (1, 1) over half as many samples: 2 of 1 sample
        // equals 2 + 2 of 2 samples.
        let one = weighted.learn(problem.inputs, problem.targets, [2], rate: 0.01)
        let two = repeated.learn(
            problem.inputs + problem.inputs, problem.targets + problem.targets, [2, 2], rate: 0.01)
        // Doubling and halving are exact, and so are sums of two equal numbers. Batches sum the
        // inputs of a unit in another order than single samples do: a rounding per term and level.
        let tolerance = 32 * Float.ulpOfOne
        #expect(abs(one.loss - two.loss) <= tolerance * one.loss)
        for (a, b) in zip(weighted.values, repeated.values) {
            #expect(abs(a - b) <= tolerance * max(1, abs(a)))
        }

        var single = problem.network
        let plain = single.learn(problem.inputs, problem.targets, [1], rate: 0.01)
        #expect(one.loss == 2 * plain.loss)
        #expect(one.gradientNorm == 2 * plain.gradientNorm)
    }

    @Test("a batch's step is against the mean of its samples' gradients", arguments: [2, 5, 32])
    func averagesBatches(count: Int) {
        var batch = Self.problem(.sgd, samples: count)
        let start = batch.network
        var mean = [Double](repeating: 0, count: start.parameterCount)
        for sample in 0..<count {
            var single = start
            _ = single.learn(
                [batch.inputs[sample]], [batch.targets[sample]], [batch.importances[sample]],
                rate: 1)
            for (index, (before, after)) in zip(start.values, single.values).enumerated() {
                mean[index] += (Double(before) - Double(after)) / Double(count)
            }
        }
        let outcome = batch.learn(rate: 1)
        #expect(outcome.applied)
        // Each weight is rounded once here and `count` times in the sum there; gradients of
        // several terms below 2 round a few times more.
        let tolerance = Double(count + 16) * Double(Float.ulpOfOne)
        for (index, (before, after)) in zip(start.values, batch.network.values).enumerated() {
            #expect(abs(Double(before) - Double(after) - mean[index]) <= tolerance)
        }
    }

    @Test("clipping bounds the whole step and keeps its direction", arguments: [1, 6])
    func clips(samples: Int) {
        var configuration = OptimizerConfiguration.unclipped(.sgd)
        let free = Problem(
            hidden: [6], activation: .tanh, loss: .squared, optimizer: configuration,
            sampleCount: samples, seed: 3)
        configuration.gradientClip = 0.01
        var clipped = free
        clipped.network.setOptimizer(configuration)
        var unclipped = free

        let outcome = clipped.learn(rate: 1)
        #expect(unclipped.learn(rate: 1) == outcome)
        #expect(outcome.gradientNorm > 0.01)
        var squares = 0.0
        let scale = 0.01 / Double(outcome.gradientNorm)
        // Weights of about 1 round each change by an ulp.
        let ulp = Double(Float.ulpOfOne)
        for (start, (long, short)) in zip(
            free.network.values, zip(unclipped.network.values, clipped.network.values))
        {
            let change = Double(start) - Double(short)
            squares += change * change
            #expect(abs(change - scale * (Double(start) - Double(long))) <= 2 * ulp)
        }
        let slack = ulp * Double(free.network.parameterCount).squareRoot()
        #expect(abs(squares.squareRoot() - 0.01) <= slack + 0.01 * 16 * ulp)
    }

    @Test("weight decay shrinks weights and leaves biases alone", arguments: Name.allCases)
    func decays(name: Name) {
        var configuration = OptimizerConfiguration.unclipped(name)
        configuration.weightDecay = 0.1
        var problem = Problem(
            hidden: [4], activation: .tanh, loss: .crossEntropy, optimizer: configuration, seed: 6)
        let before = problem.network
        // An unimportant sample has no gradient, so the decay is all there is.
        #expect(
            problem.network.learn(problem.inputs, problem.targets, [0], rate: 0.001).applied)
        for position in before.positions {
            let (old, new) = (before[position], problem.network[position])
            if position.input == nil {
                #expect(old == new)
            } else {
                #expect(abs(new) < abs(old), "\(old) to \(new)")
            }
        }
    }

    @Test("a workspace that others have used gives the same bits", arguments: Name.allCases)
    func isDeterministic(name: Name) {
        var fresh = Self.problem(name)
        var network = fresh.network
        let other = Problem(
            hidden: [33, 17], activation: .sigmoid, loss: .huber, outputCount: 20,
            optimizer: .unclipped(.adam), sampleCount: 9, seed: 1)
        var otherNetwork = other.network
        var workspace = Workspace()
        for _ in 0..<3 {
            _ = otherNetwork.learn(
                other.inputs, other.targets, other.importances, rate: 0.01, using: &workspace)
            _ = network.learn(
                fresh.inputs, fresh.targets, fresh.importances, rate: 0.01, using: &workspace)
            // This one has a new workspace each time.
            _ = fresh.learn(rate: 0.01)
        }
        #expect(network.stateBytes == fresh.network.stateBytes)
    }
}
