import CSQLite
import Glibc

/// The one connection to a journal's database.
///
/// Only one thread at a time may use it. Statements may outlive it: SQLite then closes the file
/// with the last of them.
@safe
package struct Connection: ~Copyable {
    let handle: OpaquePointer
    package let path: String
    /// Where the write-ahead-log hook leaves the pages that the log holds.
    private let loggedPages: UnsafeMutablePointer<CInt>

    /// Opens a database that exists. An empty file is a database without tables.
    ///
    /// - Throws: ``StorageError`` naming the file.
    package init(path: String) throws(StorageError) {
        var opened: OpaquePointer?
        // No mutex: the value cannot be copied, and its users hold it one at a time.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            let error = unsafe StorageError.sqlite(
                code, systemError: errno, on: opened, path: path, action: "open \(path)")
            _ = unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe self.handle = handle
        self.path = path
        unsafe loggedPages = .allocate(capacity: 1)
        unsafe loggedPages.initialize(to: 0)
        // The hook takes the place of SQLite's automatic checkpoint, which does the same work at
        // the same moment but swallows its errors: a failed sync would go unnoticed.
        _ = unsafe sqlite3_wal_hook(
            handle,
            { context, _, _, pageCount in
                // Sound: the context is `loggedPages`, which lives as long as the connection.
                unsafe context?.assumingMemoryBound(to: CInt.self).pointee = pageCount
                return SQLITE_OK
            }, loggedPages)
    }

    /// Pages that the write-ahead log held after the last commit.
    var loggedPageCount: Int { unsafe Int(loggedPages.pointee) }

    /// Runs statements that return nothing of interest.
    package borrowing func execute(_ sql: String) throws(StorageError) {
        errno = 0
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw unsafe .sqlite(
                code, systemError: errno, on: handle, path: path, action: "run \(sql)")
        }
    }

    /// Sets a pragma and checks that SQLite took the value.
    ///
    /// - Parameter expected: What reading the pragma gives, when it is spelled otherwise.
    borrowing func set(
        _ pragma: String, to value: String, reads expected: String? = nil
    ) throws(StorageError) {
        try execute("PRAGMA \(pragma)=\(value)")
        let seen = try text("PRAGMA \(pragma)")
        guard seen == expected ?? value else {
            throw .unavailable(
                path: path, reason: "SQLite keeps \(pragma) at \(seen ?? "nothing"), not \(value)")
        }
    }

    /// The first column of the first row, as text.
    borrowing func text(_ sql: String) throws(StorageError) -> String? {
        let statement = try Statement(sql, on: self)
        return try statement.first { $0.text(0) } ?? nil
    }

    /// The first column of the first row, 0 when there is none.
    package borrowing func integer(_ sql: String) throws(StorageError) -> Int {
        let statement = try Statement(sql, on: self)
        return try statement.first { $0.integer(0) } ?? 0
    }

    borrowing func begin() throws(StorageError) { try execute("BEGIN IMMEDIATE") }

    borrowing func commit() throws(StorageError) { try execute("COMMIT") }

    /// Undoes the open transaction, if SQLite has not done so by itself.
    borrowing func rollBack() {
        guard unsafe sqlite3_get_autocommit(handle) == 0 else { return }
        // An error here changes nothing: what was not committed is not in the log, and the next
        // BEGIN fails if the transaction is somehow still open.
        _ = unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    /// Copies the pages of the write-ahead log into the database file and syncs both.
    borrowing func checkpointLog() throws(StorageError) {
        errno = 0
        let code = unsafe sqlite3_wal_checkpoint_v2(
            handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        guard code == SQLITE_OK else {
            throw unsafe .sqlite(
                code, systemError: errno, on: handle, path: path,
                action: "copy the log into the database")
        }
        unsafe loggedPages.pointee = 0
    }

    /// Leaves the log alone when the connection closes, as after an error of the device, or does
    /// not any more.
    borrowing func keepLogOnClose(_ isKept: Bool = true) {
        _ = unsafe osier_sqlite3_keep_log_on_close(handle, isKept ? 1 : 0)
    }

    deinit {
        let code = unsafe sqlite3_close_v2(handle)
        assert(code == SQLITE_OK, "sqlite3_close_v2 waits for statements and does not fail")
        unsafe loggedPages.deallocate()
    }
}
