import Foundation
import Synchronization
import ZeroMQ

/// The wish to stop, from whatever side it comes: a signal, or the `shutdown` command.
public final class LifecycleSignals: Sendable {
    private let stopRequests = Atomic<Int>(0)
    private let notifier: EventDescriptor
    private let others = Mutex<[EventDescriptor]>([])

    /// - Parameter notifier: Wakes the thread that carries the wish out.
    public init(notifier: EventDescriptor) { self.notifier = notifier }

    public var isStopRequested: Bool { stopRequests.load(ordering: .acquiring) > 0 }

    /// Asks the daemon to drain and stop.
    ///
    /// - Returns: Whether it had been asked before.
    @discardableResult
    public func requestStop() -> Bool {
        let earlier = stopRequests.add(1, ordering: .acquiringAndReleasing).oldValue
        notifier.signal()
        others.withLock { for other in $0 { other.signal() } }
        return earlier > 0
    }

    /// Wakes one more thread when the daemon is asked to stop.
    func alsoWake(_ other: EventDescriptor) { others.withLock { $0.append(other) } }
}

/// Turns the process's signals into wishes: SIGTERM and SIGINT stop, a second one at once; SIGHUP
/// asks for a reload, SIGPIPE does nothing.
final class SignalSources {
    private var sources: [SignalSource] = []

    /// Returns when the signals are heard. Until then SIGTERM and SIGINT end the process, which has
    /// begun nothing yet.
    ///
    /// - Parameters:
    ///   - reload: Called from another thread.
    ///   - stopAtOnce: Called from another thread; does not return.
    init(
        _ lifecycle: LifecycleSignals, reload: @escaping @Sendable () -> Void = {},
        stopAtOnce: @escaping @Sendable (CInt) -> Void
    ) {
        ignore(SIGPIPE)
        ignore(SIGHUP)
        for number in [SIGTERM, SIGINT] {
            sources.append(
                SignalSource(number) { if lifecycle.requestStop() { stopAtOnce(number) } })
        }
        sources.append(SignalSource(SIGHUP, handler: reload))
    }

    /// The default action would end the process before anybody could act.
    private func ignore(_ number: CInt) { signal(number, SIG_IGN) }
}
