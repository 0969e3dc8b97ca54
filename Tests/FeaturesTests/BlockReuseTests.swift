import Randomness
import Testing

@testable import Features

@Suite struct BlockReuseTests {
    @Test(
        "a block that was used before is filled as a new one is",
        arguments: SchemaAgreementTests.seeds)
    func reuseChangesNothing(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var schema = SampleSchema()
        var other = schema
        var resolved = AdmittedBlock()
        var spent = AdmittedBlock()
        for _ in 0..<60 {
            let block = SchemaAgreementTests.randomBlock(&generator)

            var lent = block
            schema.resolve(takingNumbersOf: &lent, into: &resolved)
            #expect(resolved == schema.resolve(block))
            resolved.returnNumbers(to: &lent)
            #expect(lent == block)

            var nothingWaits = JoinConfiguration()
            nothingWaits.capacity = 0
            var door = LabelDoor(configuration: nothingWaits)
            lent = block
            spent = schema.admit(
                takingNumbersOf: &lent, arrival: 0, joining: &door, reusing: spent)
            #expect(spent == other.admit(block))
        }
    }
}
