import CZeroMQ
import Glibc

/// The sockets and I/O threads of a process.
///
/// One context per process is the rule: `inproc` endpoints meet only within a context, and closing
/// one context disturbs the random numbers of another that uses CURVE (libzmq 4.3.4). Every
/// ``Socket`` keeps its context alive, so the context goes when the last of them is closed; that
/// may take as long as the sockets' linger.
///
/// Safe to use from any thread.
@safe
// The library synchronises contexts itself, and the handle never changes; `terminate()` is the last
// call that anybody makes.
public final class Context: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer
    private var isTerminated = false

    /// Starts the library's I/O threads with the first socket.
    ///
    /// - Parameters:
    ///   - ioThreadCount: One thread moves about a gigabyte per second. At least 1.
    ///   - maxSocketCount: Sockets that may be open at a time. At least 1.
    /// - Throws: ``ZeroMQError`` when memory or file descriptors are used up.
    public init(ioThreadCount: Int = 1, maxSocketCount: Int = 1_023) throws(ZeroMQError) {
        precondition(ioThreadCount >= 1, "\(ioThreadCount) I/O threads: at least 1 is needed")
        precondition(maxSocketCount >= 1, "\(maxSocketCount) sockets: at least 1 is needed")
        guard let handle = unsafe zmq_ctx_new() else { throw .last(.createContext) }
        unsafe self.handle = handle
        // Both calls can only refuse negative numbers and a count beyond the system's own limit.
        let threads = unsafe zmq_ctx_set(handle, ZMQ_IO_THREADS, CInt(clamping: ioThreadCount))
        precondition(threads == 0, "ZMQ_IO_THREADS refused \(ioThreadCount)")
        guard unsafe zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, CInt(clamping: maxSocketCount)) == 0
        else {
            throw .last(.setOption(name: "ZMQ_MAX_SOCKETS", value: "\(maxSocketCount)"))
        }
    }

    /// Makes every waiting and later call on this context's sockets fail with
    /// ``ZeroMQError/Code/terminated``, so that their threads can close them and end.
    public func shutdown() {
        let code = unsafe zmq_ctx_shutdown(handle)
        precondition(code == 0, "zmq_ctx_shutdown fails only on a handle that is not a context")
    }

    /// Ends the context now instead of when nobody holds it any more: waits for lingering messages
    /// and lets go of endpoints, files of `ipc` sockets included.
    ///
    /// To be called by one thread, when all sockets are closed and none will be opened.
    public func terminate() {
        guard !isTerminated else { return }
        isTerminated = true
        while unsafe zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
    }

    deinit {
        guard !isTerminated else { return }
        // No socket is left, so this waits for nothing but lingering messages and signals.
        while unsafe zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
    }
}

/// The ZeroMQ library that this process runs with.
public enum Library {
    /// For example 4, 3, 4.
    public static var version: (major: Int, minor: Int, patch: Int) {
        var (major, minor, patch): (CInt, CInt, CInt) = (0, 0, 0)
        unsafe zmq_version(&major, &minor, &patch)
        return (Int(major), Int(minor), Int(patch))
    }

    /// Whether the library was built with a capability such as `curve` or `ipc`.
    public static func has(_ capability: String) -> Bool {
        unsafe zmq_has(capability) == 1
    }
}
