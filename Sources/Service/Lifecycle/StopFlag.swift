import Synchronization
import ZeroMQ

/// Tells one thread to end.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    private let notifier: EventDescriptor

    init(notifier: EventDescriptor) { self.notifier = notifier }

    var isRequested: Bool { flag.load(ordering: .acquiring) }

    func request() {
        flag.store(true, ordering: .releasing)
        notifier.signal()
    }
}
