import Features
import Learner
import NeuralNetwork
import Settings
import Storage

/// What a daemon goes on from: nothing, or what its storage directory holds.
struct StartState: Sendable {
    var learner: Learner
    /// The last event in the learner.
    var offset = 0
    var producers: [ProducerMark] = []
    /// Refusals by code, in the order of `Refusal.Code.allCases`.
    var rejections: [Int] = []
    /// Samples in the newest checkpoint.
    var checkpointSamples = 0
    /// What the operator has to be told.
    var notes: [String] = []

    /// Samples in the learner, labelled or not.
    var takenSamples: Int {
        learner.counts.learned + learner.counts.shed + learner.counts.unlabelled
            + learner.counts.remembered
    }
}

/// An open storage directory: the journal, to go on with, and the state at its end.
struct StoredHistory: ~Copyable {
    let journal: Journal
    let state: StartState

    /// Opens a storage directory and makes the learner again that it holds.
    ///
    /// - Throws: ``StorageError``, ``RebuildError``, or ``DigestMismatch`` when the replay did not
    ///   come to the state that was recorded; the directory is then as it was.
    ///
    /// - Parameter imported: What a new journal begins with; nil for nothing.
    init(
        directory: String, settings: Settings, acceptsDataLoss: Bool,
        imported: ImportedModel? = nil
    ) throws {
        let configuration = JournalConfiguration(
            maxByteCount: settings.journal.maxBytes,
            keptCheckpointCount: settings.checkpoint.keep,
            maxProducerCount: ProducerTable.capacity,
            isAlwaysDurable: settings.journal.sync == .always)
        var journal = try Journal(
            directory: directory, configuration: configuration, writer: Version.current,
            acceptDataLoss: acceptsDataLoss)
        let recovery = journal.recovery
        var notes = recovery.notes.map(\.description)

        var rebuild: ModelRebuild
        if let checkpoint = journal.takeCheckpoint() {
            rebuild = try ModelRebuild(checkpoint: checkpoint)
        } else {
            rebuild = try ModelRebuild()
        }
        try Self.replay(&journal, into: &rebuild, acceptsDataLoss: acceptsDataLoss, notes: &notes)
        notes += try Self.adopt(settings, into: &rebuild, journal: &journal)
        if let imported {
            try Self.begin(&rebuild, with: imported, in: &journal, directory: directory)
        }
        if recovery.checkpoint == nil, recovery.firstOffset > 1 {
            try Self.begin(with: rebuild, settings, in: &journal)
        }

        state = StartState(
            learner: rebuild.learner, offset: rebuild.offset, producers: recovery.producers,
            rejections: rebuild.rejections,
            checkpointSamples: recovery.checkpoint?.samples ?? 0, notes: notes)
        self.journal = journal
    }

    /// Hands the journal over.
    consuming func takeJournal() -> Journal { journal }

    private static func replay(
        _ journal: inout Journal, into rebuild: inout ModelRebuild, acceptsDataLoss: Bool,
        notes: inout [String]
    ) throws {
        if journal.recovery.checkpoint == nil, journal.recovery.firstOffset > 1 {
            // The events that are left mean nothing without what came before them: a new model
            // begins, and that was accepted.
            rebuild.skip(to: journal.recovery.lastOffset)
            return
        }
        let first = rebuild.offset
        var digests = journal.recovery.digests.filter { $0.offset > first }[...]
        if let made = KernelLevel(rawValue: rebuild.kernels), !made.rounds(like: .current),
            !digests.isEmpty
        {
            notes.append(
                "the model was made by kernels of level \(made.rawValue), which round otherwise than "
                    + "\(KernelLevel.current.rawValue): what follows its checkpoint is learned again "
                    + "and not compared, bit for bit, with what it was")
            digests.removeAll()
        }
        var cursor = try journal.cursor(after: first)
        while let group = try journal.next(&cursor) {
            for record in group.records {
                try rebuild.take(record)
                while let next = digests.first, next.offset <= record.offset {
                    digests.removeFirst()
                    guard next.offset == record.offset, rebuild.digest != next.digest else {
                        continue
                    }
                    let mismatch = DigestMismatch(offset: next.offset)
                    guard acceptsDataLoss else { throw mismatch }
                    notes.append("\(mismatch)")
                    digests.removeAll()
                }
            }
        }
    }

    /// Writes a model that has nothing before it, so that the next start finds it.
    private static func begin(
        with rebuild: ModelRebuild, _ settings: Settings, in journal: inout Journal
    ) throws {
        let stored = StoredModel(
            settings: settings.modelListing, learnerBytes: rebuild.learner.stateBytes(),
            rejections: rebuild.rejections)
        journal.putCheckpoint(
            Checkpoint(offset: rebuild.offset, samples: 0, structure: 0, state: stored.bytes))
        try journal.commit(durable: true)
    }

    /// Writes the settings of this run into the journal where they differ from those of the last.
    private static func adopt(
        _ settings: Settings, into rebuild: inout ModelRebuild, journal: inout Journal
    ) throws -> [String] {
        let listing = settings.modelListing
        let old = rebuild.settings
        guard old != listing else { return [] }
        var entries = [JournalEntry.settings(listing)]
        var notes: [String] = []
        if !old.isEmpty {
            let before = try Settings(modelListing: old).learner
            if before.optimizer != settings.learner.optimizer {
                let command = Command.setOptimizer(settings.learner.optimizer)
                entries.append(.event(.command(command), producer: nil))
            }
            if before.control != settings.learner.control {
                let command = Command.setControl(settings.learner.control)
                entries.append(.event(.command(command), producer: nil))
            }
            if before.schedule != settings.learner.schedule {
                let command = Command.setSchedule(settings.learner.schedule)
                entries.append(.event(.command(command), producer: nil))
            }
            let changed = listing.filter { !old.contains($0) }
            notes.append(
                "settings differ from those of the last run: \(changed.joined(separator: ", ")); "
                    + "what the model already has (its layers, its scaling) stays as it is")
        }
        for entry in entries {
            let offset = try journal.append(entry.bytes, eventCount: entry.eventCount)
            try rebuild.take(entry, endingAt: offset)
        }
        try journal.commit(durable: true)
        return notes
    }
}

/// A replay came to another state than the one that was recorded.
struct DigestMismatch: Error, Equatable, CustomStringConvertible {
    let offset: Int

    var description: String {
        "the replay came to another state at offset \(offset) than was recorded there: another "
            + "build or processor computes in other bits; start with the one that wrote the "
            + "journal, or with --accept-data-loss to go on from the state of the replay"
    }
}
