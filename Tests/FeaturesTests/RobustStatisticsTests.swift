import Randomness
import Testing

@testable import Features

@Suite struct RobustStatisticsTests {
    /// The default configuration: step floor 1/1000, clip 5, so 6 deviations are plausible.
    static func bank(clip: Double = 5) -> MomentsBank {
        var bank = MomentsBank(rule: MomentsRule(forgetting: 0.001, clip: clip))
        bank.append()
        return bank
    }

    static let poison: [Double] = [
        1e6, -1e6, 1e38, -1e38, 1e308, -1e308, .greatestFiniteMagnitude,
    ]

    @Test("one bad value moves mean and deviation by a little", arguments: poison)
    func boundsOneValue(value: Double) {
        var generator = SeededGenerator(seed: 11)
        var bank = Self.bank()
        for _ in 0..<1_000 { _ = bank.observe(generator.nextNormal(), at: 0) }
        let before = bank[0]
        #expect(bank.observe(value, at: 0) == false)
        // At 6 deviations and step 1/1000 the mean moves by 0.006 deviations and the variance
        // grows by at most 36/1000.
        #expect(abs(bank[0].mean - before.mean) <= 0.006_001 * before.deviation)
        #expect(bank[0].deviation <= before.deviation * (1.036).squareRoot())
        #expect(bank[0].clippedCount == before.clippedCount + 1)
    }

    @Test("a burst of five bad values is survived", arguments: poison)
    func boundsBurst(value: Double) {
        var generator = SeededGenerator(seed: 12)
        var bank = Self.bank()
        for _ in 0..<1_000 { _ = bank.observe(generator.nextNormal(), at: 0) }
        for _ in 0..<5 { _ = bank.observe(value, at: 0) }
        #expect(abs(bank[0].mean) < 0.2)
        #expect(bank[0].deviation < 1.2)
    }

    @Test("a bad value among the very first is found out", arguments: poison, [0, 1, 5, 30, 31])
    func findsEarlyPoison(value: Double, position: Int) {
        var generator = SeededGenerator(seed: 13)
        var bank = Self.bank()
        for step in 0..<500 {
            _ = bank.observe(step == position ? value : generator.nextNormal(), at: 0)
        }
        // 500 standard normal values: the mean is within 5/√500 of 0, the deviation of 1.
        #expect(abs(bank[0].mean) < 0.23)
        #expect(abs(bank[0].deviation - 1) < 0.23)
    }

    /// Mean and deviation after a jump from mean 0, deviation 1.
    static let jumps: [(Double, Double)] = [
        (1e3, 1), (1e6, 1), (0, 30), (0, 1e3), (0, 1e9), (-50, 1e-3), (1e30, 1e28),
    ]

    @Test("a new scale that stays is followed within 500 values", arguments: jumps)
    func followsJump(mean: Double, deviation: Double) {
        var generator = SeededGenerator(seed: 14)
        var bank = Self.bank()
        for _ in 0..<2_000 { _ = bank.observe(generator.nextNormal(), at: 0) }
        for _ in 0..<500 {
            _ = bank.observe(mean + deviation * generator.nextNormal(), at: 0)
        }
        #expect(abs(bank[0].mean - mean) < deviation)
        #expect(bank[0].deviation < 2 * deviation && bank[0].deviation > deviation / 2)
    }

    /// Mean and deviation after a fall from mean 0, deviation 1, too near to be implausible.
    static let falls: [(Double, Double)] = [(0, 1e-2), (0, 1e-3), (1, 1e-3), (-2, 1e-9)]

    @Test("a scale that shrinks for good is followed within 1,100 values", arguments: falls)
    func followsFall(mean: Double, deviation: Double) {
        var generator = SeededGenerator(seed: 17)
        var bank = Self.bank()
        for _ in 0..<2_100 { _ = bank.observe(generator.nextNormal(), at: 0) }
        for _ in 0..<1_100 {
            _ = bank.observe(mean + deviation * generator.nextNormal(), at: 0)
        }
        #expect(abs(bank[0].mean - mean) < deviation)
        #expect(bank[0].deviation < 2 * deviation && bank[0].deviation > deviation / 2)
    }

    @Test("what stands still, creeps, or is quiet but for bursts keeps its scale")
    func keepsScale() {
        var generator = SeededGenerator(seed: 18)
        for kind in 0..<3 {
            var bank = Self.bank()
            for _ in 0..<2_000 { _ = bank.observe(generator.nextNormal(), at: 0) }
            for step in 0..<2_000 {
                let value =
                    switch kind {
                    case 0: 0.5
                    case 1: 1e-5 * Double(step)
                    default:
                        step % 200 == 0 ? generator.nextNormal() : 1e-3 * generator.nextNormal()
                    }
                _ = bank.observe(value, at: 0)
            }
            // Forgetting leaves e⁻² of the variance of 1, within the deviation of an estimate.
            #expect(bank[0].deviation > 0.3)
        }
    }

    @Test(
        "a constant that begins to vary is followed, whatever its first new value",
        arguments: [1.0, 1e6, 1e38])
    func followsConstant(first: Double) {
        var generator = SeededGenerator(seed: 15)
        var bank = Self.bank()
        for _ in 0..<1_000 { _ = bank.observe(0, at: 0) }
        _ = bank.observe(first, at: 0)
        for _ in 0..<3_000 { _ = bank.observe(generator.nextNormal(), at: 0) }
        #expect(abs(bank[0].mean) < 0.3)
        #expect(bank[0].deviation < 1.5 && bank[0].deviation > 0.5)
    }

    @Test("clean values pass as if there were no guard", arguments: [UInt64](1...5))
    func leavesCleanValuesAlone(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var guarded = Self.bank()
        var plain = Self.bank(clip: 0)
        // Six deviations are met once in 5·10⁸ normal values.
        for _ in 0..<20_000 {
            let value = generator.nextNormal()
            _ = guarded.observe(value, at: 0)
            _ = plain.observe(value, at: 0)
        }
        #expect(guarded[0].mean == plain[0].mean)
        #expect(guarded[0].variance == plain[0].variance)
    }

    @Test(
        "any finite number leaves statistics and inputs finite",
        arguments: FeatureConfiguration.Scaling.allCases, [0.0, 5])
    func staysFinite(scaling: FeatureConfiguration.Scaling, clip: Double) {
        let extremes: [Double] = [
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e308, -1e308, 0, -0.0,
            .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, 0x1p-1030, 1e38,
            1e154, -1e154, 1, -1,
        ]
        var generator = SeededGenerator(seed: 16)
        var schema = SampleSchema()
        var encoder = InputEncoder { features in
            features.scaling = scaling
            features.clip = clip
        }
        for _ in 0..<5_000 {
            let values = [
                extremes[generator.nextIndex(below: extremes.count)],
                // Denormals alone, and extremes alone.
                Double(generator.nextIndex(below: 5)) * .leastNonzeroMagnitude,
                generator.nextIndex(below: 2) == 0 ? 1e308 : -1e308,
            ]
            let block = schema.admit(.positional([(values, .label(.integer(0)))]))
            _ = encoder.observe(block, row: 0)
            let inputs = encoder.inputs(block)
            #expect(inputs.allSatisfy { $0.isFinite })
            if clip > 0, scaling != .none {
                #expect(inputs.allSatisfy { $0.magnitude <= Float(clip) })
            }
            for feature in 0..<3 {
                let statistics = encoder.statistics(ofFeature: feature)
                #expect(statistics.mean.isFinite && statistics.deviation.isFinite)
            }
        }
    }

    @Test("a constant feature is input 0", arguments: [0.0, 0.1, 1e16, -1e308])
    func constantIsZero(value: Double) {
        var schema = SampleSchema()
        var encoder = InputEncoder()
        for _ in 0..<100 {
            let block = schema.admit(.positional([([value], .label(.integer(0)))]))
            _ = encoder.observe(block, row: 0)
            #expect(encoder.inputs(block) == [0])
        }
    }
}
