import Features
import Learner
import Storage

/// The thread that turns snapshots of the learner into bytes: it takes as long as the model is
/// large, and neither learning nor acknowledgements wait for it.
struct CheckpointEncoder {
    private let inbox: Ring<LearnerSnapshot>
    private let outbox: Ring<EncodedCheckpoint>
    private let settings: [String]
    private let gauges: Gauges

    init(rings: JournalRings, settings: [String], gauges: Gauges) {
        inbox = rings.snapshots
        outbox = rings.checkpoints
        self.settings = settings
        self.gauges = gauges
    }

    /// Works until the last snapshot is encoded.
    func run() {
        while true {
            guard let snapshot = inbox.receive() else {
                guard inbox.prepareToSleep() else { continue }
                inbox.notifier.wait(timeout: nil)
                inbox.wake()
                continue
            }
            let purpose = snapshot.purpose
            send(encode(snapshot))
            if case .final = purpose { return }
        }
    }

    private func encode(_ snapshot: consuming LearnerSnapshot) -> EncodedCheckpoint {
        let counts = snapshot.learner.counts
        let bytes = snapshot.learner.stateBytes()
        let stored = StoredModel(
            settings: settings, learnerBytes: bytes, rejections: gauges.rejections)
        let checkpoint = Checkpoint(
            offset: snapshot.offset, samples: counts.learned, structure: counts.structure,
            state: stored.bytes)
        let digest = Digest(of: bytes)
        return EncodedCheckpoint(
            checkpoint: checkpoint, digest: digest, defect: Self.defect(of: checkpoint, digest),
            purpose: snapshot.purpose, time: snapshot.time)
    }

    /// Does what a restart would do, before the journal below the checkpoint is let go.
    ///
    /// - Returns: Why a restart could not use the checkpoint; nil for a good one.
    static func defect(of checkpoint: Checkpoint, _ digest: Digest) -> String? {
        do throws(RebuildError) {
            let rebuild = try ModelRebuild(checkpoint: checkpoint)
            return rebuild.digest == digest ? nil : "it reads back as another state"
        } catch {
            return error.reason
        }
    }

    private func send(_ checkpoint: EncodedCheckpoint) {
        // The journal thread takes them out between two commits; there is at most one of each
        // purpose, so the ring is never full unless that thread has ended.
        let isSent = outbox.send(checkpoint)
        precondition(isSent || outbox.isClosed, "more checkpoints wait than there are reasons")
    }
}
