import Features
import Glibc
import NeuralNetwork
import Testing

@testable import Learner

/// One step at a time, against arithmetic that a reader can repeat: a linear model of inputs and
/// targets as they are, whose weights start at zero.
@Suite("A learning step") struct StepTests {
    private func weights(_ run: Run) throws -> [Double] {
        let network = try #require(run.learner.lead?.network)
        let row = (0..<network.inputCount).map {
            Double(network.weight(layer: 0, unit: 0, input: $0))
        }
        return row + [Double(network.bias(layer: 0, unit: 0))]
    }

    /// The mean gradient of `(p − y)²` over a batch, `2(p − y)·x`, descended at a rate.
    private func descend(
        _ weights: [Double], _ batch: [(x: [Double], y: Double, w: Double)], rate: Double
    ) -> [Double] {
        var next = weights
        for (x, y, w) in batch {
            let inputs = x + [1]
            let error = zip(weights, inputs).reduce(0) { $0 + $1.0 * $1.1 } - y
            for index in next.indices {
                next[index] -= rate * w * 2 * error * inputs[index] / Double(batch.count)
            }
        }
        return next
    }

    private static let stream: [(x: [Double], y: Double, w: Double)] = (0..<24).map {
        let t = Double($0)
        return ([sin(t), cos(2 * t)], 1 + sin(t) - 0.5 * cos(2 * t), 0.5 + 0.25 * Double($0 % 4))
    }

    private func expectClose(_ learned: [Double], _ expected: [Double]) {
        for (a, b) in zip(learned, expected) { #expect((a - b).magnitude < 2e-6) }
    }

    @Test(
        "of N samples follows their mean gradient, each times its weight", arguments: [1, 2, 3, 8])
    func microBatches(size: Int) throws {
        var run = Run {
            $0.makePlain(rate: 0.05)
            $0.learning.batch = size
        }
        for (x, y, w) in Self.stream { run.take([Sample(x, .number(y), weight: Float(w))]) }
        var expected = [0.0, 0, 0]
        for start in stride(from: 0, to: Self.stream.count, by: size) {
            expected = descend(
                expected, Array(Self.stream[start..<start + size]), rate: 0.05)
        }
        expectClose(try weights(run), expected)
        #expect(run.learner.lead?.network.stepCount == Self.stream.count / size)
    }

    @Test("waits until the micro-batch is full")
    func pendingBatch() throws {
        var run = Run {
            $0.makePlain(rate: 0.05)
            $0.learning.batch = 10
        }
        for (x, y, _) in Self.stream.prefix(9) { run.take([Sample(x, .number(y))]) }
        #expect(try weights(run) == [0, 0, 0])
        run.take([Sample(Self.stream[9].x, .number(Self.stream[9].y))])
        #expect(try weights(run).allSatisfy { $0 != 0 })
    }

    @Test(
        "of a sample without weight changes no prediction, with any optimiser",
        arguments: OptimizerConfiguration.Name.allCases)
    func noWeight(name: OptimizerConfiguration.Name) throws {
        var run = Run {
            $0.makeSmall()
            $0.optimizer.name = name
        }
        run.take(Streams.sums(200, seed: 1))
        let before = run.learner
        run.take((0..<20).map { Sample([Double($0), -50], .number(1e4), weight: 0) })
        #expect(run.learner.lead == before.lead)
        #expect(run.learner.committee == before.committee)
        #expect(run.learner.encoder == before.encoder)
        #expect(run.learner.scaler == before.scaler)
        #expect(run.learner.detector == before.detector)
        #expect(run.learner.intervals == before.intervals)
        #expect(run.learner.counts.learned == 220)
    }

    @Test("of a first sample without weight makes a model that has learned nothing")
    func noWeightAtFirst() throws {
        var run = Run { $0.makePlain(rate: 0.05) }
        #expect(run.learner.predictor() == nil)
        run.take([Sample([1, 2], .number(3), weight: 0)])
        #expect(try weights(run) == [0, 0, 0])
        #expect(try run.prediction(.positional([1, 2])) == [0])
    }

    /// Input and target of 1e15 give a gradient of 2e30, whose square is beyond a float.
    @Test("that is not finite is left out, counted and told")
    func notFinite() throws {
        var run = Run { $0.makePlain(rate: 0.05) }
        for (x, y, _) in Self.stream { run.take([Sample(x, .number(y))]) }
        let before = try #require(run.learner.lead?.network)
        run.take([Sample([1e15, 1e15], .number(1e15))])
        #expect(run.learner.lead?.network == before)
        #expect(run.learner.counts.refusedSteps == 1)
        #expect(run.effects == [.stepRefused(samples: Self.stream.count + 1)])
        run.take([Sample(Self.stream[0].x, .number(Self.stream[0].y))])
        #expect(run.learner.lead?.network != before)
        #expect(run.learner.counts.refusedSteps == 1)
    }

    /// The rates of the schedule's formula, one per step.
    @Test("has the rate that the schedule gives it")
    func schedule() throws {
        var run = Run {
            $0.makePlain(rate: 0.1)
            $0.schedule.name = .inverseSquareRoot
            $0.schedule.delta = 0.5
        }
        var expected = [0.0, 0, 0]
        for (step, sample) in Self.stream.enumerated() {
            run.take([Sample(sample.x, .number(sample.y))])
            expected = descend(
                expected, [(sample.x, sample.y, 1)],
                rate: 0.1 / (1 + 0.5 * Double(step)).squareRoot())
        }
        expectClose(try weights(run), expected)
    }

    @Test(
        "is scored with the prediction that a client would have got",
        arguments: [1, 2, 3] as [UInt64])
    func prequential(seed: UInt64) throws {
        var run = Run { $0.makeSmall() }
        var absolute = 0.0
        var squared = 0.0
        let stream = Streams.sums(300, seed: seed)
        for sample in stream {
            guard case .number(let target) = sample.target else { continue }
            // Before the first label the answer is 0.
            let answer = run.learner.predictor()?.answer(sample.features)[0] ?? 0
            absolute += (answer - target).magnitude
            squared += (answer - target) * (answer - target)
            run.take([sample])
        }
        guard case .regression(let total, _, _, _, _) = run.learner.report().quality else {
            Issue.record("the task is regression")
            return
        }
        #expect((total.meanAbsoluteError - absolute / 300).magnitude < 1e-9)
        #expect((total.rootMeanSquaredError - (squared / 300).squareRoot()).magnitude < 1e-9)
    }
}
