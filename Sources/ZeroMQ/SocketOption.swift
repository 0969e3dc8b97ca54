import CZeroMQ
import Glibc

/// Reads and writes single options of an open socket.
enum SocketOption {
    static func set(
        _ socket: UnsafeMutableRawPointer, _ name: String, _ option: CInt, _ value: CInt
    ) throws(ZeroMQError) {
        var value = value
        let code = unsafe zmq_setsockopt(socket, option, &value, MemoryLayout<CInt>.size)
        guard code == 0 else { throw .last(.setOption(name: name, value: "\(value)")) }
    }

    /// For the few options that the library keeps in 64 bits.
    static func set(
        _ socket: UnsafeMutableRawPointer, _ name: String, _ option: CInt, wide value: UInt64
    ) throws(ZeroMQError) {
        var value = value
        let code = unsafe zmq_setsockopt(socket, option, &value, MemoryLayout<UInt64>.size)
        guard code == 0 else { throw .last(.setOption(name: name, value: "\(value)")) }
    }

    static func set(
        _ socket: UnsafeMutableRawPointer, _ name: String, _ option: CInt, bytes: [UInt8]
    ) throws(ZeroMQError) {
        let code = unsafe zmq_setsockopt(socket, option, bytes, bytes.count)
        guard code == 0 else {
            throw .last(.setOption(name: name, value: "of \(bytes.count) bytes"))
        }
    }

    static func integer(
        _ socket: UnsafeMutableRawPointer, _ name: String, _ option: CInt
    ) throws(ZeroMQError) -> CInt {
        var value: CInt = 0
        var size = MemoryLayout<CInt>.size
        guard unsafe zmq_getsockopt(socket, option, &value, &size) == 0 else {
            throw .last(.readOption(name: name))
        }
        return value
    }

    /// A text of less than 1,024 bytes, as all of the library's are.
    static func text(
        _ socket: UnsafeMutableRawPointer, _ name: String, _ option: CInt
    ) throws(ZeroMQError) -> String {
        var bytes = [UInt8](repeating: 0, count: 1_024)
        var size = bytes.count
        guard unsafe zmq_getsockopt(socket, option, &bytes, &size) == 0 else {
            throw .last(.readOption(name: name))
        }
        // The size counts the terminating zero.
        return String(decoding: bytes.prefix(max(0, size - 1)), as: UTF8.self)
    }
}

extension CInt {
    /// Whole milliseconds, rounded up so that a short wait does not become none; `nil` is for ever.
    init(millisecondsOf duration: Duration?) {
        guard let duration else {
            self = -1
            return
        }
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        let millisecond: Int64 = 1_000_000_000_000_000
        let part = (attoseconds + millisecond - 1) / millisecond
        self = overflow ? (seconds < 0 ? 0 : .max) : CInt(clamping: Swift.max(0, whole + part))
    }
}

extension Socket {
    /// The endpoint bound or connected last, with the port that the system chose; empty before.
    public var lastEndpoint: String {
        borrowing get throws(ZeroMQError) {
            try unsafe SocketOption.text(raw, "ZMQ_LAST_ENDPOINT", ZMQ_LAST_ENDPOINT)
        }
    }

    /// Whether the frame that was received last has more frames of its message behind it.
    public var receiveMore: Bool {
        borrowing get throws(ZeroMQError) {
            try unsafe SocketOption.integer(raw, "ZMQ_RCVMORE", ZMQ_RCVMORE) != 0
        }
    }

    /// Reads an option that is a C `int`, by its number in `zmq.h`.
    package borrowing func integerOption(_ option: CInt) throws(ZeroMQError) -> CInt {
        try unsafe SocketOption.integer(raw, "option \(option)", option)
    }

    /// Changes how long unsent messages may delay the end of the context.
    public borrowing func setLinger(_ linger: Duration) throws(ZeroMQError) {
        try unsafe SocketOption.set(raw, "ZMQ_LINGER", ZMQ_LINGER, CInt(millisecondsOf: linger))
    }

    /// Changes how long a receive waits; `nil` is for ever.
    public borrowing func setReceiveTimeout(_ timeout: Duration?) throws(ZeroMQError) {
        try unsafe SocketOption.set(
            raw, "ZMQ_RCVTIMEO", ZMQ_RCVTIMEO, CInt(millisecondsOf: timeout))
    }

    /// Changes how long a send waits; `nil` is for ever.
    public borrowing func setSendTimeout(_ timeout: Duration?) throws(ZeroMQError) {
        try unsafe SocketOption.set(
            raw, "ZMQ_SNDTIMEO", ZMQ_SNDTIMEO, CInt(millisecondsOf: timeout))
    }
}
