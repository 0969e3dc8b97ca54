import Evaluation
import TestSupport
import Testing

@Suite struct DriftDetectorTests {
    enum Kind {
        case levels, errors, ramp, stationary, losses

        /// 6000 values whose mean changes every 1500, or climbs, or stays.
        func values(seed: UInt64) -> [Double] {
            var uniform = UniformStream(seed: seed)
            return (0..<6000).map { index in
                let draw = uniform.next()
                let isOdd = index / 1500 % 2 == 1
                switch self {
                case .levels: return draw + (isOdd ? 0.5 : 0)
                case .errors: return draw < (isOdd ? 0.45 : 0.15) ? 1 : 0
                case .ramp: return draw + Double(index) / 4000
                case .stationary: return draw
                case .losses: return draw * draw * (isOdd ? 3 : 1)
                }
            }
        }
    }

    struct Case: CustomTestStringConvertible {
        var configuration = DriftConfiguration()
        let kind: Kind
        let seed: UInt64
        let firings: [Int]

        init(
            _ detector: DriftConfiguration.Detector, _ kind: Kind, seed: UInt64,
            delta: Double = 0.002, firings: [Int]
        ) {
            configuration.detector = detector
            configuration.delta = delta
            self.kind = kind
            self.seed = seed
            self.firings = firings
        }

        var testDescription: String {
            "\(configuration.detector) delta \(configuration.delta) on \(kind), seed \(seed)"
        }
    }

    /// Indices at which River 0.26.1 reports a drift on the same values.
    static let cases = [
        Case(.adwin, .levels, seed: 1, firings: [1535, 3039, 4543]),
        Case(.adwin, .levels, seed: 2, firings: [1535, 3039, 4543]),
        Case(.adwin, .levels, seed: 3, firings: [1535, 3039, 4543]),
        Case(.adwin, .errors, seed: 1, firings: [1567, 3103, 4607]),
        Case(.adwin, .errors, seed: 2, firings: [1567, 3103, 4575]),
        Case(.adwin, .errors, seed: 3, firings: [1599, 3135, 4575]),
        Case(.adwin, .ramp, seed: 1, firings: [831, 1855, 2719, 3711, 4415, 5375]),
        Case(.adwin, .ramp, seed: 2, firings: [927, 1791, 2591, 3519, 4575, 5503]),
        Case(.adwin, .ramp, seed: 3, firings: [927, 1759, 2399, 3263, 4063, 4991, 5951]),
        Case(.adwin, .stationary, seed: 1, firings: []),
        Case(.adwin, .stationary, seed: 2, firings: []),
        Case(.adwin, .stationary, seed: 3, firings: []),
        Case(.adwin, .losses, seed: 1, firings: [1535, 3071, 4543]),
        Case(.adwin, .losses, seed: 2, firings: [1535, 3071, 4543]),
        Case(.adwin, .losses, seed: 3, firings: [1535, 3071, 4543]),
        Case(.pageHinkley, .levels, seed: 1, firings: [1603, 3114, 4581]),
        Case(.pageHinkley, .levels, seed: 2, firings: [1600, 3104, 4608]),
        Case(.pageHinkley, .levels, seed: 3, firings: [1591, 3095, 4603]),
        Case(.pageHinkley, .errors, seed: 1, firings: [1610, 3141, 4697]),
        Case(.pageHinkley, .errors, seed: 2, firings: [1584, 3114, 4641]),
        Case(.pageHinkley, .errors, seed: 3, firings: [1634, 3152, 4660]),
        Case(.pageHinkley, .ramp, seed: 1, firings: [860, 1860, 2786, 3768, 4600, 5533]),
        Case(.pageHinkley, .ramp, seed: 2, firings: [882, 1794, 2634, 3551, 4583, 5436]),
        Case(.pageHinkley, .ramp, seed: 3, firings: [925, 1877, 2757, 3672, 4486, 5342]),
        Case(.pageHinkley, .stationary, seed: 1, firings: []),
        Case(.pageHinkley, .stationary, seed: 2, firings: []),
        Case(.pageHinkley, .stationary, seed: 3, firings: []),
        Case(.pageHinkley, .losses, seed: 1, firings: [1573, 3076, 4552]),
        Case(.pageHinkley, .losses, seed: 2, firings: [1576, 3060, 4582]),
        Case(.pageHinkley, .losses, seed: 3, firings: [1556, 2395, 3067, 4582]),
        Case(.ddm, .errors, seed: 1, firings: [83, 1615, 4935]),
        Case(.ddm, .errors, seed: 2, firings: [1443, 1500, 4876]),
        Case(.ddm, .errors, seed: 3, firings: [38, 85, 308, 368, 627, 1602, 4815]),
        Case(.adwin, .errors, seed: 1, delta: 0.3, firings: [1535, 3039, 4543]),
        Case(.adwin, .losses, seed: 1, delta: 0.3, firings: [1535, 3039, 4511, 5759]),
        Case(.adwin, .errors, seed: 1, delta: 0.0001, firings: [1599, 3103, 4639]),
        Case(.adwin, .losses, seed: 1, delta: 0.0001, firings: [1535, 3103, 4543]),
    ]

    static func detector(
        _ detector: DriftConfiguration.Detector, delta: Double = 0.002
    ) -> DriftDetector {
        var configuration = DriftConfiguration()
        configuration.detector = detector
        configuration.delta = delta
        return DriftDetector(configuration: configuration)
    }

    static func firings(_ detector: DriftDetector, on values: [Double]) -> [Int] {
        var detector = detector
        return values.indices.filter { detector.update(values[$0]) }
    }

    @Test("each detector fires where River's fires", arguments: cases)
    func agreesWithRiver(expected: Case) {
        let detector = DriftDetector(configuration: expected.configuration)
        let values = expected.kind.values(seed: expected.seed)
        #expect(Self.firings(detector, on: values) == expected.firings)
    }

    @Test("each detector fires where the examples of River's documentation say")
    func agreesWithPublishedExamples() {
        let levels = PublishedStreams.values(PublishedStreams.levels)
        let errors = PublishedStreams.values(PublishedStreams.errors)
        #expect(Self.firings(Self.detector(.adwin), on: levels) == [1023])
        #expect(Self.firings(Self.detector(.pageHinkley), on: levels) == [1006])
        #expect(Self.firings(Self.detector(.ddm), on: errors) == [1334])
    }

    @Test("a detector that is off never fires")
    func offNeverFires() {
        let values = Kind.levels.values(seed: 1)
        #expect(Self.firings(Self.detector(.off), on: values).isEmpty)
    }

    @Test(
        "the statistic is above 0 after a rise and below 0 after a fall",
        arguments: [DriftConfiguration.Detector.adwin, .pageHinkley])
    func statisticHasDirection(kind: DriftConfiguration.Detector) {
        var detector = Self.detector(kind)
        var signs: [FloatingPointSign] = []
        for value in Kind.levels.values(seed: 2) where detector.update(value) {
            signs.append(detector.statistic.sign)
        }
        #expect(signs == [.plus, .minus, .plus])
    }

    @Test("ADWIN reports about the distance between two levels")
    func statisticOfADWIN() {
        var detector = Self.detector(.adwin)
        let fired = Kind.levels.values(seed: 1).prefix(1600).contains { detector.update($0) }
        #expect(fired)
        // River fires 36 values after a rise by 0.5. The mean of that many uniform values has a
        // deviation of 0.05; four of them are allowed.
        #expect(abs(detector.statistic - 0.5) < 0.2)
    }

    @Test("a detector read back goes on as if nothing had happened", arguments: cases)
    func survivesStateRoundTrip(expected: Case) throws {
        var detector = DriftDetector(configuration: expected.configuration)
        var firings: [Int] = []
        for (index, value) in expected.kind.values(seed: expected.seed).enumerated() {
            if index % 509 == 0 {
                let readBack: DriftDetector = try TestSupport.value(
                    fromState: stateBytes(of: detector))
                #expect(readBack == detector)
                detector = readBack
            }
            if detector.update(value) { firings.append(index) }
        }
        #expect(firings == expected.firings)
    }

    @Test("state that ends early is refused", arguments: DriftConfiguration.Detector.allCases)
    func refusesTruncatedState(kind: DriftConfiguration.Detector) {
        var detector = Self.detector(kind)
        for value in Kind.losses.values(seed: 1).prefix(500) { _ = detector.update(value) }
        let bytes = stateBytes(of: detector)
        for count in bytes.indices {
            #expect(throws: (any Error).self) {
                try TestSupport.value(DriftDetector.self, fromState: Array(bytes.prefix(count)))
            }
        }
    }

    @Test("NaN is passed over", arguments: DriftConfiguration.Detector.allCases)
    func ignoresNaN(kind: DriftConfiguration.Detector) {
        var detector = Self.detector(kind)
        for value in [0.0, 1, 0, 1] { _ = detector.update(value) }
        let before = detector
        #expect(detector.update(.nan) == false)
        #expect(detector == before)
    }

    @Test(
        "no value makes the statistic infinite or NaN",
        arguments: DriftConfiguration.Detector.allCases
    )
    func staysFinite(kind: DriftConfiguration.Detector) {
        var detector = Self.detector(kind)
        let extremes = [
            Double.infinity, -Double.infinity, 1e308, -1e308, Double.leastNonzeroMagnitude, 0, 1,
        ]
        for index in 0..<2000 {
            _ = detector.update(extremes[index % extremes.count])
            #expect(detector.statistic.isFinite)
        }
    }

    @Test("ADWIN's memory grows with the logarithm of the stream")
    func memoryStaysLogarithmic() {
        var detector = Self.detector(.adwin)
        for _ in 0..<100_000 { _ = detector.update(0.5) }
        // A row comes into use when the rows below it are full, so n numbers take at most log₂(n)
        // rows of six sums and one count, eight bytes each; the rest is less than 100 bytes.
        #expect(stateBytes(of: detector).count < 17 * 7 * 8 + 100)
    }
}
