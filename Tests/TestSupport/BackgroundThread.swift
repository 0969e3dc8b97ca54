import Glibc

/// A POSIX thread, for tests of what one thread at a time may use.
public struct BackgroundThread: Sendable {
    private let thread: pthread_t

    /// Starts the thread.
    public init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Body(run: body)).toOpaque()
        let code = unsafe pthread_create(&thread, nil, runBody, start)
        precondition(code == 0, "pthread_create: error \(code)")
        self.thread = thread
    }

    /// Sends a signal to the thread, which must not have been joined.
    public func signal(_ number: CInt) { pthread_kill(thread, number) }

    /// Waits for the end of the thread. Once only.
    public func join() {
        let code = pthread_join(thread, nil)
        precondition(code == 0, "pthread_join: error \(code)")
    }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Not a closure: one that is written in `main.swift` would belong to the main actor, and trap.
private func runBody(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let start = unsafe start else { return nil }
    unsafe Unmanaged<Body>.fromOpaque(start).takeRetainedValue().run()
    return nil
}
