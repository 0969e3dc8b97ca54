import CZeroMQ
import Glibc

/// Waits for sockets and file descriptors (an `eventfd`, a `signalfd`) together.
///
/// Level-triggered: what is ready and not dealt with is ready at the next ``wait(timeout:)``, too.
/// Entries are known by their index, in the order in which they were added. A wait allocates
/// nothing for up to 16 entries.
@safe
public struct Poller: ~Copyable {
    /// What an entry waits for, or is ready for.
    public struct Events: OptionSet, Sendable {
        public let rawValue: Int16

        public init(rawValue: Int16) { self.rawValue = rawValue }

        public static let readable = Events(rawValue: Int16(ZMQ_POLLIN))
        public static let writable = Events(rawValue: Int16(ZMQ_POLLOUT))
        /// File descriptors only; told whether or not it was asked for.
        public static let error = Events(rawValue: Int16(ZMQ_POLLERR))
    }

    private var items: [zmq_pollitem_t]
    /// Parallel to `items`; `nil` for file descriptors.
    private var handles: [SocketHandle?] = []

    /// Creates a poller that waits for nothing yet.
    public init() { unsafe items = [] }

    public var count: Int { handles.count }

    /// Adds a socket and returns its index. The poller must not wait after the socket is closed.
    @discardableResult
    public mutating func add(_ socket: borrowing Socket, for events: Events = .readable) -> Int {
        unsafe items.append(
            zmq_pollitem_t(socket: socket.raw, fd: -1, events: events.rawValue, revents: 0))
        handles.append(socket.handle)
        return handles.count - 1
    }

    /// Adds a file descriptor and returns its index.
    @discardableResult
    public mutating func add(
        fileDescriptor: CInt, for events: Events = .readable
    ) -> Int {
        precondition(fileDescriptor >= 0, "\(fileDescriptor) is not a file descriptor")
        unsafe items.append(
            zmq_pollitem_t(socket: nil, fd: fileDescriptor, events: events.rawValue, revents: 0))
        handles.append(nil)
        return handles.count - 1
    }

    /// Changes what an entry waits for. Empty: it is left alone, for example while a queue is full.
    public mutating func setEvents(_ events: Events, at index: Int) {
        unsafe items[index].events = events.rawValue
    }

    /// Forgets all entries.
    public mutating func removeAll() {
        unsafe items.removeAll(keepingCapacity: true)
        handles.removeAll(keepingCapacity: true)
    }

    /// Waits until an entry is ready. Traps when one of the sockets is closed.
    ///
    /// - Parameter timeout: Zero looks and does not wait; `nil` waits for ever.
    /// - Returns: How many are ready; 0 when the time is up or a signal came.
    public mutating func wait(timeout: Duration?) throws(ZeroMQError) -> Int {
        // Without this, the library would follow a pointer to a socket that is gone.
        for handle in handles {
            precondition(handle?.isOpen != false, "the poller has a socket that is closed")
        }
        let milliseconds = Int(CInt(millisecondsOf: timeout))
        let code = unsafe items.withUnsafeMutableBufferPointer { items in
            unsafe zmq_poll(items.baseAddress, CInt(items.count), milliseconds)
        }
        guard code >= 0 else {
            let error = ZeroMQError.last(.poll)
            guard error.code.rawValue == EINTR else { throw error }
            for index in handles.indices { unsafe items[index].revents = 0 }
            return 0
        }
        return Int(code)
    }

    /// What an entry was ready for when the last wait ended.
    public func events(at index: Int) -> Events {
        Events(rawValue: unsafe items[index].revents)
    }

    /// Whether the last wait found something to receive or read.
    public func isReadable(_ index: Int) -> Bool { events(at: index).contains(.readable) }

    /// Whether the last wait found that something can be sent or written.
    public func isWritable(_ index: Int) -> Bool { events(at: index).contains(.writable) }
}

@available(*, unavailable)
extension Poller: Sendable {}
