import Evaluation
import TestSupport
import Testing

@Suite struct ClassificationQualityTests {
    struct Outcome {
        let predicted: Int
        let actual: Int
        let probability: Float
    }

    struct Figures {
        let sampleCount: Int
        let accuracy: Double
        let kappa: Double
        let logLoss: Double
        let f1: Double?
    }

    struct Case: CustomTestStringConvertible {
        let classCount: Int
        let seed: UInt64
        let cumulative: Figures
        /// Of the last 150 samples.
        let windowed: Figures

        var testDescription: String { "\(classCount) classes, seed \(seed)" }
    }

    static func outcomes(classCount: Int, seed: UInt64, count: Int) -> [Outcome] {
        var uniform = UniformStream(seed: seed)
        return (0..<count).map { _ in
            let skewed = uniform.next() * uniform.next()
            let actual = min(classCount - 1, Int(skewed * Double(classCount + 1)))
            let isHit = uniform.next() < 0.6
            let predicted = isHit ? actual : Int(uniform.next() * Double(classCount))
            return Outcome(
                predicted: predicted, actual: actual,
                probability: Float(0.05 + 0.9 * uniform.next()))
        }
    }

    /// River 0.26.1 on the same outcomes: `Accuracy`, `CohenKappa`, `LogLoss` or `CrossEntropy`,
    /// and `F1`.
    static let cases = [
        Case(
            classCount: 2, seed: 1,
            cumulative: Figures(
                sampleCount: 1000, accuracy: 0.787, kappa: 0.5261865356894988,
                logLoss: 0.8542510276748333, f1: 0.6816143497757847),
            windowed: Figures(
                sampleCount: 150, accuracy: 0.7733333333333333, kappa: 0.47237740533829914,
                logLoss: 0.8113591779856321, f1: 0.6304347826086957)),
        Case(
            classCount: 3, seed: 2,
            cumulative: Figures(
                sampleCount: 1000, accuracy: 0.742, kappa: 0.576083902525587,
                logLoss: 0.9003152431429865, f1: nil),
            windowed: Figures(
                sampleCount: 150, accuracy: 0.7, kappa: 0.49037372593431466,
                logLoss: 0.9692401151229467, f1: nil)),
        Case(
            classCount: 10, seed: 3,
            cumulative: Figures(
                sampleCount: 1000, accuracy: 0.642, kappa: 0.5832591231911641,
                logLoss: 0.893271334912395, f1: nil),
            windowed: Figures(
                sampleCount: 150, accuracy: 0.68, kappa: 0.6242563406742513,
                logLoss: 0.9210524903505398, f1: nil)),
        Case(
            classCount: 2, seed: 4,
            cumulative: Figures(
                sampleCount: 100, accuracy: 0.79, kappa: 0.4642857142857145,
                logLoss: 0.8872549898839228, f1: 0.6037735849056605),
            windowed: Figures(
                sampleCount: 100, accuracy: 0.79, kappa: 0.4642857142857145,
                logLoss: 0.8872549898839228, f1: 0.6037735849056605)),
    ]

    static func quality(_ outcomes: [Outcome], window: Int) -> ClassificationQuality {
        var quality = ClassificationQuality(window: window)
        for outcome in outcomes {
            quality.update(
                predicted: outcome.predicted, actual: outcome.actual,
                probability: outcome.probability)
        }
        return quality
    }

    static func expect(
        _ figures: ClassificationFigures, _ expected: Figures,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(figures.sampleCount == expected.sampleCount, sourceLocation: sourceLocation)
        #expect(abs(figures.accuracy - expected.accuracy) < 1e-12, sourceLocation: sourceLocation)
        #expect(abs(figures.kappa - expected.kappa) < 1e-12, sourceLocation: sourceLocation)
        // A loss of at most 3 nats, as a Float, is off by at most 3 · 2⁻²⁴.
        #expect(abs(figures.logLoss - expected.logLoss) < 2e-7, sourceLocation: sourceLocation)
        #expect((figures.f1 == nil) == (expected.f1 == nil), sourceLocation: sourceLocation)
        if let f1 = figures.f1, let expectedF1 = expected.f1 {
            #expect(abs(f1 - expectedF1) < 1e-12, sourceLocation: sourceLocation)
        }
    }

    @Test("figures agree with River's, over all samples and over a window", arguments: cases)
    func agreesWithRiver(expected: Case) {
        let outcomes = Self.outcomes(
            classCount: expected.classCount, seed: expected.seed,
            count: expected.cumulative.sampleCount)
        let quality = Self.quality(outcomes, window: 150)
        Self.expect(quality.cumulative, expected.cumulative)
        Self.expect(quality.windowed, expected.windowed)
    }

    @Test("without samples every figure is 0 and F1 is unknown")
    func startsAtZero() {
        let quality = ClassificationQuality(window: 10)
        #expect(quality.cumulative == ClassificationFigures())
        #expect(quality.windowed == ClassificationFigures())
    }

    @Test("no answer is a miss, and agrees with no class by chance")
    func countsNoAnswerAsMiss() {
        var quality = ClassificationQuality(window: 4)
        for (predicted, actual) in [(0, 0), (1, 1), (nil, 0), (nil, 1)] as [(Int?, Int)] {
            quality.update(predicted: predicted, actual: actual, probability: 0.5)
        }
        // Chance: 2/4 · 1/4 for each class, 1/4 in all; κ = (1/2 − 1/4) / (1 − 1/4).
        #expect(quality.cumulative.accuracy == 0.5)
        #expect(abs(quality.cumulative.kappa - 1.0 / 3) < 1e-15)
        #expect(quality.windowed == quality.cumulative)
    }

    @Test("κ is 0 where only one class was ever met and predicted")
    func kappaOfOneClass() {
        var quality = ClassificationQuality(window: 4)
        for _ in 0..<5 { quality.update(predicted: 0, actual: 0, probability: 1) }
        #expect(quality.cumulative.accuracy == 1)
        #expect(quality.cumulative.kappa == 0)
        #expect(quality.cumulative.f1 == nil)
    }

    @Test(
        "one confident mistake costs at most −ln 1e-15",
        arguments: [0, -1, 1e-30, -Float.infinity, .nan])
    func boundsLoss(probability: Float) {
        var quality = ClassificationQuality(window: 1)
        let loss = quality.update(predicted: 0, actual: 1, probability: probability)
        #expect(abs(loss - 34.538776) < 1e-5)
    }

    @Test(
        "certainty, and what rounding pushed beyond it, costs nothing", arguments: [1, 1.0000001])
    func certaintyIsFree(probability: Float) {
        var quality = ClassificationQuality(window: 1)
        #expect(quality.update(predicted: 1, actual: 1, probability: probability) == 0)
    }

    @Test("after a million samples the window equals one that saw nothing else")
    func windowDoesNotDrift() {
        let window = 997
        var quality = ClassificationQuality(window: window)
        var uniform = UniformStream(seed: 5)
        var newest: [Outcome] = []
        for index in 0..<1_000_000 {
            let outcome = Outcome(
                predicted: Int(uniform.next() * 7), actual: Int(uniform.next() * 7),
                probability: Float(uniform.next()))
            quality.update(
                predicted: outcome.predicted, actual: outcome.actual,
                probability: outcome.probability)
            if index >= 1_000_000 - window { newest.append(outcome) }
        }
        let fresh = Self.quality(newest, window: window).windowed
        #expect(quality.windowed.sampleCount == window)
        #expect(quality.windowed.accuracy == fresh.accuracy)
        #expect(quality.windowed.kappa == fresh.kappa)
        // The same terms in another order: at most n roundings of a sum below 35 n.
        #expect(abs(quality.windowed.logLoss - fresh.logLoss) < 35 * 997 * 0x1p-53)
    }

    @Test("state read back is the same and goes on the same", arguments: [0, 1, 149, 150, 400])
    func survivesStateRoundTrip(count: Int) throws {
        let outcomes = Self.outcomes(classCount: 4, seed: 6, count: count + 1)
        var quality = Self.quality(Array(outcomes.dropLast()), window: 150)
        var readBack: ClassificationQuality = try TestSupport.value(
            fromState: stateBytes(of: quality))
        #expect(readBack == quality)
        let last = outcomes[count]
        quality.update(predicted: nil, actual: last.actual, probability: last.probability)
        readBack.update(predicted: nil, actual: last.actual, probability: last.probability)
        #expect(readBack == quality)
        #expect(stateBytes(of: readBack) == stateBytes(of: quality))
    }

    @Test("state that ends early is refused")
    func refusesTruncatedState() {
        let outcomes = Self.outcomes(classCount: 3, seed: 7, count: 20)
        let bytes = stateBytes(of: Self.quality(outcomes, window: 10))
        for count in bytes.indices {
            #expect(throws: (any Error).self) {
                try TestSupport.value(
                    ClassificationQuality.self, fromState: Array(bytes.prefix(count)))
            }
        }
    }
}
