import CSQLite
import Glibc

/// A prepared statement, used by the thread that uses its connection.
///
/// A class, because the compiler cannot yet give up half of a type's non-copyable fields when its
/// initialiser throws.
@safe
package final class Statement {
    /// A value for one of a statement's parameters.
    package enum Value {
        case integer(Int)
        case text(String)
        case bytes([UInt8])
    }

    /// The row that a statement stands on, valid inside the closure that receives it.
    @safe
    package struct Row {
        fileprivate let handle: OpaquePointer

        package func integer(_ column: Int) -> Int {
            Int(unsafe sqlite3_column_int64(handle, CInt(column)))
        }

        package func bytes(_ column: Int) -> [UInt8] {
            // The pointer first: asking for it may convert the value and change the count.
            let start = unsafe sqlite3_column_blob(handle, CInt(column))
            let count = unsafe Int(sqlite3_column_bytes(handle, CInt(column)))
            return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
        }

        /// Text that is not UTF-8 comes with replacement characters; NULL is nil.
        package func text(_ column: Int) -> String? {
            guard unsafe sqlite3_column_type(handle, CInt(column)) != SQLITE_NULL else {
                return nil
            }
            return String(decoding: bytes(column), as: UTF8.self)
        }
    }

    private let handle: OpaquePointer
    private let sql: String
    private let path: String

    package init(_ sql: String, on connection: borrowing Connection) throws(StorageError) {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            connection.handle, sql, -1, CUnsignedInt(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let handle = unsafe prepared else {
            throw unsafe .sqlite(
                code, systemError: errno, on: connection.handle, path: connection.path,
                action: "prepare \(sql)")
        }
        unsafe self.handle = handle
        self.sql = sql
        self.path = connection.path
    }

    /// Runs the statement to its end.
    package func run(_ values: Value...) throws(StorageError) {
        defer { reset() }
        try bind(values)
        while try step() {}
    }

    /// What `read` makes of the first row, or nil when there is none.
    package func first<Result>(
        _ values: Value..., read: (Row) throws(StorageError) -> Result
    ) throws(StorageError) -> Result? {
        defer { reset() }
        try bind(values)
        return try step() ? try unsafe read(Row(handle: handle)) : nil
    }

    /// What `read` makes of each row.
    package func all<Result>(
        _ values: Value..., read: (Row) throws(StorageError) -> Result
    ) throws(StorageError) -> [Result] {
        defer { reset() }
        try bind(values)
        var results: [Result] = []
        while try step() { results.append(try unsafe read(Row(handle: handle))) }
        return results
    }

    private func bind(_ values: [Value]) throws(StorageError) {
        for (position, value) in values.enumerated() {
            let index = CInt(position + 1)
            let code: CInt
            switch value {
            case .integer(let number):
                code = unsafe sqlite3_bind_int64(handle, index, sqlite3_int64(number))
            case .text(let text):
                code = unsafe osier_sqlite3_bind_text_copy(
                    handle, index, text, UInt64(text.utf8.count))
            case .bytes(let bytes):
                code = unsafe bytes.withUnsafeBytes { buffer in
                    // A nil address would bind NULL instead of no bytes.
                    unsafe buffer.isEmpty
                        ? sqlite3_bind_zeroblob(handle, index, 0)
                        : osier_sqlite3_bind_copy(
                            handle, index, buffer.baseAddress, UInt64(buffer.count))
                }
            }
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    private func step() throws(StorageError) -> Bool {
        errno = 0
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code)
        }
    }

    private func failure(_ code: CInt) -> StorageError {
        unsafe .sqlite(
            code, systemError: errno, on: sqlite3_db_handle(handle), path: path,
            action: "run \(sql)")
    }

    private func reset() {
        // Its result repeats the error that `step` has thrown already.
        _ = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
    }

    deinit { _ = unsafe sqlite3_finalize(handle) }
}
