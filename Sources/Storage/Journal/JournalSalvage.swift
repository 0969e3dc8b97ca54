import Glibc

/// Makes a new database of what a damaged one still holds.
///
/// Rows are copied, not deleted: SQLite would follow the links of damaged pages to free them, and
/// a wrong link destroys what is still whole. The damaged file stays beside the new one.
enum JournalSalvage {
    /// Copies the checkpoint, the producers and the events that a scan found intact.
    ///
    /// - Returns: Path of the new database, which is complete and synced.
    static func copy(
        _ scan: RecoveryScan, from database: borrowing JournalDatabase, writer: String
    ) throws(StorageError) -> String {
        let path = database.connection.path + ".new"
        for suffix in ["", "-wal", "-journal"] { _ = unsafe unlink(path + suffix) }
        let copy = try JournalDatabase(path: path, writer: writer)
        // Each stretch is a transaction, and the log is emptied after each.
        try copy.connection.begin()
        try copy.tables.setTrimmed(scan.begin)
        if let checkpoint = scan.checkpoint {
            try copy.tables.insert(checkpoint)
        }
        for digest in scan.digests where digest.offset <= scan.end.offset {
            try copy.tables.insert(digest)
        }
        var place = scan.begin
        var copied = 0
        while place.offset < scan.end.offset,
            let row = try database.tables.group(after: place.offset)
        {
            try row.verify(following: place)
            try copy.tables.insert(row)
            place = row.anchor
            copied += 1
            if copied % 1000 == 0 {
                try copy.connection.commit()
                try copy.connection.checkpointLog()
                try copy.connection.begin()
            }
        }
        try copy.connection.commit()
        try copy.connection.checkpointLog()
        return path
    }

    /// Puts the copy in the place of the damaged file, which gets another name.
    ///
    /// Both databases must be closed.
    ///
    /// - Returns: Where the damaged file is now.
    static func replace(
        _ path: String, with copy: String, endingAt offset: Int
    ) throws(StorageError) -> String {
        let damaged = "\(path).damaged-\(offset)"
        for suffix in ["", "-wal"] { _ = unsafe unlink(damaged + suffix) }
        // A log that could not be copied back must not be found beside the new database.
        if File.byteCount(of: path + "-wal") > 0 {
            try check(unsafe rename(path + "-wal", damaged + "-wal"), damaged)
        }
        // A second name first: at no moment is there no database.
        try check(unsafe link(path, damaged), damaged)
        try check(unsafe rename(copy, path), path)
        try File.synchronizeDirectory(JournalDatabase.directory(of: path))
        return damaged
    }

    private static func check(_ code: CInt, _ path: String) throws(StorageError) {
        guard code == 0 else { throw .system(errno, path: path, action: "rename to \(path)") }
    }
}
