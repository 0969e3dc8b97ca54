/// `base` to a whole `exponent`, by repeated squaring.
///
/// The C library's `pow` gives other last bits with fused multiply-add than without.
func power(_ base: Double, _ exponent: Int) -> Double {
    precondition(exponent >= 0, "no power of \(exponent)")
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}

/// `base` to a real `exponent`: whole part by squaring, binary places by roots.
///
/// IEEE 754 fixes every bit of a root, so the result is the same everywhere.
///
/// - Parameters:
///   - base: Not negative.
///   - exponent: Not negative, below 2⁵³.
func power(_ base: Double, real exponent: Double) -> Double {
    precondition(base >= 0 && exponent >= 0 && exponent < 0x1p53, "\(base) to \(exponent)")
    let whole = exponent.rounded(.down)
    var result = power(base, Int(whole))
    var rest = exponent - whole
    var root = base
    // A double has 53 places, so the rest is used up; each doubling of it is exact.
    while rest > 0 {
        root = root.squareRoot()
        rest *= 2
        if rest >= 1 {
            result *= root
            rest -= 1
        }
    }
    return result
}
