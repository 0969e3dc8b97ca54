import Glibc

/// An open file; the value owns the descriptor.
struct File: ~Copyable {
    let descriptor: CInt
    let path: String

    /// - Parameters:
    ///   - flags: As for `open`; `O_CLOEXEC` is added.
    ///   - mode: Permissions of a file that is created.
    init(path: String, flags: CInt, mode: mode_t = 0o600) throws(StorageError) {
        descriptor = unsafe open(path, flags | O_CLOEXEC, mode)
        self.path = path
        guard descriptor >= 0 else {
            throw .system(errno, path: path, action: "open \(path)")
        }
    }

    /// Writes all bytes from a position on.
    borrowing func write(_ bytes: [UInt8], at position: Int = 0) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written },
                    buffer.count - written, off_t(position + written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw .system(count < 0 ? errno : EIO, path: path, action: "write \(path)")
            }
            written += count
        }
    }

    /// Reads at most `limit` bytes from a position on.
    borrowing func read(limit: Int, at position: Int = 0) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + count }, limit - count,
                    off_t(position + count))
            }
            if more < 0 && errno == EINTR { continue }
            guard more >= 0 else { throw .system(errno, path: path, action: "read \(path)") }
            if more == 0 { break }
            count += more
        }
        bytes.removeSubrange(count...)
        return bytes
    }

    /// Returns when file and contents are on the device.
    borrowing func synchronize() throws(StorageError) {
        guard fsync(descriptor) == 0 else {
            // Whatever the reason: after a failed sync nobody knows what the device holds.
            let reason = unsafe String(cString: strerror(errno))
            throw .inputOutput(action: "sync \(path)", reason: reason)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}

extension File {
    /// Makes the names in a directory durable.
    static func synchronizeDirectory(_ path: String) throws(StorageError) {
        try File(path: path, flags: O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// Bytes of a file, 0 when there is none.
    static func byteCount(of path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
