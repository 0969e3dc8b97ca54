import Glibc

/// Replaces whole files: after a crash there is the old one or the new one, never a part.
public enum AtomicFile {
    /// Writes beside the file, syncs, renames over it, and syncs the directory.
    ///
    /// - Parameters:
    ///   - bytes: The whole contents.
    ///   - path: File in an existing directory.
    ///   - permissions: Of the file, less the process's mask.
    /// - Throws: ``StorageError``; the file is then as it was before.
    public static func write(
        _ bytes: [UInt8], to path: String, permissions: UInt32 = 0o600
    ) throws(StorageError) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        precondition(!name.isEmpty, "\(path) names no file")
        let directory = String(path.dropLast(name.utf8.count))
        // A name may be as long as a name can be.
        let short = name.utf8.count < 240 ? String(name) : "\(CRC32C.checksum(Array(name.utf8)))"
        let temporary = "\(directory).\(short).tmp"
        // What an earlier crash has left, or what somebody has put there to be written through.
        _ = unsafe unlink(temporary)
        do throws(StorageError) {
            let file = try File(
                path: temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                mode: permissions)
            try file.write(bytes)
            try file.synchronize()
            guard unsafe rename(temporary, path) == 0 else {
                throw .system(errno, path: path, action: "rename \(temporary) to \(path)")
            }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        try File.synchronizeDirectory(directory.isEmpty ? "." : directory)
    }
}
