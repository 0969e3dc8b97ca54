import WireFormat
import ZeroMQ

/// Publishes on the status socket, numbers each topic's messages, and gives the latest of each topic
/// to new subscribers.
struct StatusPublisher {
    private var sequences = [Int64](repeating: 0, count: StatusTopic.allCases.count)
    private var latest = [[[UInt8]]?](repeating: nil, count: StatusTopic.allCases.count)
    /// Who tells it over HTTP, when there is a server.
    private let hub: TelemetryHub?

    init(hub: TelemetryHub? = nil) { self.hub = hub }

    /// The number that the topic's next message gets; the first is 1.
    func nextSequence(_ topic: StatusTopic) -> Int64 { sequences[topic.index] + 1 }

    /// Sends a message to whom it may concern.
    ///
    /// - Parameter message: Made with the sequence of ``nextSequence(_:)``.
    mutating func publish(
        _ message: StatusMessage, to socket: borrowing Socket?
    ) throws(ZeroMQError) {
        let frames = message.frames
        let index = message.topic.index
        sequences[index] += 1
        latest[index] = frames
        hub?.note(message, body: frames[1])
        switch socket {
        case .some(let socket): _ = try socket.trySend(frames)
        case .none: break
        }
    }

    /// Takes note of subscriptions, and sends the latest message of each topic that a new one asks
    /// for. Others with the same subscription get it once more, under the sequence they know.
    func serveSubscriptions(
        on socket: borrowing Socket?, using message: Multipart
    ) throws(ZeroMQError) {
        switch socket {
        case .some(let socket): try serveSubscriptions(on: socket, using: message)
        case .none: break
        }
    }

    private func serveSubscriptions(
        on socket: borrowing Socket, using message: Multipart
    ) throws(ZeroMQError) {
        while try socket.tryReceive(into: message) {
            guard let prefix = message.withFrame(0, Self.subscribedPrefix) else { continue }
            for topic in StatusTopic.allCases {
                guard let frames = latest[topic.index], frames[0].starts(with: prefix) else {
                    continue
                }
                _ = try socket.trySend(frames)
            }
        }
    }

    /// The topic prefix of a subscription, which begins with a byte of 1; `nil` for anything else.
    private static func subscribedPrefix(_ frame: RawSpan) -> [UInt8]? {
        let bytes = Span<UInt8>(_bytes: frame)
        guard bytes.count >= 1, bytes[0] == 1 else { return nil }
        return (1..<bytes.count).map { bytes[$0] }
    }
}

extension StatusTopic {
    fileprivate var index: Int {
        switch self {
        case .status: 0
        case .adaptation: 1
        case .drift: 2
        case .rejected: 3
        case .checkpoint: 4
        case .alert: 5
        }
    }
}
