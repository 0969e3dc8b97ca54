import Testing

@testable import StructureControl

@Suite("How the loss has moved") struct LossMemoryTests {
    @Test("the same samples count the same, in however many ticks they come")
    func countsSamples() throws {
        var coarse = LossMemory()
        var fine = LossMemory()
        for loss in [2.0, 0.5, 1] {
            coarse.add(loss, weight: 1)
            for _ in 0..<5 { fine.add(loss, weight: 0.2) }
        }
        let (one, other) = (try #require(coarse.fast), try #require(fine.fast))
        #expect(abs(one - other) < 1e-9)
        #expect(abs(try #require(coarse.slow) - #require(fine.slow)) < 1e-9)
    }

    @Test("a loss that jumps shows in the tick in which it does")
    func rises() {
        var memory = LossMemory()
        for _ in 0..<50 { memory.add(0.1, weight: 0.2) }
        #expect(abs(memory.rise) < 1e-9)
        memory.add(2.1, weight: 0.1)
        #expect(abs(memory.rise - 2) < 1e-9)
        // The means that tell of longer times have hardly moved.
        #expect(memory.trend < 0.4)
    }
}
