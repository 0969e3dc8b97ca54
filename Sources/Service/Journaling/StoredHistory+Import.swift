import Learner
import Storage

/// A model was given to start from, and there is one already.
struct ImportRefused: Error, CustomStringConvertible {
    let directory: String
    let samples: Int

    var description: String {
        "--import: \(directory) holds a model of \(samples) samples already, which goes on; give "
            + "the imported one a storage.directory of its own"
    }
}

extension StoredHistory {
    /// Puts the model that a daemon is to start from into the journal, as its first command, so
    /// that a replay starts from it as well.
    ///
    /// - Throws: ``ImportRefused`` when the journal has events already; ``StorageError``.
    static func begin(
        _ rebuild: inout ModelRebuild, with model: ImportedModel, in journal: inout Journal,
        directory: String
    ) throws {
        let counts = rebuild.learner.counts
        guard counts.events == 0 else {
            throw ImportRefused(directory: directory, samples: counts.learned)
        }
        let entry = JournalEntry.event(.command(.adopt(model)), producer: nil)
        let offset = try journal.append(entry.bytes, eventCount: entry.eventCount)
        try rebuild.take(entry, endingAt: offset)
        try journal.commit(durable: true)
    }
}
