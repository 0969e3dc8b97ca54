import Dispatch

/// A handler for a signal of the process, in force as long as the object lives.
public final class SignalSource {
    private let source: any DispatchSourceSignal

    /// Returns when the handler is in place, which happens on a thread of its own: a signal that came
    /// meanwhile would be lost if it were ignored. Until then its action is what it was before.
    ///
    /// - Parameter handler: Called from another thread.
    public init(_ number: CInt, handler: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        let isRegistered = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { @Sendable in isRegistered.signal() }
        source.setEventHandler { @Sendable in handler() }
        source.resume()
        isRegistered.wait()
    }

    deinit { source.cancel() }
}
