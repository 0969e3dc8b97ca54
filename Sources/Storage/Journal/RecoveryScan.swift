/// Reads a journal from its newest good checkpoint to its end and verifies every event.
///
/// The scan changes nothing, so that an operator who does not accept the loss finds the files as
/// they were.
struct RecoveryScan {
    private(set) var checkpoint: StoredCheckpoint?
    private let producerLimit: Int
    /// Where the journal begins.
    private(set) var trimmed = ChainAnchor.start
    /// The end of the last group that the checkpoint covers wholly.
    private(set) var begin = ChainAnchor.start
    /// The end of the last group that is intact.
    private(set) var end = ChainAnchor.start
    /// Why the scan stopped there; nil at the end of the journal.
    private(set) var damage: StorageError?
    private(set) var producers = ProducerTable()
    private(set) var digests: [StateDigest] = []
    private(set) var notes: [Recovery.Note] = []

    /// - Throws: What is not damage: trouble of the device, too many producers.
    init(
        _ database: borrowing JournalDatabase, configuration: JournalConfiguration
    ) throws(StorageError) {
        producerLimit = configuration.maxProducerCount
        do throws(StorageError) {
            trimmed = try database.tables.trimmed()
        } catch {
            try note(error)
        }
        try findCheckpoint(database.tables)
        // The rows know better what is damaged, where they do.
        if configuration.isAlwaysDurable { damage = damage ?? database.logDamage }
        do throws(StorageError) {
            digests = try database.tables.digests(
                after: checkpoint?.checkpoint.offset ?? trimmed.offset)
        } catch {
            try note(error)
        }
    }

    /// Takes the newest checkpoint that is whole.
    private mutating func findCheckpoint(
        _ tables: JournalTables
    ) throws(StorageError) {
        let offsets = try tables.checkpointOffsets()
        var reason: String?
        for offset in offsets {
            do throws(StorageError) {
                let found = try tables.checkpoint(at: offset)
                try walk(tables, from: found.anchor, producers: found.producers)
                checkpoint = found
                if end.offset < found.writtenOffset { try goOn(from: found) }
                return
            } catch .damaged(_, let place) {
                notes.append(.damagedCheckpoint(offset: offset, reason: place))
                reason = reason ?? "the newest, at offset \(offset): \(place)"
            }
        }
        try walk(tables, from: trimmed, producers: [])
        if trimmed.offset > 0 {
            notes.append(.modelLost(throughOffset: trimmed.offset))
            damage =
                damage
                ?? .damaged(
                    what: reason == nil ? "the journal" : "every checkpoint",
                    place: (reason ?? "it has no checkpoint")
                        + ", and the events up to \(trimmed.offset) are trimmed")
        }
    }

    /// Begins anew where a checkpoint was written, because the journal breaks off before that.
    ///
    /// Its state is ahead of every event that can be read, and no offset may be given out twice.
    private mutating func goOn(from found: StoredCheckpoint) throws(StorageError) {
        let place = "it ends at \(end.offset), before the checkpoint at \(found.checkpoint.offset)"
        try note(.damaged(what: "the journal", place: place))
        let old = found.checkpoint
        begin = ChainAnchor(offset: found.writtenOffset, chain: found.digest)
        end = begin
        producers = ProducerTable(found.producers)
        checkpoint = StoredCheckpoint(
            checkpoint: Checkpoint(
                offset: found.writtenOffset, samples: old.samples, structure: old.structure,
                state: old.state),
            anchor: begin, writtenOffset: found.writtenOffset, producers: found.producers)
        if old.offset < found.writtenOffset {
            notes.append(.skipped(afterOffset: old.offset, throughOffset: found.writtenOffset))
        }
    }

    /// Verifies the groups after an anchor and folds their producers' marks.
    private mutating func walk(
        _ tables: JournalTables, from anchor: ChainAnchor, producers known: [ProducerMark]
    ) throws(StorageError) {
        begin = anchor
        end = anchor
        producers = ProducerTable(known)
        do throws(StorageError) {
            while let row = try tables.group(after: end.offset) {
                try row.verify(following: end)
                _ = try JournalGroup(row, after: row.lastOffset)
                guard let marks = ProducerMark.marks(in: row.marks) else {
                    throw row.damage("its producers' marks are not marks")
                }
                for mark in marks { producers.fold(mark) }
                guard producers.marks.count <= producerLimit else {
                    throw StorageError.tooManyProducers(limit: producerLimit)
                }
                end = row.anchor
            }
        } catch {
            try note(error)
        }
    }

    /// Remembers the first damage; everything else is thrown on.
    private mutating func note(_ error: StorageError) throws(StorageError) {
        guard case .damaged = error else { throw error }
        damage = damage ?? error
    }
}
