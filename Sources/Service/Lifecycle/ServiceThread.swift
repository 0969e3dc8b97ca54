import Foundation
import Synchronization

/// A named thread that hands over one result when it ends.
final class ServiceThread<Result: Sendable>: Sendable {
    private let result = Mutex<Result?>(nil)
    private let finished = DispatchSemaphore(value: 0)

    /// Starts the thread.
    ///
    /// - Parameter niceness: Above 0 yields to the others: the trainer must not keep the threads
    ///   that answer clients from a core. Below 0 outranks them, where that is permitted.
    init(name: String, niceness: CInt = 0, _ body: @escaping @Sendable () -> Result) {
        // On Linux a name reaches the system only when it is given between start and end.
        let isNamed = DispatchSemaphore(value: 0)
        let thread = Thread { [self] in
            isNamed.wait()
            if niceness != 0 {
                // On Linux this is the niceness of the calling thread alone. Where it is not
                // permitted the thread only competes harder, and acknowledgements take longer.
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            }
            let value = body()
            result.withLock { $0 = value }
            finished.signal()
        }
        // Room for deep recursion in decoders; only what is touched costs memory.
        thread.stackSize = 4 * 1_048_576
        thread.start()
        thread.name = name
        isNamed.signal()
    }

    /// Waits for the thread's end. To be called once.
    func join() -> Result {
        finished.wait()
        return result.withLock { value in
            guard let value = value.take() else { preconditionFailure("joined twice") }
            return value
        }
    }
}

/// A value that one thread waits for and another one delivers, once.
final class Promise<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let delivered = DispatchSemaphore(value: 0)

    init() {}

    func deliver(_ newValue: Value) {
        value.withLock { $0 = newValue }
        delivered.signal()
    }

    /// Runs an asynchronous body to its end. Not to be called from a task: it blocks the thread.
    static func wait(for body: @escaping @Sendable () async -> Value) -> Value {
        let promise = Promise()
        Task { promise.deliver(await body()) }
        return promise.wait()
    }

    /// Waits for the delivery. To be called once.
    func wait() -> Value {
        delivered.wait()
        return value.withLock { value in
            guard let value = value.take() else { preconditionFailure("waited twice") }
            return value
        }
    }
}
