extension Journal {
    /// Adds a record to the open group.
    ///
    /// - Parameter eventCount: Events that the record holds; at least 1.
    /// - Returns: The offset of its last event.
    /// - Throws: ``StorageError/recordTooLarge(byteCount:limit:)``; ``StorageError/full(action:)``
    ///   when the group cannot grow until it is committed; ``StorageError/stopped(cause:)``.
    @discardableResult
    public mutating func append(
        _ record: Span<UInt8>, eventCount: Int = 1
    ) throws(StorageError) -> Int {
        try refuseWhenStopped()
        precondition(
            (1...Int(UInt32.max)).contains(eventCount), "a record holds \(eventCount) events")
        guard record.count <= Self.maxRecordByteCount else {
            throw .recordTooLarge(byteCount: record.count, limit: Self.maxRecordByteCount)
        }
        guard group.byteCount + record.count <= Self.maxGroupByteCount else {
            throw .full(action: "hold more than \(group.byteCount) bytes that are not committed")
        }
        group.append(record, eventCount: eventCount)
        return appendedOffset
    }

    /// Adds a record to the open group.
    @discardableResult
    public mutating func append(
        _ record: [UInt8], eventCount: Int = 1
    ) throws(StorageError) -> Int {
        try append(record.span, eventCount: eventCount)
    }

    /// Notes, in the transaction of the open group, how far a producer has come.
    ///
    /// Traps when the group is empty: a request without a good sample is an event as well, if
    /// only an empty one, since its sequence is used up.
    ///
    /// - Parameters:
    ///   - sequence: The request's; higher than the producer's last.
    ///   - offset: The request's last event.
    /// - Throws: ``StorageError/tooManyProducers(limit:)``; nothing is then noted.
    public mutating func mark(
        producer: String, sequence: Int, offset: Int
    ) throws(StorageError) {
        precondition(group.recordCount > 0, "a mark belongs to an event of the open group")
        precondition((0...appendedOffset).contains(offset), "no event has offset \(offset)")
        let limit = configuration.maxProducerCount
        guard producers[producer] != nil || producers.marks.count < limit else {
            throw .tooManyProducers(limit: limit)
        }
        let mark = ProducerMark(producer: producer, sequence: sequence, offset: offset)
        producers.fold(mark)
        group.mark(mark)
    }

    /// How far a producer has come, the open group included; nil for one that is not known.
    public func lastMark(of producer: String) -> ProducerMark? { producers[producer] }

    /// Writes a checkpoint with the next commit; one that still waits is replaced.
    ///
    /// - Parameter checkpoint: After an event that was appended. Traps otherwise.
    public mutating func putCheckpoint(_ checkpoint: Checkpoint) {
        precondition(
            (trimmed.offset...appendedOffset).contains(checkpoint.offset),
            "the journal has no event \(checkpoint.offset)")
        pendingCheckpoint = checkpoint
    }

    /// Records a digest of the learner's state with the next commit.
    public mutating func putDigest(_ digest: StateDigest) { pendingDigests.append(digest) }

    /// Writes the open group and what waits with it, in one transaction.
    ///
    /// - Parameter durable: Whether to return only when a power cut cannot undo it. Without, the
    ///   end of the process cannot, and a later durable commit covers it.
    /// - Returns: The checkpoint that was written, if any.
    /// - Throws: ``StorageError/full(action:)``: nothing is in, everything waits for the next
    ///   commit. Every other error stops the journal: nothing may be acknowledged any more.
    @discardableResult
    public mutating func commit(durable: Bool) throws(StorageError) -> CheckpointSummary? {
        try refuseWhenStopped()
        let isEmpty = group.recordCount == 0 && pendingCheckpoint == nil && pendingDigests.isEmpty
        if isEmpty && (!durable || durableOffset == committed.offset) { return nil }
        do throws(StorageError) {
            let written = try write(durable: durable, trimming: Self.trimmedGroupsPerCommit)
            try copyLogBack(above: Self.maxLoggedPageCount)
            return written
        } catch {
            throw stopUnlessFull(error)
        }
    }

    /// Trims while nothing else is to do; ``commit(durable:)`` trims a little by itself.
    ///
    /// - Returns: Whether there is more to trim.
    public mutating func trim() throws(StorageError) -> Bool {
        try refuseWhenStopped()
        guard let limit = trimLimit, trimmed.offset < limit else { return false }
        do throws(StorageError) {
            let before = trimmed
            try write(durable: false, trimming: Self.trimmedGroupsWhenIdle)
            try copyLogBack(above: Self.maxLoggedPageCount)
            return trimmed != before
        } catch {
            throw stopUnlessFull(error)
        }
    }

    /// Whether senders are to be held back: 90 % of ``JournalConfiguration/maxByteCount`` is used.
    /// A checkpoint makes room, because the journal below the oldest one is trimmed.
    public var isFull: Bool {
        let share = Double(usedByteCount + group.byteCount) / Double(configuration.maxByteCount)
        return share >= 0.9
    }

    /// Notes outside the database how far it is durable. To be called some times a
    /// second.
    public mutating func writeWatermark() throws(StorageError) {
        try refuseWhenStopped()
        do throws(StorageError) {
            try watermark.write(durableOffset)
        } catch {
            throw stopUnlessFull(error)
        }
    }
}

// MARK: - The transaction

extension Journal {
    /// Four times what comes in, so that trimming always catches up.
    private static var trimmedGroupsPerCommit: Int { 4 }
    private static var trimmedGroupsWhenIdle: Int { 256 }
    /// 8 MiB: what a commit that copies the log back has to copy.
    private static var maxLoggedPageCount: Int { 2000 }

    @discardableResult
    private mutating func write(
        durable: Bool, trimming limit: Int
    ) throws(StorageError) -> CheckpointSummary? {
        if durable != isSyncing {
            // NORMAL keeps the order of the writes, so that a power cut costs the newest
            // transactions and never the file.
            try database.connection.execute("PRAGMA synchronous=\(durable ? "FULL" : "NORMAL")")
            isSyncing = durable
        }
        var next = self.committed
        var kept = checkpointOffsets
        var begin = trimmed
        try database.connection.begin()
        do throws(StorageError) {
            next = try writeGroup()
            for digest in pendingDigests { try database.tables.insert(digest) }
            kept = try writeCheckpoint(through: next)
            begin = try writeTrim(limit: limit, checkpoints: kept)
            if durable && next == committed { try database.tables.touch() }
            try database.connection.commit()
        } catch {
            database.connection.rollBack()
            throw error
        }
        let written = pendingCheckpoint?.summary
        if written != nil { damagedCheckpointOffsets.removeAll() }
        committed = next
        checkpointOffsets = kept
        trimmed = begin
        group.removeAll()
        pendingCheckpoint = nil
        pendingDigests.removeAll(keepingCapacity: true)
        if durable { durableOffset = next.offset }
        return written
    }

    private mutating func writeGroup() throws(StorageError) -> ChainAnchor {
        guard group.recordCount > 0 else { return committed }
        let row = GroupRow(
            following: committed, lastOffset: appendedOffset,
            marks: ProducerMark.bytes(of: group.marks), records: group.records)
        try database.tables.insert(row)
        return row.anchor
    }

    /// Writes the waiting checkpoint and removes those that are too many or damaged.
    private mutating func writeCheckpoint(through end: ChainAnchor) throws(StorageError) -> [Int] {
        guard let checkpoint = pendingCheckpoint else { return checkpointOffsets }
        let anchor = checkpoint.offset >= end.offset ? end : try anchor(at: checkpoint.offset)
        try database.tables.insert(
            StoredCheckpoint(
                checkpoint: checkpoint, anchor: anchor, writtenOffset: end.offset,
                producers: producers.marks))
        var offsets = checkpointOffsets.filter { offset in
            offset != checkpoint.offset && !damagedCheckpointOffsets.contains(offset)
        }
        offsets.append(checkpoint.offset)
        offsets.sort(by: >)
        let kept = Array(offsets.prefix(configuration.keptCheckpointCount))
        for offset in checkpointOffsets where !kept.contains(offset) {
            try database.tables.removeCheckpoint(at: offset)
        }
        return kept
    }

    /// Forgets the oldest groups that no kept checkpoint needs.
    private mutating func writeTrim(
        limit: Int, checkpoints: [Int]
    ) throws(StorageError) -> ChainAnchor {
        guard limit > 0, let oldest = trimLimit(checkpoints), trimmed.offset < oldest else {
            return trimmed
        }
        let few = try database.tables.end(ofOldest: limit, through: oldest)
        let last = if let few { few } else { try anchor(at: oldest) }
        guard last.offset > trimmed.offset else { return trimmed }
        try database.tables.trim(through: last)
        return last
    }

    private var trimLimit: Int? { trimLimit(checkpointOffsets) }

    /// The oldest checkpoint once all are there. While there are fewer, the journal is whole and
    /// can stand in for them.
    private func trimLimit(_ checkpoints: [Int]) -> Int? {
        checkpoints.count < configuration.keptCheckpointCount ? nil : checkpoints.last
    }

    private mutating func copyLogBack(above limit: Int) throws(StorageError) {
        if database.connection.loggedPageCount > limit {
            do throws(StorageError) {
                try database.connection.checkpointLog()
                // Copying begins with a sync of the log.
                durableOffset = committed.offset
            } catch .full {
                // The commit itself is in. The log grows until there is room in the database.
            }
        }
        usedByteCount = try database.usedByteCount()
    }

    private func refuseWhenStopped() throws(StorageError) {
        if let failure { throw .stopped(cause: "\(failure)") }
    }

    /// SQLite would go on after a failed sync; but what the device holds is then unknown.
    private mutating func stopUnlessFull(_ error: StorageError) -> StorageError {
        if case .full = error { return error }
        failure = error
        database.connection.keepLogOnClose()
        return error
    }
}
