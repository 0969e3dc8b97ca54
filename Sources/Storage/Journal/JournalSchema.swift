/// The form of the database, and the refusal of every other.
enum JournalSchema {
    /// Raised with each change of a table, a checksum, or the meaning of a column.
    static let version = 1
    /// "Osir", in the header of the file.
    static let applicationIdentifier = 0x4f73_6972

    /// Checks, before anything is written, that a file is a journal or still empty.
    ///
    /// - Returns: Whether it is empty.
    static func isEmpty(_ connection: borrowing Connection) throws(StorageError) -> Bool {
        let identifier = try connection.integer("PRAGMA application_id")
        if identifier == 0, try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 {
            return true
        }
        guard identifier == applicationIdentifier else { throw .foreign(path: connection.path) }
        let found = try connection.integer("PRAGMA user_version")
        guard found <= version else {
            let writer = try connection.text("SELECT value FROM meta WHERE key = 'writer'")
            throw .newerVersion(
                path: connection.path, found: found, supported: version,
                writer: writer ?? "of an unknown version")
        }
        return false
    }

    /// Creates the tables, all or none.
    static func create(in connection: borrowing Connection) throws(StorageError) {
        try connection.begin()
        do throws(StorageError) {
            try connection.execute(tables)
            try connection.execute("PRAGMA application_id=\(applicationIdentifier)")
            try connection.execute("PRAGMA user_version=\(version)")
            try connection.commit()
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// In `record_groups` the large column is the last: the others are read without it.
    private static let tables = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE record_groups (
            last_offset INTEGER PRIMARY KEY, first_offset INTEGER NOT NULL,
            checksum INTEGER NOT NULL, chain BLOB NOT NULL, marks BLOB NOT NULL,
            records BLOB NOT NULL) STRICT;
        CREATE TABLE checkpoints (
            offset INTEGER PRIMARY KEY, header BLOB NOT NULL, digest BLOB NOT NULL,
            state BLOB NOT NULL) STRICT;
        CREATE TABLE digests (offset INTEGER PRIMARY KEY, digest BLOB NOT NULL) STRICT;
        """
}
