import Glibc

/// Holds a storage directory for one process. The kernel lets go of it when the process ends.
struct DirectoryLock: ~Copyable {
    private let file: File

    /// - Throws: ``StorageError/inUse(path:holder:)`` naming the process that has it.
    init(directory: String) throws(StorageError) {
        let file = try File(path: "\(directory)/lock", flags: O_RDWR | O_CREAT)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else {
                throw .system(errno, path: file.path, action: "lock \(file.path)")
            }
            let holder = String(decoding: try file.read(limit: 32), as: UTF8.self)
            let number = Int(holder.prefix { $0.isNumber })
            throw .inUse(
                path: directory, holder: number.map { "process \($0)" } ?? "another process")
        }
        guard ftruncate(file.descriptor, 0) == 0 else {
            throw .system(errno, path: file.path, action: "empty \(file.path)")
        }
        // Only for the message above: a disk that has no room for it refuses nobody.
        do throws(StorageError) {
            try file.write(Array("\(getpid())\n".utf8))
        } catch .full {
            self.file = file
            return
        }
        self.file = file
    }
}
