import Features
import Randomness
import Testing

@testable import Learner

@Suite struct CompanyTests {
    static let kinds = ["classes", "numbers", "committee"]

    /// A learner that has seen a few samples of five features.
    private static func run(_ kind: String, _ generator: inout SeededGenerator) -> Run {
        var run = Run { configuration in
            configuration.model.hidden = [33, 17]
            if kind != "committee" { configuration.makeSingle() }
        }
        for _ in 0..<200 {
            let values = (0..<5).map { _ in generator.nextNormal() }
            let sum = values.reduce(0, +)
            let target =
                kind == "numbers" ? Target.number(sum) : .label(.integer(sum > 0 ? 1 : 0))
            run.take([Sample(values, target)])
        }
        return run
    }

    @Test(
        "rows of several blocks that are answered together get what each gets alone",
        arguments: kinds, [UInt64(1), 2])
    func companyChangesNothing(kind: String, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let predictor = try #require(Self.run(kind, &generator).learner.predictor())
        if kind == "committee" { #expect(predictor.voices.count > 1) }
        var together = Predictions()
        for round in 0..<5 {
            together.removeAll()
            var alone: [UInt64] = []
            var rowCount = 0
            // Blocks without a row, of one, and of more than are answered at once.
            for size in [1, 0, 3, 1, 70, 1, round] {
                let samples = (0..<size).map { _ in
                    Sample((0..<5).map { _ in generator.nextNormal() }, .none)
                }
                alone += samples.flatMap { predictor.answer($0.features).map(\.bitPattern) }
                rowCount += size
                predictor.append(
                    predictor.schema.resolve(SampleBlock(samples)), to: &together)
            }
            predictor.finish(&together)
            #expect(together.count == rowCount)
            #expect(together.values.map(\.bitPattern) == alone)
        }
    }
}
