import Features
import WireFormat
import ZeroMQ

/// The sockets without replies: `samples` and `feed`.
extension NetworkLoop {
    /// Takes what is there, as long as there is room for it. What is left waits at the senders.
    mutating func serveSamples(budget: Int) throws(ZeroMQError) {
        var left = budget
        while left > 0, intake.hasRoom, !isPaused, try receive(from: sockets.samples) {
            left -= 1
            noteArrival()
            takeIn(socket: "samples") { (decoder, frames, block) throws(Refusal) in
                try decoder.decode(frames, into: &block)
            }
        }
        admitJoined(socket: "samples")
    }

    /// Takes what is there. While learning is paused, the samples of a feed are refused one by one:
    /// a publisher cannot be held back, and what it drops is not counted anywhere.
    mutating func serveFeed(budget: Int) throws(ZeroMQError) {
        var left = budget
        while left > 0, isPaused || intake.hasRoomForFeed, try receive(from: sockets.feed) {
            left -= 1
            noteArrival()
            guard !isPaused else {
                refuse(.paused, message, socket: "feed")
                continue
            }
            takeIn(socket: "feed") { (decoder, frames, block) throws(Refusal) in
                try decoder.decodeFeed(frames, into: &block)
            }
        }
        admitJoined(socket: "feed")
    }

    /// Takes in the features of predictions that are to be remembered.
    mutating func takeRemembered() {
        if remembered.count > 0, intake.hasRoom, phase.takesRequests {
            intake.admitRemembered(arrival: .now)
        }
        for refusal in intake.takeRememberedRefusals() {
            rejections.record(refusal, socket: "predict") { "" }
        }
    }

    private func receive(from socket: borrowing Socket?) throws(ZeroMQError) -> Bool {
        switch socket {
        case .some(let socket): try socket.tryReceive(into: message)
        case .none: false
        }
    }

    private mutating func takeIn(
        socket: String,
        _ decode: (inout SampleDecoder, Multipart, inout SampleBlock) throws(Refusal)
            -> RequestEnvelope
    ) {
        do throws(Refusal) {
            try message.checkFrameCount()
            _ = try intake.decode { (block) throws(Refusal) in
                try decode(&samplesDecoder, message, &block)
            }
            guard !intake.join(as: joined.count) else {
                message = joined.keep(message)
                if joined.count == JoinedMessages.capacity { admitJoined(socket: socket) }
                return
            }
            // Samples are learned in the order in which they came.
            admitJoined(socket: socket)
            let outcome = intake.admit(arrival: .now, isAwaited: false)
            for refused in outcome.refusals { refuse(refused.refusal, message, socket: socket) }
        } catch {
            refuse(error, message, socket: socket)
        }
    }

    /// Admits the single samples that were joined, if any.
    private mutating func admitJoined(socket: String) {
        guard joined.count > 0 else { return }
        for refused in intake.admitJoined(arrival: .now).refusals {
            refuse(refused.refusal, joined[refused.index], socket: socket)
        }
        joined.removeAll()
    }

    /// Counts a refusal and keeps the message for who wants to look into it.
    private mutating func refuse(_ refusal: Refusal, _ message: Multipart, socket: String) {
        let bodyFrame = message.frameCount - 1
        rejections.record(refusal, socket: socket) { message.excerpt(ofFrame: bodyFrame) }
        deadLetters?.append(message, from: 0, refusal: refusal, socket: socket)
    }
}

extension Refusal {
    /// What a sample gets while learning is paused.
    static var paused: Refusal {
        Refusal(.paused, "learning is paused; send again after `resume` on the control socket")
    }
}

extension Multipart {
    /// A message with more frames than any form of message has.
    func checkFrameCount() throws(Refusal) {
        guard excessFrameCount == 0 else {
            throw Refusal(
                .badFrame,
                "the message has \(frameCount + excessFrameCount) frames; a header has at most "
                    + "the buffers x, y, w, t and id behind it")
        }
    }

    /// At most 200 bytes of a frame, for people to read.
    func excerpt(ofFrame index: Int) -> String {
        guard index >= 0, index < frameCount else { return "" }
        return withFrame(index) { bytes in
            let shown = Span<UInt8>(_bytes: bytes).extracting(first: 200)
            var text: [UInt8] = []
            for position in shown.indices { text.append(shown[position]) }
            // Bytes that are no text become one replacement character of three bytes each.
            var excerpt = String(decoding: text, as: UTF8.self)
            while excerpt.utf8.count > 200 { excerpt.removeLast() }
            return excerpt
        }
    }
}
