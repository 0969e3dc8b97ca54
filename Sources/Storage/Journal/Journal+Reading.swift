extension Journal {
    /// A place to read from.
    ///
    /// - Parameter offset: Events after this one are read; at least ``Recovery/firstOffset`` − 1
    ///   and not trimmed since.
    /// - Throws: ``StorageError/damaged(what:place:)`` when the events are gone.
    public mutating func cursor(after offset: Int) throws(StorageError) -> JournalCursor {
        guard offset >= trimmed.offset else {
            throw .damaged(
                what: "the journal",
                place: "events \(offset + 1) to \(trimmed.offset) are trimmed")
        }
        return JournalCursor(offset: offset, anchor: try anchor(at: offset))
    }

    /// Where the group that holds the event after an offset has to go on.
    mutating func anchor(at offset: Int) throws(StorageError) -> ChainAnchor {
        let found = try database.tables.anchor(at: offset)
        return found.offset <= verified.offset && verified.offset <= offset ? verified : found
    }

    /// The next committed group, verified; nil at the end.
    ///
    /// - Throws: ``StorageError/damaged(what:place:)`` naming the events.
    public mutating func next(_ cursor: inout JournalCursor) throws(StorageError) -> JournalGroup? {
        guard let row = try database.tables.group(after: cursor.anchor.offset) else { return nil }
        try row.verify(following: cursor.anchor)
        let group = try JournalGroup(row, after: cursor.offset)
        cursor.anchor = row.anchor
        return group
    }
}
