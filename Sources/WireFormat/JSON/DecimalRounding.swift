/// Turns decimal mantissas and exponents into the nearest `Double`, ties to even.
enum DecimalRounding {
    /// The largest power whose five-part, 5²⁷, fits a signed word.
    static let largestExponent = 27

    /// Powers of ten that a `Double` holds exactly.
    private static let exactPowersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// `mantissa · 10^exponent`, correctly rounded.
    ///
    /// - Returns: `nil` when the exponent lies beyond ±27, where this method is not exact.
    /// - Source: Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990, section 4
    ///   (the exact case); the other is long division with a sticky bit.
    @inline(__always)
    static func nearest(_ mantissa: UInt64, exponent: Int) -> Double? {
        if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
            // Both operands are exact, so the one operation rounds once.
            if exponent == 0 { return Double(mantissa) }
            return exponent < 0
                ? Double(mantissa) / exactPowersOfTen[-exponent]
                : Double(mantissa) * exactPowersOfTen[exponent]
        }
        if mantissa == 0 { return 0 }
        guard exponent >= -largestExponent, exponent <= largestExponent else { return nil }
        return exponent < 0
            ? quotient(mantissa, -exponent) : product(mantissa, exponent)
    }

    /// `mantissa / 10^power`, for a mantissa above 0.
    @inline(never)
    private static func quotient(_ mantissa: UInt64, _ power: Int) -> Double {
        let divisor = powerOfFive(power)
        let mantissaShift = mantissa.leadingZeroBitCount
        let divisorShift = divisor.leadingZeroBitCount
        let dividend = mantissa << UInt64(mantissaShift)
        // Both operands fill their words, so the quotient has at least 63 bits: its last bit may
        // carry whether a remainder is left, far below the bit at which a Double rounds.
        let (quotient, remainder) = (divisor << UInt64(divisorShift))
            .dividingFullWidth((dividend >> 1, dividend << 63))
        let sticky = quotient | (remainder == 0 ? 0 : 1)
        return scaled(sticky, by: divisorShift - mantissaShift - 63 - power)
    }

    /// `mantissa · 10^power`, for a mantissa above 0.
    @inline(never)
    private static func product(_ mantissa: UInt64, _ power: Int) -> Double {
        let (high, low) = mantissa.multipliedFullWidth(by: powerOfFive(power))
        guard high != 0 else { return scaled(low, by: power) }
        let shift = high.leadingZeroBitCount
        let top = high << UInt64(shift) | (shift == 0 ? 0 : low >> UInt64(64 - shift))
        let sticky = top | (low << UInt64(shift) == 0 ? 0 : 1)
        return scaled(sticky, by: 64 - shift + power)
    }

    /// `value · 2^power`; within ±27 decimal digits the result is normal, so scaling is exact.
    private static func scaled(_ value: UInt64, by power: Int) -> Double {
        Double(value) * Double(sign: .plus, exponent: power, significand: 1)
    }

    private static func powerOfFive(_ power: Int) -> UInt64 {
        var result: UInt64 = 1
        for _ in 0..<power { result &*= 5 }
        return result
    }
}
