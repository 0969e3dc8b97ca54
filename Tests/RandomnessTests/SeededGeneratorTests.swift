import StateCoding
import TestSupport
import Testing

@testable import Randomness

@Suite("A seeded generator") struct SeededGeneratorTests {
    static let seeds: [UInt64] = [0, 1, 42, .max]

    /// The values that the authors' reference code gives, as Vigna's `splitmix64.c` and the test of
    /// Rosetta Code, "Pseudo-random numbers/Splitmix64", list them.
    @Test("gives the published values of SplitMix64")
    func reference() {
        var generator = SeededGenerator(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.nextBits() } == expected)
    }

    @Test("goes on from its state where it was")
    func stateRoundTrip() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<100 { _ = generator.nextBits() }
        var copy = try value(SeededGenerator.self, fromState: stateBytes(of: generator))
        #expect(copy == generator)
        for _ in 0..<100 { #expect(copy.nextBits() == generator.nextBits()) }
    }

    @Test("draws floats in [0, 1) that are multiples of 2⁻²⁴", arguments: seeds)
    func uniformFloat(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100_000 {
            let draw = generator.nextUniform()
            let scaled = draw * 0x1p24
            guard draw >= 0, draw < 1, scaled == scaled.rounded() else {
                Issue.record("\(draw) was drawn")
                return
            }
        }
    }

    @Test("draws doubles in [0, 1) that are multiples of 2⁻⁵³", arguments: seeds)
    func uniformDouble(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100_000 {
            let draw = generator.nextUniformDouble()
            let scaled = draw * 0x1p53
            guard draw >= 0, draw < 1, scaled == scaled.rounded() else {
                Issue.record("\(draw) was drawn")
                return
            }
        }
    }

    @Test("spreads its draws evenly", arguments: seeds)
    func evenUniform(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var floats = [Int](repeating: 0, count: 100)
        var doubles = floats
        for _ in 0..<1_000_000 {
            floats[Int(generator.nextUniform() * 100)] += 1
            doubles[Int(generator.nextUniformDouble() * 100)] += 1
        }
        // χ² with 99 degrees of freedom exceeds 161 once in ten thousand, falls below 52 as rarely.
        #expect((52...161).contains(chiSquare(floats)))
        #expect((52...161).contains(chiSquare(doubles)))
    }

    /// With 64 random bits modulo the bound, the lower half of these indices would come twice as
    /// often as the upper half.
    @Test("draws indices below a bound near 2⁶³ without bias", arguments: seeds)
    func unbiasedLargeBound(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bound = Int(3 << 61)
        let third = bound / 3
        var counts = [0, 0, 0]
        for _ in 0..<300_000 {
            let index = generator.nextIndex(below: bound)
            guard (0..<bound).contains(index) else {
                Issue.record("\(index) was drawn below \(bound)")
                return
            }
            counts[min(index / third, 2)] += 1
        }
        // Two degrees of freedom: above 18.4 once in ten thousand.
        #expect(chiSquare(counts) < 18.4)
    }

    @Test("draws every index below a small bound equally often", arguments: [1, 2, 3, 7, 64, 100])
    func unbiasedSmallBound(bound: Int) {
        var generator = SeededGenerator(seed: UInt64(bound))
        var counts = [Int](repeating: 0, count: bound)
        for _ in 0..<1_000 * bound { counts[generator.nextIndex(below: bound)] += 1 }
        // Mean and standard deviation of χ² are k and √(2k); 5 deviations leave less than 1e-4.
        let freedom = Double(bound - 1)
        #expect(chiSquare(counts) <= freedom + 5 * (2 * freedom).squareRoot() + 5)
    }

    @Test("refuses to draw below nothing")
    func noIndex() async {
        await #expect(processExitsWith: .failure) {
            var generator = SeededGenerator(seed: 1)
            _ = generator.nextIndex(below: 0)
        }
    }

    @Test("draws normals with the moments of the normal distribution", arguments: seeds)
    func normalMoments(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count = 1_000_000
        var sums = [0.0, 0.0, 0.0, 0.0]
        var withinOne = 0
        for _ in 0..<count {
            let draw = generator.nextNormal()
            var power = 1.0
            for index in sums.indices {
                power *= draw
                sums[index] += power
            }
            if draw.magnitude < 1 { withinOne += 1 }
        }
        let moments = sums.map { $0 / Double(count) }
        // Five standard errors: the k-th power of a normal has variance 1, 2, 15, 96.
        #expect(moments[0].magnitude < 5e-3)
        #expect((moments[1] - 1).magnitude < 5 * 2.0.squareRoot() * 1e-3)
        #expect(moments[2].magnitude < 5 * 15.0.squareRoot() * 1e-3)
        #expect((moments[3] - 3).magnitude < 5 * 96.0.squareRoot() * 1e-3)
        // Φ(1) − Φ(−1), with a standard error of 4.7e-4.
        #expect((Double(withinOne) / Double(count) - 0.682_689_492).magnitude < 2.4e-3)
    }

    private func chiSquare(_ counts: [Int]) -> Double {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        return counts.reduce(0) { sum, count in
            sum + (Double(count) - expected) * (Double(count) - expected) / expected
        }
    }
}
