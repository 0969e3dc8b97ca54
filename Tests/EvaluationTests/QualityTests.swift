import Randomness
import Testing

@testable import Evaluation

@Suite struct QualityTests {
    struct ClassCase: Sendable {
        let classes: Double
        let seed: UInt64
        /// Accuracy, kappa, log-loss: since the first sample, and over the last 1,000.
        let cumulative: [Double]
        let windowed: [Double]
        var f1: Double?
    }

    /// River 0.26.1: `Accuracy`, `CohenKappa`, `CrossEntropy`, `F1(pos_val=1)` over 3,000 draws.
    static let classCases: [ClassCase] = [
        ClassCase(
            classes: 2, seed: 1,
            cumulative: [0.86, 0.7197967592493756, 1.0396723469110798],
            windowed: [0.869, 0.736956242369723, 1.00441057983598], f1: 0.856065798492118),
        ClassCase(
            classes: 2, seed: 2,
            cumulative: [0.8603333333333333, 0.7204944912732909, 1.030517364139303],
            windowed: [0.845, 0.6893513656514803, 1.0634332054781828], f1: 0.863739837398374),
        ClassCase(
            classes: 5, seed: 3,
            cumulative: [0.771, 0.7137044710582447, 1.022091934460873],
            windowed: [0.772, 0.7148674133472065, 1.0179702876977534]),
    ]

    @Test("the figures of classes are River's", arguments: classCases)
    func reproducesRiver(_ expected: ClassCase) throws {
        var generator = SeededGenerator(seed: expected.seed)
        var quality = ClassificationQuality(window: 1_000)
        for _ in 0..<3_000 {
            let truth = Int(generator.nextUniformDouble() * expected.classes)
            let isGuess = generator.nextUniformDouble() >= 0.7
            let guess = isGuess ? Int(generator.nextUniformDouble() * expected.classes) : truth
            quality.update(
                truth: truth, prediction: guess, probability: generator.nextUniform())
        }
        for (figures, values) in [
            (quality.cumulative, expected.cumulative), (quality.windowed, expected.windowed),
        ] {
            // Some thousand additions round by half an ulp each.
            #expect(abs(figures.accuracy - values[0]) < 1e-12)
            #expect(abs(figures.kappa - values[1]) < 1e-12)
            #expect(abs(figures.logLoss - values[2]) < 1e-12)
        }
        if let f1 = expected.f1 { #expect(abs(quality.f1(ofClass: 1) - f1) < 1e-12) }
        #expect(quality.cumulative.samples == 3_000)
        #expect(quality.windowed.samples == 1_000)
        #expect(try restored(quality) == quality)
    }

    @Test("River's own example of kappa", arguments: [3.0 / 7])
    func kappaExample(expected: Double) {
        // `metrics.CohenKappa`, documentation: 42.86 %; cat 0, ant 1, bird 2.
        var quality = ClassificationQuality(window: 10)
        for (truth, guess) in [(0, 1), (1, 1), (0, 0), (0, 0), (1, 1), (2, 0)] {
            quality.update(truth: truth, prediction: guess, probability: 0.5)
        }
        #expect(abs(quality.cumulative.kappa - expected) < 1e-12)
    }

    @Test(
        "impossible probabilities cost what River's clip lets them cost",
        arguments: [
            (0 as Float, 34.538776394910684), (1, 9.992007221626415e-16),
            (.nan, 34.538776394910684),
            (-1, 34.538776394910684), (2, 9.992007221626415e-16),
        ])
    func clipsProbabilities(probability: Float, expected: Double) {
        // -ln(1e-15) and -ln(1 - 1e-15) by Python's `math.log`.
        let loss = ClassificationQuality.loss(ofProbability: probability)
        #expect(abs(loss - expected) <= expected * 1e-14)
    }

    @Test(
        "the logarithm is exact to 1e-15",
        arguments: [
            (1e-15, -34.538776394910684), (0.5, -0.6931471805599453), (2, 0.6931471805599453),
            (1.5, 0.4054651081081644), (1.4142, 0.3465640001880033), (1e300, 690.7755278982137),
            (0.1, -2.3025850929940455), (10, 2.302585092994046),
        ])
    func logarithm(value: Double, expected: Double) {
        #expect(abs(naturalLogarithm(value) - expected) <= abs(expected) * 1e-15)
    }

    @Test("no prediction is a miss, and a class may come late")
    func countsMisses() {
        var quality = ClassificationQuality(window: 2)
        #expect(quality.cumulative.accuracy == 0 && quality.windowed.kappa == 0)
        quality.update(truth: 0, prediction: nil, probability: 0)
        #expect(quality.cumulative.accuracy == 0)
        quality.update(truth: 900, prediction: 900, probability: 1)
        #expect(quality.cumulative.accuracy == 0.5)
        quality.update(truth: 0, prediction: 0, probability: 1)
        #expect(quality.windowed.accuracy == 1)
        #expect(quality.f1(ofClass: 5_000) == 0)
    }

    @Test("windowed figures do not drift in a million updates")
    func windowDoesNotDrift() {
        var generator = SeededGenerator(seed: 9)
        var numbers = RegressionQuality(window: 100, outputCount: 1)
        var fresh = RegressionQuality(window: 100, outputCount: 1)
        var absolute: [Double] = []
        for step in 0..<1_000_000 {
            // Errors of very different size, so that a running difference would lose the small.
            let scale = step % 1_000 < 500 ? 1e9 : 1e-3
            let error = scale * generator.nextUniformDouble()
            numbers.update(truth: error, prediction: 0)
            if step >= 999_900 {
                fresh.update(truth: error, prediction: 0)
                absolute.append(error)
            }
        }
        #expect(numbers.windowed == fresh.cumulative)
        let direct = absolute.reduce(0, +) / 100
        #expect(abs(numbers.windowed.mae - direct) <= 1e-13 * direct)
    }

    struct NumberCase: Sendable {
        let seed: UInt64
        let cumulative: [Double]
        let windowed: [Double]
    }

    /// River 0.26.1: `MAE`, `RMSE`, `R2` over 3,000 draws, and over the last 1,000 of them.
    static let numberCases: [NumberCase] = [
        NumberCase(
            seed: 1, cumulative: [2.521418733815565, 2.9033137875943087, 0.9597037035857939],
            windowed: [2.486501450925944, 2.868115317544117, 0.9618673821934064]),
        NumberCase(
            seed: 2, cumulative: [2.4873825027777197, 2.8713859423104324, 0.9615326678000344],
            windowed: [2.4861564027468397, 2.8684260385195253, 0.9615957512010777]),
    ]

    @Test("the figures of numbers are River's", arguments: numberCases)
    func reproducesRiverNumbers(_ expected: NumberCase) throws {
        var generator = SeededGenerator(seed: expected.seed)
        var quality = RegressionQuality(window: 1_000, outputCount: 1)
        for _ in 0..<3_000 {
            let truth = 100 + 50 * generator.nextUniformDouble()
            let error = 10 * (generator.nextUniformDouble() - 0.5)
            quality.update(truth: truth, prediction: truth + error)
        }
        for (figures, values) in [
            (quality.cumulative, expected.cumulative), (quality.windowed, expected.windowed),
        ] {
            #expect(abs(figures.mae - values[0]) < 1e-11)
            #expect(abs(figures.rmse - values[1]) < 1e-11)
            #expect(abs(figures.r2 - values[2]) < 1e-11)
        }
        #expect(try restored(quality) == quality)
    }

    @Test("several outputs are averaged as by River's MacroAverage")
    func averagesOutputs() {
        // River 0.26.1, `metrics.multioutput.MacroAverage` of MAE, RMSE and R2, 500 draws.
        let expected = [1.843480454490249, 2.1235685949549747, 0.9601971219886661]
        var generator = SeededGenerator(seed: 5)
        var quality = RegressionQuality(window: 10, outputCount: 3)
        for _ in 0..<500 {
            let truths = [1.0, 10, 100].map { $0 * generator.nextUniformDouble() }
            for (output, scale) in [1.0, 10, 100].enumerated() {
                let error = scale * 0.2 * (generator.nextUniformDouble() - 0.5)
                quality.update(
                    truth: truths[output], prediction: truths[output] + error, output: output)
            }
        }
        #expect(abs(quality.cumulative.mae - expected[0]) < 1e-11)
        #expect(abs(quality.cumulative.rmse - expected[1]) < 1e-11)
        #expect(abs(quality.cumulative.r2 - expected[2]) < 1e-11)
        #expect(quality.cumulative.samples == 500)
    }

    @Test("River's own example of R2, and where it is not defined")
    func r2Example() {
        // `metrics.R2`, documentation: 0.0, 0.9183, 0.9230, 0.9486.
        var quality = RegressionQuality(window: 4, outputCount: 1)
        var seen: [Double] = []
        for (truth, guess) in [(3.0, 2.5), (-0.5, 0), (2, 2), (7, 8)] {
            quality.update(truth: truth, prediction: guess)
            seen.append(quality.cumulative.r2)
        }
        for (value, expected) in zip(seen, [0, 0.9183, 0.9230, 0.9486]) {
            #expect(abs(value - expected) < 1e-4)
        }
    }

    @Test("figures stay finite on any finite numbers")
    func staysFinite() {
        var quality = RegressionQuality(window: 10, outputCount: 1)
        for (truth, guess) in [(1e308, -1e308), (-1e308, 1e308), (0, 0x1p-1060), (1, 1)] {
            quality.update(truth: truth, prediction: guess)
            let figures = quality.cumulative
            #expect(figures.mae.isFinite && figures.rmse.isFinite && figures.r2.isFinite)
        }
    }
}
