/// `ln(value)` to about 1e-15 relative, by arithmetic alone.
///
/// The C library's `log` gives different last bits on machines with and without fused
/// multiply-add, and what a detector decides must not depend on the machine.
///
/// - Parameter value: Positive, finite and normal.
/// - Source: `ln((1+s)/(1−s)) = 2·(s + s³/3 + s⁵/5 + …)`, Abramowitz and Stegun, 4.1.27.
func naturalLogarithm(_ value: Double) -> Double {
    var exponent = Double(value.exponent)
    var significand = value.significand
    // Centre the significand on 1, so that |s| ≤ 0.172 and eleven terms reach the last bit.
    if significand > 1.414_213_562_373_095 {
        significand /= 2
        exponent += 1
    }
    let s = (significand - 1) / (significand + 1)
    let square = s * s
    var sum = 1.0 / 21
    sum = sum * square + 1.0 / 19
    sum = sum * square + 1.0 / 17
    sum = sum * square + 1.0 / 15
    sum = sum * square + 1.0 / 13
    sum = sum * square + 1.0 / 11
    sum = sum * square + 1.0 / 9
    sum = sum * square + 1.0 / 7
    sum = sum * square + 1.0 / 5
    sum = sum * square + 1.0 / 3
    sum = sum * square + 1
    return exponent * 0.693_147_180_559_945_3 + 2 * s * sum
}
