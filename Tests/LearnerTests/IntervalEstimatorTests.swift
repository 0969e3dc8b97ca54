import Features
import Randomness
import TestSupport
import Testing

@testable import Learner

@Suite("Prediction intervals") struct IntervalEstimatorTests {
    static let seeds = [UInt64](1...5)

    /// The definition, on a sorted copy of the newest residuals.
    private struct Reference {
        var residuals: [Double] = []
        var level = 0.1

        var radius: Double? {
            let newest = residuals.suffix(500).sorted()
            guard newest.count >= 100 else { return nil }
            // The smallest residual with at least (n + 1)(1 − α) at or below it.
            let needed = Double(newest.count + 1) * (1 - level)
            let index = newest.indices.first { Double($0 + 1) >= needed }
            return newest[index ?? newest.count - 1]
        }

        mutating func update(_ residual: Double) {
            if let radius {
                level += 0.005 * (0.1 - (residual <= radius ? 0 : 1))
                level = min(max(level, -0.005), 1.005)
            }
            residuals.append(residual)
        }
    }

    @Test("there is none before 100 residuals")
    func warmUp() {
        var estimator = IntervalEstimator(window: 10)
        for count in 1...99 {
            estimator.update(residual: Double(count))
            #expect(estimator.radius == nil)
        }
        #expect(estimator.hits.total == nil)
        estimator.update(residual: 100)
        // The 91st of 100: 0.9 · 101 rounded up.
        #expect(estimator.radius == 91)
    }

    @Test("the radius is the quantile that the definition names", arguments: seeds)
    func definition(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var estimator = IntervalEstimator(window: 100)
        var reference = Reference()
        for step in 0..<2_000 {
            // Ties, and a scale that moves.
            var residual = generator.nextNormal().magnitude * (1 + Double(step) / 500)
            if seed.isMultiple(of: 2) { residual = residual.rounded() }
            estimator.update(residual: residual)
            reference.update(residual)
            #expect(estimator.radius == reference.radius)
            #expect(estimator.level == reference.level)
        }
    }

    /// Gibbs and Candès, Proposition 4.1: the share of misses is off by no more than
    /// (max(α, 1 − α) + γ) / (γT) whatever the sequence, as long as the level stays where intervals
    /// are finite and not empty.
    @Test("misses are one in ten, also when the scale of the residuals jumps", arguments: seeds)
    func longRun(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var estimator = IntervalEstimator(window: 1_000)
        let scales = [1.0, 10, 0.1, 3]
        var earlierHits = 0.0
        for (part, scale) in scales.enumerated() {
            for _ in 0..<5_000 {
                estimator.update(residual: scale * generator.nextNormal().magnitude)
            }
            let hits = try #require(estimator.hits.total) * Double(estimator.hits.count)
            let count = part == 0 ? 4_900.0 : 5_000.0
            let bound = (0.9 + 0.005) / (0.005 * count)
            #expect(((hits - earlierHits) / count - 0.9).magnitude <= bound + 1e-9)
            earlierHits = hits
        }
        let windowed = try #require(estimator.hits.windowed)
        // Five standard deviations of 1,000 tosses; the feedback keeps it far closer.
        #expect((windowed - 0.9).magnitude < 0.047)
    }

    @Test("for normal residuals the radius is the normal quantile", arguments: seeds)
    func normalQuantile(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var estimator = IntervalEstimator(window: 1_000)
        var sum = 0.0
        for step in 0..<20_000 {
            estimator.update(residual: 7 * generator.nextNormal().magnitude)
            if step >= 10_000 { sum += try #require(estimator.radius) }
        }
        // 90 % of a normal lie within 1.645 deviations; the level wanders about it by some percent.
        #expect((sum / 10_000 / 7 - 1.645).magnitude < 0.1)
    }

    @Test("one absurd residual does not widen them")
    func outlier() throws {
        var generator = SeededGenerator(seed: 1)
        var estimator = IntervalEstimator(window: 1_000)
        for _ in 0..<1_000 { estimator.update(residual: generator.nextNormal().magnitude) }
        let before = try #require(estimator.radius)
        for absurd in [1e30, .infinity, .nan] {
            var poisoned = estimator
            poisoned.update(residual: absurd)
            let radius = try #require(poisoned.radius)
            #expect(radius.isFinite && radius < 1.2 * before)
            #expect(radius >= before)
        }
    }

    @Test("residuals that grow for ever miss, and are covered soon after they stop")
    func endlessGrowth() {
        var estimator = IntervalEstimator(window: 100)
        for step in 0..<1_000 { estimator.update(residual: Double(step)) }
        // The level has not run away: 500 equal residuals later the coverage is as it was.
        for _ in 0..<500 { estimator.update(residual: 2_000) }
        #expect(estimator.radius == 2_000)
        #expect(estimator.level > -0.006)
    }

    @Test("their state goes on as it was", arguments: [0, 50, 99, 100, 499, 500, 501, 1_234])
    func roundTrip(count: Int) throws {
        var generator = SeededGenerator(seed: 3)
        var estimator = IntervalEstimator(window: 70)
        for _ in 0..<count { estimator.update(residual: generator.nextUniformDouble()) }
        let bytes = stateBytes(of: estimator)
        var copy = try value(IntervalEstimator.self, fromState: bytes)
        #expect(copy == estimator)
        for _ in 0..<600 {
            let residual = generator.nextUniformDouble()
            estimator.update(residual: residual)
            copy.update(residual: residual)
        }
        #expect(stateBytes(of: copy) == stateBytes(of: estimator))
        #expect(copy == estimator)
    }

    @Test("a snapshot has them in the target's units, for one number only")
    func predictor() throws {
        var run = Run { $0.makeSmall() }
        let stream = Streams.sums(2_000, seed: 1, noise: 1)
        run.take(stream.prefix(100))
        // The first sample has no prediction of the network behind it.
        #expect(run.learner.predictor()?.intervalRadius == nil)
        #expect(run.learner.report().intervalCoverage == nil)
        run.take(stream.dropFirst(100).map { scaled($0, by: 1) })
        let radius = try #require(run.learner.predictor()?.intervalRadius)
        // Noise of deviation 1 and a learner that is not perfect.
        #expect(radius > 1.4 && radius < 2.6)

        var large = Run { $0.makeSmall() }
        large.take(stream.map { scaled($0, by: 1_000) })
        let largeRadius = try #require(large.learner.predictor()?.intervalRadius)
        #expect((largeRadius / radius / 1_000 - 1).magnitude < 0.05)

        var classes = Run { $0.makeSmall() }
        classes.take(Streams.classes(300, seed: 1))
        #expect(classes.learner.predictor()?.intervalRadius == nil)
        var pairs = Run { $0.makeSmall() }
        pairs.take(Streams.pairs(300, seed: 1))
        #expect(pairs.learner.predictor()?.intervalRadius == nil)
        #expect(pairs.learner.report().intervalCoverage == nil)
    }

    private func scaled(_ sample: Sample, by factor: Double) -> Sample {
        guard case .number(let target) = sample.target else { return sample }
        return Sample(sample.features, .number(factor * target))
    }

    /// Coverage as a client would count it: the interval of the snapshot before each sample.
    @Test("the reported coverage is that of the intervals that clients got", arguments: seeds)
    func reportedCoverage(seed: UInt64) throws {
        var run = Run {
            $0.makeSmall()
            $0.metricsWindow = 200
        }
        var hits: [Bool] = []
        for sample in Streams.sums(800, seed: seed, noise: 1) {
            guard case .number(let target) = sample.target else { continue }
            if let predictor = run.learner.predictor(), let radius = predictor.intervalRadius {
                let error = (predictor.answer(sample.features)[0] - target).magnitude
                hits.append(error <= radius)
            }
            run.take([sample])
        }
        let coverage = try #require(run.learner.report().intervalCoverage)
        let total = Double(hits.count { $0 }) / Double(hits.count)
        let recent = Double(hits.suffix(200).count { $0 }) / 200
        #expect(coverage.total == total)
        #expect(coverage.window == recent)
    }
}
