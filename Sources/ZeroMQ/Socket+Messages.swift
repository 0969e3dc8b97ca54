import CZeroMQ
import Glibc

/// What became of a message that was to be sent.
public enum SendOutcome: Sendable {
    /// ZeroMQ has it. That says nothing about the peer.
    case sent
    /// The high-water mark is reached, or nobody is connected, and it was not to wait (any longer).
    case wouldBlock
    /// The peer named by the routing identifier is not there, or left during the message. Only a
    /// ROUTER with `isRouterMandatory` tells the former.
    case unreachable
}

extension Socket {
    /// Waits for a message, at most for the receive timeout.
    ///
    /// - Parameter message: Holds the message afterwards; what it held before is dropped.
    /// - Returns: `false` when the time is up.
    /// - Throws: ``ZeroMQError``, above all ``ZeroMQError/Code/terminated``.
    public borrowing func receive(into message: Multipart) throws(ZeroMQError) -> Bool {
        try unsafe message.receive(from: raw, flags: 0)
    }

    /// Takes a message that is there already.
    ///
    /// - Returns: `false` when there is none.
    public borrowing func tryReceive(into message: Multipart) throws(ZeroMQError) -> Bool {
        try unsafe message.receive(from: raw, flags: ZMQ_DONTWAIT)
    }

    /// Waits until the message can be sent, at most for the send timeout.
    ///
    /// - Parameter message: At least one frame. Empty afterwards, unless the outcome is
    ///   ``SendOutcome/wouldBlock``.
    public borrowing func send(_ message: Multipart) throws(ZeroMQError) -> SendOutcome {
        try unsafe message.send(to: raw, flags: 0)
    }

    /// Sends the message if that is possible at once.
    ///
    /// - Parameter message: At least one frame. Empty afterwards, unless the outcome is
    ///   ``SendOutcome/wouldBlock``.
    public borrowing func trySend(_ message: Multipart) throws(ZeroMQError) -> SendOutcome {
        try unsafe message.send(to: raw, flags: ZMQ_DONTWAIT)
    }

    /// Waits until a message of these frames (at least one) can be sent, at most for the send
    /// timeout.
    public borrowing func send(_ frames: [[UInt8]]) throws(ZeroMQError) -> SendOutcome {
        try send(copying: frames, flags: 0)
    }

    /// Sends a message of these frames (at least one) if that is possible at once.
    public borrowing func trySend(_ frames: [[UInt8]]) throws(ZeroMQError) -> SendOutcome {
        try send(copying: frames, flags: ZMQ_DONTWAIT)
    }

    /// Waits until a message of this one frame can be sent, at most for the send timeout.
    public borrowing func send(_ frame: Span<UInt8>) throws(ZeroMQError) -> SendOutcome {
        try send(copying: frame, flags: 0)
    }

    /// Sends a message of this one frame if that is possible at once.
    public borrowing func trySend(_ frame: Span<UInt8>) throws(ZeroMQError) -> SendOutcome {
        try send(copying: frame, flags: ZMQ_DONTWAIT)
    }

    private borrowing func send(
        copying frames: [[UInt8]], flags: CInt
    ) throws(ZeroMQError) -> SendOutcome {
        let raw = unsafe raw
        return try sendFrames(count: frames.count, flags: flags) { index, flags in
            unsafe zmq_send(raw, frames[index], frames[index].count, flags)
        }
    }

    private borrowing func send(
        copying frame: Span<UInt8>, flags: CInt
    ) throws(ZeroMQError) -> SendOutcome {
        while true {
            let code = unsafe frame.withUnsafeBytes { bytes in
                unsafe zmq_send(raw, bytes.baseAddress, bytes.count, flags)
            }
            if code >= 0 { return .sent }
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case EHOSTUNREACH: return .unreachable
            default: throw .last(.send)
            }
        }
    }
}

/// Sends the frames of one message in turn, so that it is sent whole or not at all.
///
/// - Parameter send: Sends the frame of an index with these flags; below 0 when it fails.
func sendFrames(
    count: Int, flags: CInt, _ send: (_ index: Int, _ flags: CInt) -> CInt
) throws(ZeroMQError) -> SendOutcome {
    precondition(count >= 1, "a message has at least one frame")
    var index = 0
    var isLost = false
    while index < count {
        let more = index + 1 < count ? ZMQ_SNDMORE : 0
        if send(index, flags | more) >= 0 {
            index += 1
            continue
        }
        switch zmq_errno() {
        case EINTR:
            continue
        case EAGAIN where index == 0:
            return .wouldBlock
        case EHOSTUNREACH where index == 0:
            return .unreachable
        case EAGAIN, EHOSTUNREACH:
            // The peer left between two frames. ZeroMQ drops what it had of the message, but waits
            // for the other frames, or it would take the next message for the rest of this one.
            isLost = true
            index += 1
        default:
            throw .last(.send)
        }
    }
    return isLost ? .unreachable : .sent
}
