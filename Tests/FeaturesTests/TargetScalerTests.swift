import Randomness
import Testing

@testable import Features

@Suite struct TargetScalerTests {
    @Test("a target comes back as it went in", arguments: [-3.0, 0, 12.5, 40])
    func roundTrips(target: Double) {
        var scaler = TargetScaler(outputCount: 2, configuration: FeatureConfiguration())
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 { scaler.observe(10 + 8 * generator.nextNormal(), output: 1) }
        let restored = scaler.restore(scaler.standardise(target, output: 1), output: 1)
        // One Float rounding of a number below 6, times the deviation.
        let tolerance = 6 * scaler.deviation(ofOutput: 1) * Double(Float.ulpOfOne)
        #expect(abs(restored - target) <= tolerance)
        #expect(scaler.standardise(target, output: 0) == 0)
    }

    @Test(
        "one absurd target barely moves what a prediction means",
        arguments: [1e6, -1e6, 1e12, 1e30, 1e308])
    func boundsPoison(target: Double) {
        var scaler = TargetScaler(outputCount: 1, configuration: FeatureConfiguration())
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<1_000 {
            scaler.observe(generator.nextNormal() + generator.nextNormal(), output: 0)
        }
        let output = scaler.standardise(2, output: 0)
        let before = scaler.restore(output, output: 0)
        #expect(scaler.standardise(target, output: 0).magnitude <= 6)
        scaler.observe(target, output: 0)
        // GOLDEN: right after the bad sample a prediction of 2 may move by 0.1.
        #expect(abs(scaler.restore(output, output: 0) - before) < 0.05)
        #expect(scaler.clippedCount == 1)
    }

    @Test("targets of a huge scale are learned as any others", arguments: [1e12, 1e-12, 1e100])
    func takesAnyScale(scale: Double) {
        var scaler = TargetScaler(outputCount: 1, configuration: FeatureConfiguration())
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1_000 { scaler.observe(scale * generator.nextNormal(), output: 0) }
        #expect(abs(scaler.standardise(scale, output: 0) - 1) < 0.2)
        #expect(scaler.clippedCount == 0)
    }

    @Test("before anything has varied a prediction is the mean")
    func beginsAtMean() {
        var scaler = TargetScaler(outputCount: 1, configuration: FeatureConfiguration())
        #expect(scaler.restore(3, output: 0) == 0)
        scaler.observe(42, output: 0)
        #expect(scaler.restore(3, output: 0) == 42)
        #expect(scaler.standardise(50, output: 0) == 0)
    }

    @Test("without scaling targets pass as they are")
    func passesRaw() {
        var configuration = FeatureConfiguration()
        configuration.scaling = .none
        var scaler = TargetScaler(outputCount: 1, configuration: configuration)
        for value in [1.0, 5, 9] { scaler.observe(value, output: 0) }
        #expect(scaler.standardise(7, output: 0) == 7)
        #expect(scaler.restore(7, output: 0) == 7)
        #expect(scaler.standardise(1e300, output: 0).isFinite)
    }

    @Test("a scaler that is read back equals the one that was written")
    func restores() throws {
        var scaler = TargetScaler(outputCount: 3, configuration: FeatureConfiguration())
        var generator = SeededGenerator(seed: 4)
        for count in 0..<100 {
            for output in 0..<3 { scaler.observe(generator.nextNormal(), output: output) }
            if count % 13 == 0 { #expect(try restored(scaler) == scaler) }
        }
    }
}
