/// Decimal digits, eight at a time.
enum Digits {
    private static let powers: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
    ]

    /// `10^count`, for a count of at most 8.
    @inline(__always)
    static func power(_ count: Int) -> UInt64 { powers[count] }

    /// The value and the count of the digits that `word` begins with, its lowest byte first.
    ///
    /// There is no branch: how many digits a number has is what a processor guesses wrong.
    ///
    /// - Source: Lemire, "Number Parsing at a Gigabyte per Second", 2021, section 4.
    @inline(__always)
    static func leading(in word: UInt64) -> (value: UInt64, count: Int) {
        let values = word ^ 0x3030_3030_3030_3030
        // A byte above 9 sets its high bit; a carry reaches only bytes behind the first such.
        let others = (values &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
        let count = others.trailingZeroBitCount >> 3
        // The digits move up, so that zeros come before them and what follows them is gone.
        var sum = values << UInt64(64 - 8 * count)
        sum = ((sum &* 2_561) >> 8) & 0x00FF_00FF_00FF_00FF
        sum = ((sum &* 6_553_601) >> 16) & 0x0000_FFFF_0000_FFFF
        sum = (sum &* 42_949_672_960_001) >> 32
        return (sum, count)
    }
}
