import StateCoding

/// SplitMix64. The whole state is one word, so a checkpoint can hold it.
///
/// Not a `RandomNumberGenerator`, on purpose: how the standard library turns bits into draws may
/// change between releases, and a replay must not.
///
/// - Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
public struct SeededGenerator: Equatable, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// 64 random bits.
    public mutating func nextBits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Uniform in `[0, 1)`, a multiple of 2⁻²⁴, so every value is exact.
    public mutating func nextUniform() -> Float { Float(nextBits() >> 40) * 0x1p-24 }

    /// Uniform in `[0, 1)`, a multiple of 2⁻⁵³.
    public mutating func nextUniformDouble() -> Double { Double(nextBits() >> 11) * 0x1p-53 }

    /// Uniform in `0..<bound`, without bias.
    ///
    /// - Parameter bound: At least 1.
    /// - Source: Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019.
    public mutating func nextIndex(below bound: Int) -> Int {
        precondition(bound >= 1, "there is no index below \(bound)")
        let range = UInt64(bound)
        let threshold = (0 &- range) % range
        while true {
            let product = nextBits().multipliedFullWidth(by: range)
            if product.low >= threshold { return Int(product.high) }
        }
    }

    /// Normal with mean 0 and variance 1, by the polar method; each call uses a fresh pair.
    ///
    /// - Source: Marsaglia, Bray, "A Convenient Method for Generating Normal Variables", 1964.
    public mutating func nextNormal() -> Double {
        while true {
            let first = 2 * nextUniformDouble() - 1
            let second = 2 * nextUniformDouble() - 1
            let square = first * first + second * second
            if square > 0, square < 1 {
                return first * (-2 * naturalLogarithm(square) / square).squareRoot()
            }
        }
    }
}

extension SeededGenerator: StateCodable {
    public func encode(to writer: inout StateWriter) { writer.write(state) }

    public init(from reader: inout StateReader) throws(StateError) {
        state = try reader.readUInt64()
    }
}
