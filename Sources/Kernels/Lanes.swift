/// Sixteen values: the unit of storage and the width of every sum.
///
/// Sixteen on every machine, whatever its registers hold, so that sums are taken in one order and
/// give the same bits everywhere.
typealias Lanes = SIMD16<Float>

extension SIMD16<Float> {
    /// Lanes per block.
    static let width = 16

    /// Blocks that hold `count` values; the last one is padded with zeros.
    static func blockCount(for count: Int) -> Int { (count + width - 1) / width }

    /// The sum of all lanes, always in the same order: the upper half onto the lower half, until
    /// one is left. The library's `sum()` adds one lane after the other, which takes four times as
    /// long.
    @inline(__always)
    var total: Float {
        let eight = lowHalf + highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    /// The larger of each pair of lanes. The library's `pointwiseMax` goes lane by lane.
    @inline(__always)
    func larger(_ other: Lanes) -> Lanes { replacing(with: other, where: other .> self) }

    /// The root of each lane, within one unit in the last place for normal numbers.
    ///
    /// The library's `squareRoot()` is a call per lane, which may set `errno`, and takes most of a
    /// step's time. So the inverse root is guessed from the exponent, improved twice by Newton's
    /// method, and the root that follows from it once more. Zero gives zero; numbers below the
    /// normal ones give something smaller than 2⁻⁶³; infinity counts as the largest number.
    ///
    /// - Source: Lomont, "Fast Inverse Square Root", 2003, for the first guess.
    @inline(__always)
    var roots: Lanes {
        let largest = Lanes(repeating: .greatestFiniteMagnitude)
        let square = replacing(with: largest, where: self .> largest)
        // Sound: both types are sixteen times 32 bits, and every pattern is a value of either.
        let bits = unsafe unsafeBitCast(square, to: SIMD16<UInt32>.self)
        let guess = 0x5F37_59DF &- (bits &>> 1)
        var inverse = unsafe unsafeBitCast(guess, to: Lanes.self)
        let half = 0.5 * square
        inverse *= 1.5 - (half * inverse) * inverse
        inverse *= 1.5 - (half * inverse) * inverse
        let root = square * inverse
        return root + (0.5 * inverse) * (square - root * root)
    }
}

extension Span<Lanes> {
    /// The value at `index`, counted in values and not in blocks.
    @inline(__always)
    func value(at index: Int) -> Float { self[index / Lanes.width][index % Lanes.width] }
}

extension MutableSpan<Lanes> {
    /// The value at `index`, counted in values and not in blocks.
    @inline(__always)
    func value(at index: Int) -> Float { self[index / Lanes.width][index % Lanes.width] }

    @inline(__always)
    mutating func setValue(_ value: Float, at index: Int) {
        self[index / Lanes.width][index % Lanes.width] = value
    }

    /// Copies `values` to the blocks from `block` on and pads the last one with zeros.
    mutating func pack(_ values: Span<Float>, atBlock block: Int) {
        var start = 0
        var target = block
        while start < values.count {
            var lanes = Lanes.zero
            for lane in 0..<Swift.min(Lanes.width, values.count - start) {
                lanes[lane] = values[start + lane]
            }
            self[target] = lanes
            target += 1
            start += Lanes.width
        }
    }
}
