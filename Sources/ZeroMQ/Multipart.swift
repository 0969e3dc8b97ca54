import CZeroMQ
import Glibc

/// A message of one or more frames, to receive into and to send from, again and again.
///
/// Frames stay where ZeroMQ put them: a received frame is read in place, and can be handed to
/// another message without copying its bytes. Storage for the frames is allocated once; only
/// ZeroMQ itself allocates, once for each frame of more than 33 bytes.
@safe
public final class Multipart {
    /// Frames that the message can hold. Those beyond are dropped when received.
    public let maxFrameCount: Int
    public private(set) var frameCount = 0
    /// Sum of the frames' sizes.
    public private(set) var byteCount = 0
    /// Frames of the last received message that were dropped, because there were too many.
    public private(set) var excessFrameCount = 0

    /// `[maxFrameCount + 1]`, always initialised; the last one takes excess frames.
    private let storage: UnsafeMutablePointer<zmq_msg_t>

    /// Creates an empty message.
    ///
    /// - Parameter maxFrameCount: At least 1. Costs 64 bytes for each.
    public init(maxFrameCount: Int = 16) {
        precondition(maxFrameCount >= 1, "a message of \(maxFrameCount) frames holds nothing")
        self.maxFrameCount = maxFrameCount
        unsafe storage = .allocate(capacity: maxFrameCount + 1)
        for index in 0...maxFrameCount { unsafe zmq_msg_init(storage + index) }
    }

    /// Reads a frame in place. Traps when there is no such frame.
    ///
    /// - Parameter body: Gets the frame's bytes, which are valid until it returns.
    public func withFrame<Result, Failure>(
        _ index: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        check(index)
        // Sound: the frame is not changed while `body` runs with the span, which cannot escape;
        // only this object's own methods change it, and `body` is expected not to call them.
        let frame = unsafe storage + index
        let bytes = unsafe UnsafeRawBufferPointer(
            start: zmq_msg_data(frame), count: zmq_msg_size(frame))
        return try body(unsafe RawSpan(_unsafeBytes: bytes))
    }

    /// A copy of a frame's bytes. Traps when there is no such frame.
    public func bytes(ofFrame index: Int) -> [UInt8] {
        check(index)
        let frame = unsafe storage + index
        return unsafe Array(
            UnsafeRawBufferPointer(start: zmq_msg_data(frame), count: zmq_msg_size(frame)))
    }

    /// A copy of all frames.
    public var frames: [[UInt8]] { (0..<frameCount).map(bytes(ofFrame:)) }

    /// What ZeroMQ knows of a received frame's sender, by name: `Peer-Address`, `User-Id`,
    /// `Socket-Type`.
    ///
    /// Ask the last frame: libzmq 4.3.4 forgets it for the first one on a ROUTER.
    public func property(_ name: String, ofFrame index: Int) -> String? {
        check(index)
        guard let text = unsafe zmq_msg_gets(storage + index, name) else { return nil }
        return unsafe String(cString: text)
    }

    /// Drops all frames and keeps the storage.
    public func removeAll() {
        for index in 0..<frameCount { unsafe empty(storage + index) }
        frameCount = 0
        byteCount = 0
        excessFrameCount = 0
    }

    /// Appends a frame with a copy of these bytes. Traps when the message is full.
    public func append(_ bytes: Span<UInt8>) { append(copying: bytes) }

    /// Appends a frame with these numbers as they lie in memory. Traps when the message is full.
    public func append(_ numbers: Span<Float>) { append(copying: numbers) }

    private func append<Element: BitwiseCopyable>(copying elements: Span<Element>) {
        let frame = unsafe nextFrame()
        let size = elements.count * MemoryLayout<Element>.stride
        let code = unsafe zmq_msg_init_size(frame, size)
        precondition(code == 0, "no memory for a frame of \(size) bytes")
        let target = unsafe UnsafeMutableRawBufferPointer(start: zmq_msg_data(frame), count: size)
        unsafe elements.withUnsafeBytes { source in unsafe target.copyMemory(from: source) }
        didAppend(size)
    }

    /// Appends a frame with a copy of these bytes. Traps when the message is full.
    public func append(_ bytes: [UInt8]) { append(bytes.span) }

    /// Appends frames of another message and leaves empty frames in their place; no byte is copied.
    ///
    /// Traps when the frames do not exist or the message is full.
    public func append(moving range: Range<Int>, of other: Multipart) {
        precondition(other !== self, "a message cannot move frames to itself")
        for index in range {
            other.check(index)
            let frame = unsafe nextFrame()
            let code = unsafe zmq_msg_move(frame, other.storage + index)
            precondition(code == 0, "zmq_msg_move fails only on a frame that is not initialised")
            let size = unsafe zmq_msg_size(frame)
            other.byteCount -= size
            didAppend(size)
        }
    }

    /// Appends frames that share the bytes of another message's frames; no byte is copied.
    ///
    /// Traps when the frames do not exist or the message is full.
    public func append(sharing range: Range<Int>, of other: Multipart) {
        precondition(other !== self, "a message cannot share frames with itself")
        for index in range {
            other.check(index)
            let frame = unsafe nextFrame()
            let code = unsafe zmq_msg_copy(frame, other.storage + index)
            precondition(code == 0, "zmq_msg_copy fails only on a frame that is not initialised")
            didAppend(unsafe zmq_msg_size(frame))
        }
    }

    deinit {
        for index in 0...maxFrameCount { unsafe zmq_msg_close(storage + index) }
        unsafe storage.deallocate()
    }

    private func check(_ index: Int) {
        precondition(
            index >= 0 && index < frameCount, "no frame \(index): the message has \(frameCount)")
    }

    private func nextFrame() -> UnsafeMutablePointer<zmq_msg_t> {
        precondition(frameCount < maxFrameCount, "the message is full: \(maxFrameCount) frames")
        return unsafe storage + frameCount
    }

    private func didAppend(_ size: Int) {
        frameCount += 1
        byteCount += size
    }

    private func empty(_ frame: UnsafeMutablePointer<zmq_msg_t>) {
        unsafe zmq_msg_close(frame)
        unsafe zmq_msg_init(frame)
    }
}

@available(*, unavailable)
extension Multipart: Sendable {}

extension Multipart {
    /// Replaces the frames by those of the next message.
    ///
    /// - Returns: Whether there was one in time.
    func receive(from socket: UnsafeMutableRawPointer, flags: CInt) throws(ZeroMQError) -> Bool {
        removeAll()
        var received = 0
        while true {
            let isExcess = received >= maxFrameCount
            let frame = unsafe storage + min(received, maxFrameCount)
            guard unsafe zmq_msg_recv(frame, socket, flags) >= 0 else {
                let error = ZeroMQError.last(.receive)
                if error.code.rawValue == EINTR { continue }
                // Messages arrive whole, so only the first frame can be waited for.
                if error.code.rawValue == EAGAIN, received == 0 { return false }
                removeAll()
                throw error
            }
            received += 1
            let hasMore = unsafe zmq_msg_more(frame) != 0
            if isExcess {
                excessFrameCount += 1
                unsafe empty(frame)
            } else {
                didAppend(unsafe zmq_msg_size(frame))
            }
            if !hasMore { return true }
        }
    }

    /// Sends the frames, and is empty afterwards unless the outcome is `wouldBlock`.
    func send(
        to socket: UnsafeMutableRawPointer, flags: CInt
    ) throws(ZeroMQError) -> SendOutcome {
        let outcome: SendOutcome
        do throws(ZeroMQError) {
            outcome = try sendFrames(count: frameCount, flags: flags) { index, flags in
                unsafe zmq_msg_send(storage + index, socket, flags)
            }
        } catch {
            removeAll()
            throw error
        }
        if outcome != .wouldBlock { removeAll() }
        return outcome
    }
}
