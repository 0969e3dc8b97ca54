import ZeroMQ

/// Messages of one sample each that are admitted together: what a block costs is then shared, and
/// senders that wrap every sample by itself are learned from nearly as fast as others.
///
/// They are kept until then, because a refusal shows the message that it is about.
struct JoinedMessages {
    private(set) var count = 0
    private var messages: [Multipart] = []

    /// Samples that share a block at most. The first one waits until the others are decoded.
    static let capacity = 64

    /// Keeps a message.
    ///
    /// - Returns: An empty one in its place.
    mutating func keep(_ message: Multipart) -> Multipart {
        defer { count += 1 }
        guard count < messages.count else {
            messages.append(message)
            return Multipart(maxFrameCount: message.maxFrameCount)
        }
        let spare = messages[count]
        messages[count] = message
        return spare
    }

    /// The message that was kept as number `index`, from 0.
    subscript(index: Int) -> Multipart { messages[index] }

    /// Lets go of all messages and keeps their storage.
    mutating func removeAll() { count = 0 }
}
