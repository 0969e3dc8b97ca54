import Synchronization
import WireFormat
import ZeroMQ

/// A ROUTER that answers clients: it understands requests with and without the empty delimiter frame
/// that REQ adds, and mirrors what it got.
///
/// A class, so that a loop can hand it on while it serves it; it stays on one thread.
final class RequestSocket {
    let socket: Socket
    let request = Multipart(maxFrameCount: 16)
    /// The answer that is being written.
    let reply = Multipart(maxFrameCount: 16)
    private let gauges: Gauges

    /// Index of the first frame of the present request's body.
    private(set) var bodyStart = 1

    init(_ socket: consuming Socket, gauges: Gauges) {
        self.socket = socket
        self.gauges = gauges
    }

    /// Takes the next request, if there is one.
    func receive() throws(ZeroMQError) -> Bool {
        guard let start = try receive(into: request) else { return false }
        bodyStart = start
        return true
    }

    /// Takes the next request, if there is one, to be answered when others have come as well.
    ///
    /// - Returns: Index of the first frame of its body.
    func receive(into request: Multipart) throws(ZeroMQError) -> Int? {
        guard try socket.tryReceive(into: request) else { return nil }
        let hasDelimiter =
            request.frameCount > 1 && request.withFrame(1) { $0.byteCount == 0 }
        return hasDelimiter ? 2 : 1
    }

    /// Keeps the way back to the present request's sender, so that it can be answered later.
    func returnAddress() -> [[UInt8]] { (0..<bodyStart).map(request.bytes(ofFrame:)) }

    /// Answers the present request.
    func answer(_ body: [[UInt8]]) throws(ZeroMQError) {
        beginReply(to: request, bodyStart: bodyStart)
        for frame in body { reply.append(frame) }
        try sendReply()
    }

    /// Answers a request whose way back was kept.
    func answer(_ body: [[UInt8]], to address: [[UInt8]]) throws(ZeroMQError) {
        if try socket.trySend(address + body) != .sent {
            gauges.droppedReplies.add(1, ordering: .relaxed)
        }
    }

    /// Puts the way back to a request's sender into ``reply``, whose body comes next.
    func beginReply(to request: Multipart, bodyStart: Int) {
        reply.removeAll()
        reply.append(sharing: 0..<bodyStart, of: request)
    }

    /// The same with a way back that was kept.
    func beginReply(to address: [[UInt8]]) {
        reply.removeAll()
        for frame in address { reply.append(frame) }
    }

    /// Sends ``reply``.
    func sendReply() throws(ZeroMQError) {
        // A client that left, or reads nothing, loses its reply; nobody waits for it.
        if try socket.trySend(reply) != .sent {
            gauges.droppedReplies.add(1, ordering: .relaxed)
        }
    }
}
