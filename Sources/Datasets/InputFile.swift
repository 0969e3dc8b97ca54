import Glibc

/// An open file, pipe or terminal. The value owns the descriptor.
struct InputFile: ~Copyable {
    private let descriptor: CInt
    /// What messages call it.
    let name: String
    /// The size of a regular file; `nil` for a pipe or a terminal.
    let byteCount: Int?

    /// Opens a file; `-` is standard input.
    init(path: String) throws(DatasetError) {
        guard path != "-" else {
            try self.init(descriptor: dup(STDIN_FILENO), name: "standard input")
            return
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DatasetError("\(path): cannot be opened: \(Self.reason()); name a readable file")
        }
        try self.init(descriptor: descriptor, name: path)
    }

    /// Takes over an open descriptor.
    init(descriptor: CInt, name: String) throws(DatasetError) {
        var status = stat()
        let code = unsafe fstat(descriptor, &status)
        self.descriptor = descriptor
        self.name = name
        let kind = status.st_mode & S_IFMT
        byteCount = code == 0 && kind == S_IFREG ? Int(status.st_size) : nil
        guard code == 0, kind != S_IFDIR else {
            let reason = code == 0 ? "is a directory" : "cannot be read: \(Self.reason())"
            throw DatasetError("\(name): \(reason); name a readable file")
        }
    }

    /// Reads what is there, at most up to the end of `buffer`; 0 at the end of the file.
    ///
    /// - Parameter start: Index of `buffer` from which on the bytes are stored. Below its count.
    mutating func read(into buffer: inout [UInt8], from start: Int) throws(DatasetError) -> Int {
        precondition(start < buffer.count, "there is no room to read into")
        while true {
            let descriptor = descriptor
            // The read stays within the array: at most the bytes from `start` to its end.
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(
                    descriptor, bytes.baseAddress?.advanced(by: start), bytes.count - start)
            }
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw DatasetError("\(name): cannot be read: \(Self.reason())")
            }
        }
    }

    deinit { _ = close(descriptor) }

    private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
