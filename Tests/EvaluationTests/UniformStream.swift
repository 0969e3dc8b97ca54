/// A linear congruential generator, simple enough to write again in the tool that gave the
/// expected values.
///
/// - Source: multiplier and increment of Knuth's MMIX, "The Art of Computer Programming" 2, 3.3.4.
struct UniformStream {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next number in `[0, 1)`, a multiple of 2⁻⁵³.
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }
}
