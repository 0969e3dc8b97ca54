import Glibc
import Testing

@testable import Randomness

/// Against the C library, which is right to less than one unit in the last place.
@Suite("The natural logarithm") struct NaturalLogarithmTests {
    @Test(
        "is right to the last digits over the whole range",
        arguments: [
            .leastNormalMagnitude, 1e-300, 1e-10, 0.1, 0.5, 0.707_106, 0.707_107, 1.414_213,
            1.414_214, 2, .pi, 10, 1e10, 1e300, .greatestFiniteMagnitude,
        ] as [Double])
    func range(value: Double) {
        expectClose(value)
    }

    @Test("is right where a normal draw needs it", arguments: [UInt64](1...5))
    func unitInterval(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 { expectClose(generator.nextUniformDouble() + 0x1p-53) }
    }

    @Test("is zero at one, and exact in sign around it")
    func aroundOne() {
        #expect(naturalLogarithm(1) == 0)
        #expect(naturalLogarithm(1.0.nextUp) > 0)
        #expect(naturalLogarithm(1.0.nextDown) < 0)
    }

    /// The promise is about 1e-15, which is four and a half units in the last place at worst.
    private func expectClose(_ value: Double) {
        let reference = log(value)
        let error = (naturalLogarithm(value) - reference).magnitude
        #expect(error <= 1e-15 * reference.magnitude, "ln \(value)")
    }
}
