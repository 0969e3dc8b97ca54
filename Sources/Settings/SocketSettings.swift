/// The endpoints of the wire protocol; an empty list switches a socket off.
public struct SocketSettings: Equatable, Sendable {
    /// Publishers to subscribe to.
    public var feed: [Endpoint] = []
    /// Topic prefixes to subscribe to; the empty one is everything.
    public var feedTopics = [""]
    public var samples = loopback(port: 5_701)
    public var learn = loopback(port: 5_702)
    public var predict = loopback(port: 5_703)
    public var status = loopback(port: 5_704)
    public var control = loopback(port: 5_705)
    /// A frame above this is cut off with its connection.
    public var maxMessageBytes = 16_777_216

    public init() {}

    private static func loopback(port: Int) -> [Endpoint] {
        [Endpoint("tcp://127.0.0.1:\(port)", direction: .bind)].compactMap(\.self)
    }
}
