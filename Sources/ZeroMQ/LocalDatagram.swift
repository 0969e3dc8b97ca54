import Glibc

/// Single messages to a local socket of another program, as service managers take them.
public enum LocalDatagram {
    /// Sends one message; a receiver that takes nothing holds this back for a second at most.
    ///
    /// - Parameters:
    ///   - address: A path, or a name in the abstract space that begins with `@`.
    ///   - timeout: How long a full receiver is waited for.
    /// - Returns: Whether the message was taken. Not when nobody listens there, or the address is
    ///   empty, relative or too long.
    public static func send(
        _ text: String, to address: String, timeout: Duration = .seconds(1)
    ) -> Bool {
        var name = Array(address.utf8)
        guard let kind = name.first, kind == UInt8(ascii: "/") || kind == UInt8(ascii: "@") else {
            return false
        }
        // In the abstract space a name begins with a zero byte, and is not terminated.
        if kind == UInt8(ascii: "@") { name[0] = 0 }
        var target = sockaddr_un()
        guard name.count < MemoryLayout.size(ofValue: target.sun_path) else { return false }
        target.sun_family = sa_family_t(AF_UNIX)
        // Sound: the guard above left room for the name and a zero behind it.
        unsafe withUnsafeMutableBytes(of: &target.sun_path) { path in
            unsafe path.copyBytes(from: name)
        }
        let descriptor = socket(
            AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let wholeSeconds = timeout.components.seconds
        let rest = (timeout - .seconds(wholeSeconds)) / .microseconds(1)
        var limit = timeval(tv_sec: Int(wholeSeconds), tv_usec: Int(rest))
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(text.utf8)
        // Sound: each pointer is used within its call only, and the sizes are those of its value.
        return unsafe withUnsafePointer(to: &target) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe setsockopt(
                    descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit,
                    socklen_t(MemoryLayout<timeval>.size))
                return unsafe sendto(
                    descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL), pointer, size)
                    == bytes.count
            }
        }
    }
}
