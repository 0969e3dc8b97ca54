import Randomness
import StateCoding
import Testing

@testable import Evaluation

@Suite struct DriftDetectorTests {
    /// The indices at which a detector fires.
    static func detections<Detector: ChangeDetector>(
        _ detector: Detector, on values: [Double]
    ) -> [Int] {
        var detector = detector
        return values.indices.filter { detector.update(values[$0]) }
    }

    @Test("on River's published examples each detector fires where River's does")
    func reproducesPublished() {
        let published = ReferenceStreams.published
        let errors = ReferenceStreams.publishedErrors
        #expect(published.count == 2_000 && errors.count == 2_000)
        #expect(Self.detections(ADWIN(), on: published) == [1_023])
        #expect(Self.detections(PageHinkley(), on: published) == [1_006])
        #expect(Self.detections(DDM(), on: errors) == [1_334])
    }

    struct Case: Sendable {
        let kind: ReferenceStreams.Kind
        let seed: UInt64
        let adwin: [Int]
        let pageHinkley: [Int]
        var ddm: [Int]?
    }

    /// River 0.26.1, default parameters.
    static let cases: [Case] = [
        Case(
            kind: .bits, seed: 1, adwin: [1567, 3071, 4575], pageHinkley: [1634, 3048, 4641],
            ddm: [1723, 4802]),
        Case(
            kind: .bits, seed: 2, adwin: [1535, 3071, 4543], pageHinkley: [1587, 3100, 4622],
            ddm: [48, 1547, 4907]),
        Case(
            kind: .bits, seed: 3, adwin: [1567, 3039, 4543],
            pageHinkley: [1622, 2753, 3107, 4633], ddm: [1716, 4906]),
        Case(
            kind: .levels, seed: 1, adwin: [1535, 3039, 4511], pageHinkley: [1530, 3021, 4506]),
        Case(
            kind: .levels, seed: 2, adwin: [1535, 3039, 4511],
            pageHinkley: [1555, 3020, 4259, 4512]),
        Case(
            kind: .levels, seed: 3, adwin: [1535, 3039, 4511], pageHinkley: [1543, 3001, 4507]),
        Case(
            kind: .slope, seed: 1,
            adwin: [543, 1119, 1791, 2335, 2879, 3455, 3999, 4543, 5055, 5631],
            pageHinkley: [696, 1304, 1929, 2594, 3282, 3904, 4510, 5194, 5785]),
        Case(
            kind: .slope, seed: 2,
            adwin: [511, 1151, 1759, 2271, 2911, 3423, 3967, 4447, 5087, 5695],
            pageHinkley: [629, 1268, 1877, 2452, 3125, 3784, 4435, 5095, 5779]),
        Case(
            kind: .slope, seed: 3,
            adwin: [607, 1247, 1695, 2303, 2911, 3583, 4223, 4799, 5439],
            pageHinkley: [681, 1414, 2063, 2689, 3310, 3921, 4468, 5160, 5773]),
    ]

    @Test("on generated streams each detector fires where River's does", arguments: cases)
    func reproducesGenerated(_ expected: Case) {
        let values = ReferenceStreams.generated(expected.kind, seed: expected.seed)
        #expect(Self.detections(ADWIN(), on: values) == expected.adwin)
        #expect(Self.detections(PageHinkley(), on: values) == expected.pageHinkley)
        if let ddm = expected.ddm { #expect(Self.detections(DDM(), on: values) == ddm) }
    }

    @Test("ADWIN's window is as large as the stretch without change, in little memory")
    func windowGrows() {
        var detector = ADWIN()
        var generator = SeededGenerator(seed: 4)
        var sum = 0.0
        for _ in 0..<100_000 {
            let value = generator.nextUniformDouble()
            sum += value
            #expect(detector.update(value) == false)
        }
        #expect(detector.count == 100_000)
        #expect(abs(detector.mean - sum / 100_000) < 1e-9)
        // At most 5 buckets of 16 bytes in each of log₂(100,000) rows, and their counts.
        var writer = StateWriter()
        writer.write(detector)
        #expect(writer.bytes.count < 5 * 17 * 16 + 500)
    }

    @Test(
        "a detector that is read back goes on as the one that was written",
        arguments: DriftConfiguration.Detector.allCases)
    func restores(kind: DriftConfiguration.Detector) throws {
        var configuration = DriftConfiguration()
        configuration.detector = kind
        var detector = DriftDetector(configuration)
        #expect(detector.kind == kind)
        for (step, value) in ReferenceStreams.generated(.bits, seed: 1).enumerated() {
            _ = detector.update(value)
            if step % 97 == 0 { #expect(try restored(detector) == detector) }
        }
    }

    @Test(
        "a number that is not finite is passed over",
        arguments: DriftConfiguration.Detector.allCases, [Double.nan, .infinity, -.infinity])
    func passesOver(kind: DriftConfiguration.Detector, value: Double) {
        var configuration = DriftConfiguration()
        configuration.detector = kind
        var detector = DriftDetector(configuration)
        for number in ReferenceStreams.generated(.bits, seed: 2).prefix(100) {
            _ = detector.update(number)
        }
        let before = detector
        #expect(detector.update(value) == false)
        #expect(detector == before)
    }
}

func restored<Value: StateCodable>(_ value: Value) throws -> Value {
    var writer = StateWriter()
    writer.write(value)
    var reader = StateReader(bytes: writer.bytes)
    let copy = try reader.read(Value.self)
    guard reader.remainingCount == 0 else {
        throw StateError.invalid(what: "end of state", offset: reader.offset)
    }
    return copy
}
