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

    /// The root of each lane.
    @inline(__always)
    var roots: Lanes { squareRoot() }
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
