import Evaluation
import StateCoding
import TestSupport
import Testing

@Suite("The expected calibration error") struct CalibrationTests {
    static func quality(_ outcomes: [(confidence: Float?, isHit: Bool)]) -> ClassificationQuality {
        var quality = ClassificationQuality(window: 100)
        for outcome in outcomes {
            quality.update(
                predicted: 0, actual: outcome.isHit ? 0 : 1, probability: 0.5,
                confidence: outcome.confidence)
        }
        return quality
    }

    @Test("is the gap between confidence and accuracy, weighed by how many are in a bin")
    func definition() {
        // Ten at 0.9 of which eight hit, thirty at 0.6 of which fifteen do.
        let sure = (0..<10).map { (confidence: Float(0.9) as Float?, isHit: $0 < 8) }
        let unsure = (0..<30).map { (confidence: Float(0.6) as Float?, isHit: $0 < 15) }
        let expected = 0.25 * 0.1 + 0.75 * 0.1
        let quality = Self.quality(sure + unsure)
        #expect(abs(quality.cumulative.calibrationError - expected) < 1e-7)
        #expect(abs(quality.windowed.calibrationError - expected) < 1e-7)
    }

    @Test("within a bin, too much and too little confidence make up for each other")
    func binning() {
        // 0.54 and 0.59 lie in the ninth of fifteen bins, 0.61 lies in the tenth.
        let quality = Self.quality([(0.54, true), (0.59, false)])
        #expect(abs(quality.cumulative.calibrationError - abs(0.5 - 0.565)) < 1e-7)
        let apart = Self.quality([(0.59, true), (0.61, false)])
        #expect(abs(apart.cumulative.calibrationError - (0.41 + 0.61) / 2) < 1e-7)
    }

    @Test("is 0 for a sure hit and 1 for a sure miss, and bounded for numbers that are none")
    func edges() {
        #expect(Self.quality([(1, true)]).cumulative.calibrationError == 0)
        #expect(Self.quality([(1, false)]).cumulative.calibrationError == 1)
        #expect(Self.quality([]).cumulative.calibrationError == 0)
        for odd in [Float.nan, .infinity, -.infinity, -1, 2] {
            #expect((0...1).contains(Self.quality([(odd, true)]).cumulative.calibrationError))
        }
    }

    @Test("leaves out predictions without a confidence")
    func untold() {
        let quality = Self.quality([(nil, false), (0.75, true), (nil, false)])
        #expect(abs(quality.cumulative.calibrationError - 0.25) < 1e-7)
        #expect(abs(quality.windowed.calibrationError - 0.25) < 1e-7)
    }

    @Test("of a window forgets what has left it")
    func window() {
        let old = (0..<100).map { _ in (confidence: Float(0.9) as Float?, isHit: false) }
        let new = (0..<100).map { _ in (confidence: Float(0.9) as Float?, isHit: true) }
        #expect(abs(Self.quality(old + new).windowed.calibrationError - 0.1) < 1e-6)
    }
}
