/// Reads a journal from its newest good checkpoint to its end and verifies every event.
///
/// The scan changes nothing, so that an operator who does not accept the loss finds the files as
/// they were.
struct RecoveryScan {
    private(set) var checkpoint: Checkpoint?
    /// Where the journal begins.
    private(set) var trimmed = ChainAnchor.start
    /// The end of the last group that the checkpoint covers wholly.
    private(set) var begin = ChainAnchor.start
    /// The end of the last group that is intact.
    private(set) var end = ChainAnchor.start
    /// Why the scan stopped there; nil at the end of the journal.
    private(set) var damage: StorageError?
    private(set) var producers: [ProducerMark] = []
    private(set) var digests: [StateDigest] = []
    private(set) var notes: [Recovery.Note] = []

    /// - Throws: What is not damage: trouble of the device, too many producers.
    init(
        _ database: borrowing JournalDatabase, configuration: JournalConfiguration
    ) throws(StorageError) {
        trimmed = try database.tables.trimmed()
        try findCheckpoint(database.tables)
        try findProducers(database, limit: configuration.maxProducerCount)
        do throws(StorageError) {
            digests = try database.tables.digests(after: checkpoint?.offset ?? trimmed.offset)
        } catch {
            try note(error)
        }
    }

    /// Takes the newest checkpoint that is whole and that the journal reaches.
    private mutating func findCheckpoint(
        _ tables: JournalTables
    ) throws(StorageError) {
        for offset in try tables.checkpointOffsets() {
            do throws(StorageError) {
                let found = try tables.checkpoint(at: offset)
                try walk(tables, from: found.anchor)
                // The journal may break off inside the group that the checkpoint lies in. The
                // state is then ahead of the events, and offsets would be given out twice.
                guard end.offset >= offset else { continue }
                checkpoint = found.checkpoint
                return
            } catch .damaged(_, let place) {
                notes.append(.damagedCheckpoint(offset: offset, reason: place))
            }
        }
        try walk(tables, from: trimmed)
        if trimmed.offset > 0 {
            notes.append(.modelLost(throughOffset: trimmed.offset))
            damage =
                damage
                ?? .damaged(
                    what: "every checkpoint", place: "and events up to \(trimmed.offset) are trimmed")
        }
    }

    /// Verifies the groups after an anchor.
    private mutating func walk(
        _ tables: JournalTables, from anchor: ChainAnchor
    ) throws(StorageError) {
        begin = anchor
        end = anchor
        do throws(StorageError) {
            while let row = try tables.group(after: end.offset) {
                try row.verify(following: end)
                _ = try JournalGroup(row, after: row.lastOffset)
                end = row.anchor
            }
        } catch {
            try note(error)
        }
    }

    /// Folds the marks of trimmed groups and those of the groups that are left.
    private mutating func findProducers(
        _ database: borrowing JournalDatabase, limit: Int
    ) throws(StorageError) {
        var table = ProducerTable(limit: limit)
        do throws(StorageError) {
            let kept = try database.tables.keptMarks(on: database.connection, limit: limit + 1)
            for mark in kept { try table.fold(mark) }
        } catch {
            try note(error)
        }
        do throws(StorageError) {
            for group in try database.tables.groupEnds(through: end.offset, limit: Int.max) {
                for mark in group.marks { try table.fold(mark) }
            }
        } catch {
            try note(error)
        }
        producers = table.marks
    }

    /// Remembers the first damage; everything else is thrown on.
    private mutating func note(_ error: StorageError) throws(StorageError) {
        guard case .damaged = error else { throw error }
        damage = damage ?? error
    }
}
