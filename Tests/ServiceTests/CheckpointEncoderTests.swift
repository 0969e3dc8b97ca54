import Features
import Learner
import Settings
import Storage
import Testing

@testable import Service

/// What is written is read back first, because the journal below it goes.
@Suite("A checkpoint before it is written") struct CheckpointEncoderTests {
    private static func stored(_ change: (inout StoredModel) -> Void = { _ in }) throws -> (
        checkpoint: Checkpoint, digest: Digest
    ) {
        var settings = Settings()
        settings.learner.model.hidden = [4]
        var learner = Learner(configuration: settings.learner)
        var schema = learner.schema
        var effects: [Effect] = []
        var block = SampleBlock()
        for row in 0..<60 {
            block.rows.append(
                .init(
                    shape: .positional(start: row, count: 1),
                    target: .label(.boolean(row % 3 == 0)), index: row))
            block.values.append(Double(row % 3))
        }
        learner.handle(.samples(schema.admit(block)), effects: &effects)
        let bytes = learner.stateBytes()
        var model = StoredModel(
            settings: settings.modelListing, learnerBytes: bytes,
            rejections: Refusal.Code.allCases.map { _ in 0 })
        change(&model)
        return (
            Checkpoint(offset: 60, samples: 60, structure: 0, state: model.bytes),
            Digest(of: bytes)
        )
    }

    @Test("is good when a restart would come to the very state")
    func good() throws {
        let (checkpoint, digest) = try Self.stored()
        #expect(CheckpointEncoder.defect(of: checkpoint, digest) == nil)
    }

    @Test("is refused when a restart could not read it, or would come to another state")
    func bad() throws {
        let cut = try Self.stored { $0.learnerBytes.removeLast() }
        #expect(CheckpointEncoder.defect(of: cut.checkpoint, cut.digest) != nil)
        let unknown = try Self.stored { $0.settings = ["model.hiden=[4]"] }
        let reason = CheckpointEncoder.defect(of: unknown.checkpoint, unknown.digest)
        #expect(reason?.contains("hiden") == true)
        let (checkpoint, _) = try Self.stored()
        let other = CheckpointEncoder.defect(of: checkpoint, Digest(of: [1]))
        #expect(other == "it reads back as another state")
    }
}
