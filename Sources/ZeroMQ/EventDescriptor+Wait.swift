import Glibc

extension EventDescriptor {
    /// Waits for a signal without a ``Poller``, and clears it.
    ///
    /// - Parameter timeout: `nil` waits for ever. Rounded up to whole milliseconds, so that a wait
    ///   for less does not spin.
    public func wait(timeout: Duration?) {
        var item = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = timeout.map { CInt(clamping: Int(($0 / .milliseconds(1)).rounded(.up))) }
        _ = unsafe poll(&item, 1, milliseconds ?? -1)
        clear()
    }
}
