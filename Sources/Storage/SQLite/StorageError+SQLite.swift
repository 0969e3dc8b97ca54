import CSQLite
import Glibc

extension StorageError {
    /// Turns the last failure on a connection into what it means for a journal.
    ///
    /// - Parameters:
    ///   - systemError: `errno` after the call, which began with 0. SQLite's own note of it
    ///     (`sqlite3_system_errno`) is not filled in when a COMMIT fails.
    ///   - action: What was being done, as the end of "failed to …".
    static func sqlite(
        _ code: CInt, systemError: CInt, on handle: OpaquePointer?, path: String, action: String
    ) -> StorageError {
        let reason =
            unsafe handle == nil
            ? String(cString: sqlite3_errstr(code)) : String(cString: sqlite3_errmsg(handle))
        switch code & 0xff {
        case SQLITE_FULL:
            return .full(action: action)
        case SQLITE_IOERR where code == writeFailed && isOutOfRoom(systemError):
            // SQLite itself reports only ENOSPC as full. A failed sync is never taken for it:
            // what reached the disk is then unknown.
            return .full(action: action)
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_CONSTRAINT,
            SQLITE_MISMATCH:
            // Our statements are fixed: when SQLite objects to one of them, the tables are not
            // what they were.
            return .damaged(what: path, place: "SQLite met \"\(reason)\" when it had to \(action)")
        case SQLITE_BUSY, SQLITE_LOCKED:
            return .inUse(path: path, holder: "another process")
        case SQLITE_READONLY, SQLITE_PERM:
            return .readOnly(path: path)
        case SQLITE_CANTOPEN, SQLITE_AUTH:
            return .unavailable(path: path, reason: reason)
        default:
            return .inputOutput(action: action, reason: "\(reason), SQLite code \(code)")
        }
    }

    /// `SQLITE_IOERR_WRITE`, a macro that Swift does not import.
    private static let writeFailed = SQLITE_IOERR | (3 << 8)

    /// A full disk, an exhausted quota, or the process's file size limit.
    static func isOutOfRoom(_ systemError: CInt) -> Bool {
        systemError == ENOSPC || systemError == EDQUOT || systemError == EFBIG
    }

    /// Turns the `errno` of a system call into what it means for a journal.
    static func system(_ code: CInt, path: String, action: String) -> StorageError {
        let reason = unsafe String(cString: strerror(code))
        if isOutOfRoom(code) { return .full(action: action) }
        switch code {
        case EROFS, EACCES, EPERM: return .readOnly(path: path)
        case EIO: return .inputOutput(action: action, reason: reason)
        default: return .unavailable(path: path, reason: reason)
        }
    }
}
