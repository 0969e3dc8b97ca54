import Glibc

/// The database of a journal, opened and set up.
///
/// Exactly one of these exists per file: the SQLite that Debian 12 ships can corrupt a log that
/// two connections write (sqlite.org/wal.html, "the WAL-reset bug").
struct JournalDatabase: ~Copyable {
    let connection: Connection
    let tables: JournalTables
    /// What SQLite cannot see of the log, because it ends there for SQLite.
    let logDamage: StorageError?
    private static let pageByteCount = 4096

    /// Opens the database, creating it when there is none.
    ///
    /// - Parameters:
    ///   - writer: Version of the Osier that is going to write; nil to only look.
    ///   - acceptsLogDamage: Whether to begin anew where a damaged log hides all there was.
    init(
        path: String, writer: String?, acceptsLogDamage: Bool = false
    ) throws(StorageError) {
        // SQLite would create the file readable by everybody; its log inherits the permissions.
        let isNew = File.byteCount(of: path) == 0
        do { _ = try File(path: path, flags: O_RDWR | O_CREAT) }
        if isNew { try File.synchronizeDirectory(Self.directory(of: path)) }

        let logDamage = try WriteAheadLog.damage(ofDatabase: path)
        let connection = try Connection(path: path)
        // EXCLUSIVE before the first access: there is then no shared-memory file.
        try connection.set("locking_mode", to: "exclusive")
        try connection.set("trusted_schema", to: "0")
        try connection.set("cell_size_check", to: "1")
        try connection.set("mmap_size", to: "0")
        // Debian compiles it in; it would overwrite each trimmed record with zeros.
        try connection.set("secure_delete", to: "0")
        // Before anything is written into a file that may be a stranger's.
        let isEmpty = try JournalSchema.isEmpty(connection)
        if let logDamage, isEmpty, !acceptsLogDamage {
            connection.keepLogOnClose()
            throw logDamage
        }
        // Takes effect in a new file only, and is checked in every other.
        try connection.set("page_size", to: "\(Self.pageByteCount)")
        try connection.set("journal_mode", to: "wal")
        try connection.set("journal_size_limit", to: "67108864")
        try connection.set("synchronous", to: "2")
        if isEmpty { try JournalSchema.create(in: connection) }
        let tables = try JournalTables(connection)
        if let writer { try tables.setWriter(writer) }
        self.tables = tables
        self.logDamage = logDamage
        self.connection = connection
    }

    /// Makes durable what another process has left in the log.
    borrowing func synchronize() throws(StorageError) {
        try connection.begin()
        do throws(StorageError) {
            try tables.touch()
            try connection.commit()
        } catch {
            connection.rollBack()
            throw error
        }
        try connection.checkpointLog()
    }

    /// Bytes of the pages that hold something.
    borrowing func usedByteCount() throws(StorageError) -> Int {
        let pages = try tables.pages()
        return (pages.count - pages.free) * Self.pageByteCount
    }

    static func directory(of path: String) -> String {
        let end = path.lastIndex(of: "/")
        return end.map { String(path[..<$0]) } ?? "."
    }
}
