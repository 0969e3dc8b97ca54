import CZeroMQ
import Glibc

/// Wakes up a ``Poller`` from another thread: an `eventfd`.
///
/// Safe to use from any thread. Signals add up until one wait deals with all of them.
public final class EventDescriptor: Sendable {
    /// To be added to a ``Poller``, which must not wait after this object is gone.
    public let fileDescriptor: CInt

    /// - Throws: ``ZeroMQError`` when no file descriptor is left.
    public init() throws(ZeroMQError) {
        fileDescriptor = eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
        guard fileDescriptor >= 0 else { throw .last(.openDescriptor) }
    }

    /// Makes the descriptor readable.
    public func signal() {
        // The only failure is a counter at 2⁶⁴ − 2, and then the descriptor is readable anyway.
        eventfd_write(fileDescriptor, 1)
    }

    /// Makes the descriptor unreadable again.
    ///
    /// - Returns: How many signals came since the last time.
    @discardableResult
    public func clear() -> UInt64 {
        var count: eventfd_t = 0
        return unsafe eventfd_read(fileDescriptor, &count) == 0 ? count : 0
    }

    deinit { close(fileDescriptor) }
}

/// Turns signals of the process into something that a ``Poller`` can wait for: a `signalfd`.
///
/// Create it on the first thread before any other is started: the signals are blocked for this
/// thread and for those that it starts, and stay so.
public final class SignalDescriptor: Sendable {
    /// To be added to a ``Poller``, which must not wait after this object is gone.
    public let fileDescriptor: CInt

    /// - Parameter signals: For example `SIGTERM` and `SIGINT`.
    /// - Throws: ``ZeroMQError`` when no file descriptor is left.
    public init(_ signals: [CInt]) throws(ZeroMQError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals {
            let code = unsafe sigaddset(&set, signal)
            precondition(code == 0, "\(signal) is not a signal")
        }
        let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        precondition(code == 0, "pthread_sigmask fails only when asked for nonsense")
        fileDescriptor = unsafe signalfd(
            -1, &set, CInt(SFD_NONBLOCK | SFD_CLOEXEC))
        guard fileDescriptor >= 0 else { throw .last(.openDescriptor) }
    }

    /// Takes the next signal that came; `nil` when there is none.
    public func next() -> CInt? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard unsafe read(fileDescriptor, &info, size) == size else { return nil }
        return CInt(info.ssi_signo)
    }

    deinit { close(fileDescriptor) }
}
