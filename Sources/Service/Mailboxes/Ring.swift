import Synchronization
import ZeroMQ

/// A bounded queue from one thread to one other.
///
/// Neither side takes a lock. The receiver sleeps on an event descriptor when the ring is empty,
/// and the sender pays for a system call only when the receiver really sleeps.
final class Ring<Element: Sendable>: Sendable {
    /// One place of the ring. A class, so that the two threads never touch the same variable: the
    /// array of slots itself is constant.
    ///
    /// Unchecked: whoever may touch `element` follows from `head` and `tail`; the release store of
    /// one side and the acquire load of the other order the accesses.
    private final class Slot: @unchecked Sendable {
        var element: Element?
    }

    private let slots: [Slot]
    private let mask: Int
    /// Next place to read; only the receiver moves it.
    private let head = Atomic<Int>(0)
    /// Next place to write; only the sender moves it.
    private let tail = Atomic<Int>(0)
    private let isReceiverAsleep = Atomic<Bool>(false)
    private let closed = Atomic<Bool>(false)
    /// Becomes readable when something was put in while the receiver slept.
    let notifier: EventDescriptor

    /// - Parameter capacity: Rounded up to a power of two. At least 1.
    init(capacity: Int, notifier: EventDescriptor) {
        precondition(capacity >= 1, "a ring needs room for an element")
        var rounded = 1
        while rounded < capacity { rounded *= 2 }
        slots = (0..<rounded).map { _ in Slot() }
        mask = rounded - 1
        self.notifier = notifier
    }

    var capacity: Int { slots.count }

    /// Elements that wait. Exact on either side's own thread, a fair estimate elsewhere.
    var count: Int {
        max(0, tail.load(ordering: .acquiring) - head.load(ordering: .acquiring))
    }

    /// Puts an element in, unless the ring is full. Only the sending thread may call this.
    func send(_ element: consuming Element) -> Bool {
        let place = tail.load(ordering: .relaxed)
        guard place - head.load(ordering: .acquiring) < slots.count else { return false }
        slots[place & mask].element = element
        // Sequentially consistent, as are the stores and loads in `prepareToSleep`: either the
        // receiver sees the element before it sleeps, or the sender sees that it sleeps.
        tail.store(place + 1, ordering: .sequentiallyConsistent)
        if isReceiverAsleep.load(ordering: .sequentiallyConsistent),
            isReceiverAsleep.exchange(false, ordering: .sequentiallyConsistent)
        {
            notifier.signal()
        }
        return true
    }

    /// Whether the receiver is gone for good: what is sent now is sent to nobody.
    var isClosed: Bool { closed.load(ordering: .acquiring) }

    /// Says that nobody will receive any more.
    func close() { closed.store(true, ordering: .releasing) }

    /// Takes the oldest element. Only the receiving thread may call this.
    func receive() -> Element? {
        let place = head.load(ordering: .relaxed)
        guard place < tail.load(ordering: .acquiring) else { return nil }
        let slot = slots[place & mask]
        let element = slot.element.take()
        head.store(place + 1, ordering: .releasing)
        return element
    }

    /// Announces that the receiver is about to wait for the notifier.
    ///
    /// - Returns: Whether it may: false when something came in meanwhile.
    func prepareToSleep() -> Bool {
        isReceiverAsleep.store(true, ordering: .sequentiallyConsistent)
        guard tail.load(ordering: .sequentiallyConsistent) == head.load(ordering: .relaxed) else {
            isReceiverAsleep.store(false, ordering: .sequentiallyConsistent)
            return false
        }
        return true
    }

    /// Ends what ``prepareToSleep()`` announced.
    func wake() { isReceiverAsleep.store(false, ordering: .sequentiallyConsistent) }
}
