import Randomness
import Testing

@testable import Kernels

@Suite("Lanes")
struct LanesTests {
    @Test("roots are right to an ulp over all normal numbers", arguments: [UInt64(1), 2, 3])
    func rootsAreRight(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for exponent in -126...127 {
            for _ in 0..<8 {
                var squares = Lanes.zero
                for lane in 0..<Lanes.width {
                    squares[lane] = Float(
                        sign: .plus, exponent: exponent, significand: 1 + generator.nextUniform())
                }
                let roots = squares.roots
                let isRight = (0..<Lanes.width).allSatisfy { lane in
                    let exact = squares[lane].squareRoot()
                    return abs(roots[lane] - exact) <= exact.ulp
                }
                #expect(isRight, "\(squares)")
            }
        }
    }

    @Test("roots of zero, of tiny numbers and of infinity are finite and small or large")
    func rootsAtTheEnds() {
        var squares = Lanes.zero
        squares[1] = .leastNonzeroMagnitude
        squares[2] = .leastNormalMagnitude.nextDown
        squares[3] = .greatestFiniteMagnitude
        squares[4] = .infinity
        let roots = squares.roots
        #expect(roots[0] == 0)
        #expect(roots[1] >= 0 && roots[1] < 0x1p-63)
        #expect(roots[2] >= 0 && roots[2] <= 0x1p-63)
        let largest = Float.greatestFiniteMagnitude.squareRoot()
        #expect(abs(roots[3] - largest) <= largest.ulp)
        #expect(roots[4] == roots[3])
    }

    @Test("the total of whole numbers is exact, whichever lane they are in")
    func totals() {
        for lane in 0..<Lanes.width {
            var lanes = Lanes.zero
            lanes[lane] = 5
            #expect(lanes.total == 5)
        }
        var lanes = Lanes.zero
        for lane in 0..<Lanes.width { lanes[lane] = Float(lane) }
        #expect(lanes.total == 120)
    }

    @Test("packing pads the last block with zeros", arguments: [0, 1, 7, 15, 16, 17, 33])
    func packs(count: Int) {
        let values = (0..<count).map { Float($0 + 1) }
        let blockCount = Lanes.blockCount(for: count)
        #expect(blockCount == (count + 15) / 16)
        var blocks = [Lanes](repeating: Lanes(repeating: 9), count: blockCount + 2)
        var span = blocks.mutableSpan
        span.pack(values.span, atBlock: 1)
        for index in 0..<blockCount * 16 {
            #expect(blocks[value: 16 + index] == (index < count ? values[index] : 0))
        }
        // Nothing before and nothing behind.
        #expect(blocks[0] == Lanes(repeating: 9))
        #expect(blocks[blockCount + 1] == Lanes(repeating: 9))
    }
}
