import Evaluation
import TestSupport
import Testing

@Suite struct RegressionQualityTests {
    struct Sample {
        let targets: [Double]
        let predictions: [Double]
    }

    struct Figures {
        let sampleCount: Int
        let meanAbsoluteError: Double
        let rootMeanSquaredError: Double
        let r2: Double
    }

    struct Case: CustomTestStringConvertible {
        let outputCount: Int
        let seed: UInt64
        let cumulative: Figures
        /// Of the last 150 samples.
        let windowed: Figures
        /// Mean absolute errors of the baselines.
        let mean: Double
        let noChange: Double

        var testDescription: String { "\(outputCount) outputs, seed \(seed)" }
    }

    static func samples(outputCount: Int, seed: UInt64, count: Int) -> [Sample] {
        var uniform = UniformStream(seed: seed)
        return (0..<count).map { _ in
            let targets = (0..<outputCount).map { output in
                100 * uniform.next() - 30 * Double(output + 1)
            }
            let predictions = targets.map { $0 + 20 * (uniform.next() - 0.4) }
            return Sample(targets: targets, predictions: predictions)
        }
    }

    /// River 0.26.1 on the same samples: `MAE`, `RMSE` and `R2` under `multioutput.MacroAverage`;
    /// the baselines with `stats.Mean` and with the target before, from 0.
    static let cases = [
        Case(
            outputCount: 1, seed: 1,
            cumulative: Figures(
                sampleCount: 1000, meanAbsoluteError: 5.371637806581374,
                rootMeanSquaredError: 6.31070135001908, r2: 0.9505722618186453),
            windowed: Figures(
                sampleCount: 150, meanAbsoluteError: 5.3289586323086695,
                rootMeanSquaredError: 6.210504495467704, r2: 0.9484937741439263),
            mean: 24.510724411668182, noChange: 31.801017715833986),
        Case(
            outputCount: 3, seed: 2,
            cumulative: Figures(
                sampleCount: 1000, meanAbsoluteError: 5.169637243034445,
                rootMeanSquaredError: 6.081848082945778, r2: 0.9556230873160819),
            windowed: Figures(
                sampleCount: 150, meanAbsoluteError: 5.265460293666443,
                rootMeanSquaredError: 6.178718933803206, r2: 0.952871878583156),
            mean: 25.064073904320708, noChange: 33.13871113185503),
        Case(
            outputCount: 2, seed: 3,
            cumulative: Figures(
                sampleCount: 100, meanAbsoluteError: 4.976102159234285,
                rootMeanSquaredError: 6.023668345534389, r2: 0.9551188740287535),
            windowed: Figures(
                sampleCount: 100, meanAbsoluteError: 4.976102159234285,
                rootMeanSquaredError: 6.023668345534389, r2: 0.9551188740287535),
            mean: 25.653144312910847, noChange: 32.052998673846275),
    ]

    static func quality(_ samples: [Sample], window: Int, outputCount: Int) -> RegressionQuality {
        var quality = RegressionQuality(window: window, outputCount: outputCount)
        for sample in samples {
            quality.update(predictions: sample.predictions.span, targets: sample.targets.span)
        }
        return quality
    }

    static func expect(
        _ figures: RegressionFigures, _ expected: Figures,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        // Sums of a thousand terms, in another order than River's.
        let tolerance = 1e-11
        #expect(figures.sampleCount == expected.sampleCount, sourceLocation: sourceLocation)
        #expect(
            abs(figures.meanAbsoluteError - expected.meanAbsoluteError) < tolerance,
            sourceLocation: sourceLocation)
        #expect(
            abs(figures.rootMeanSquaredError - expected.rootMeanSquaredError) < tolerance,
            sourceLocation: sourceLocation)
        #expect(abs(figures.r2 - expected.r2) < tolerance, sourceLocation: sourceLocation)
    }

    @Test("figures agree with River's, over all samples and over a window", arguments: cases)
    func agreesWithRiver(expected: Case) {
        let samples = Self.samples(
            outputCount: expected.outputCount, seed: expected.seed,
            count: expected.cumulative.sampleCount)
        let quality = Self.quality(samples, window: 150, outputCount: expected.outputCount)
        Self.expect(quality.cumulative, expected.cumulative)
        Self.expect(quality.windowed, expected.windowed)
    }

    @Test("baselines agree with River's mean and with the target before", arguments: cases)
    func baselinesAgreeWithRiver(expected: Case) {
        var baselines = NumberBaselines(outputCount: expected.outputCount)
        for sample in Self.samples(
            outputCount: expected.outputCount, seed: expected.seed,
            count: expected.cumulative.sampleCount)
        {
            baselines.update(targets: sample.targets.span)
        }
        #expect(abs(baselines.meanAbsoluteErrorOfMean - expected.mean) < 1e-10)
        #expect(abs(baselines.meanAbsoluteErrorOfNoChange - expected.noChange) < 1e-10)
    }

    @Test("without samples every figure is 0")
    func startsAtZero() {
        let quality = RegressionQuality(window: 10, outputCount: 2)
        #expect(quality.cumulative == RegressionFigures())
        #expect(quality.windowed == RegressionFigures())
        #expect(NumberBaselines(outputCount: 1).meanAbsoluteErrorOfMean == 0)
    }

    @Test("both baselines predict 0 for the first sample")
    func baselinesStartAtZero() {
        var baselines = NumberBaselines(outputCount: 1)
        baselines.update(targets: [-8].span)
        #expect(baselines.meanAbsoluteErrorOfMean == 8)
        #expect(baselines.meanAbsoluteErrorOfNoChange == 8)
    }

    @Test("R² is 0 where all targets are equal")
    func r2OfConstant() {
        let samples = [3.0, 4, 5].map { Sample(targets: [7], predictions: [$0]) }
        let quality = Self.quality(samples, window: 3, outputCount: 1)
        #expect(quality.cumulative.r2 == 0)
        #expect(quality.cumulative.meanAbsoluteError == 3)
    }

    @Test("one absurd sample leaves no trace in the window once it has left it")
    func windowForgets() {
        let samples = Self.samples(outputCount: 2, seed: 4, count: 1000)
        let poison = Sample(targets: [1e30, -1e308], predictions: [-1e30, 1e308])
        let quality = Self.quality(
            Array(samples.prefix(500)) + [poison] + Array(samples.suffix(500)), window: 100,
            outputCount: 2)
        let clean = Self.quality(Array(samples.suffix(100)), window: 100, outputCount: 2).windowed
        #expect(abs(quality.windowed.meanAbsoluteError - clean.meanAbsoluteError) < 1e-11)
        #expect(abs(quality.windowed.rootMeanSquaredError - clean.rootMeanSquaredError) < 1e-11)
        #expect(abs(quality.windowed.r2 - clean.r2) < 1e-11)
    }

    @Test("after a million samples the window equals one that saw nothing else")
    func windowDoesNotDrift() {
        let window = 97
        let samples = Self.samples(outputCount: 1, seed: 5, count: 1000)
        var quality = RegressionQuality(window: window, outputCount: 1)
        for _ in 0..<1000 {
            for sample in samples {
                quality.update(predictions: sample.predictions.span, targets: sample.targets.span)
            }
        }
        let fresh = Self.quality(samples.suffix(window), window: window, outputCount: 1).windowed
        let all = Self.quality(samples, window: window, outputCount: 1).cumulative
        #expect(abs(quality.windowed.meanAbsoluteError - fresh.meanAbsoluteError) < 1e-12)
        #expect(abs(quality.windowed.r2 - fresh.r2) < 1e-12)
        // A thousand equal rounds have the figures of one.
        #expect(abs(quality.cumulative.meanAbsoluteError - all.meanAbsoluteError) < 1e-12)
        #expect(abs(quality.cumulative.rootMeanSquaredError - all.rootMeanSquaredError) < 1e-12)
    }

    @Test(
        "no input makes a figure infinite or NaN",
        arguments: [.nan, .infinity, -Double.infinity, 1e308, -1e308, .leastNonzeroMagnitude])
    func staysFinite(extreme: Double) {
        var quality = RegressionQuality(window: 3, outputCount: 1)
        var baselines = NumberBaselines(outputCount: 1)
        for (prediction, target) in [(extreme, 1e308), (extreme, -1e308), (0, extreme), (1, 2)] {
            quality.update(predictions: [prediction].span, targets: [target].span)
            baselines.update(targets: [target].span)
            for figures in [quality.cumulative, quality.windowed] {
                #expect(figures.meanAbsoluteError.isFinite)
                #expect(figures.rootMeanSquaredError.isFinite)
                #expect(figures.r2.isFinite)
            }
            #expect(baselines.meanAbsoluteErrorOfMean.isFinite)
            #expect(baselines.meanAbsoluteErrorOfNoChange.isFinite)
        }
    }

    @Test("state read back is the same and goes on the same", arguments: [0, 1, 49, 50, 120])
    func survivesStateRoundTrip(count: Int) throws {
        let samples = Self.samples(outputCount: 2, seed: 6, count: count + 1)
        var quality = Self.quality(Array(samples.dropLast()), window: 50, outputCount: 2)
        var baselines = NumberBaselines(outputCount: 2)
        for sample in samples.dropLast() { baselines.update(targets: sample.targets.span) }
        let readBaselines: NumberBaselines = try TestSupport.value(
            fromState: stateBytes(of: baselines))
        #expect(readBaselines == baselines)
        var readBack: RegressionQuality = try TestSupport.value(fromState: stateBytes(of: quality))
        #expect(readBack == quality)
        let last = samples[count]
        quality.update(predictions: last.predictions.span, targets: last.targets.span)
        readBack.update(predictions: last.predictions.span, targets: last.targets.span)
        #expect(readBack == quality)
    }

    @Test("state that ends early is refused")
    func refusesTruncatedState() {
        let samples = Self.samples(outputCount: 2, seed: 7, count: 12)
        let bytes = stateBytes(of: Self.quality(samples, window: 5, outputCount: 2))
        for count in bytes.indices {
            #expect(throws: (any Error).self) {
                try TestSupport.value(RegressionQuality.self, fromState: Array(bytes.prefix(count)))
            }
        }
    }
}
