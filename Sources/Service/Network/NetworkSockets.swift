import Settings
import ZeroMQ

/// The sockets of the network thread, bound and connected. Those that are switched off are absent.
struct NetworkSockets: ~Copyable {
    var feed: Socket?
    var samples: Socket?
    var learn: Socket?
    var status: Socket?
    var control: Socket?
    /// The endpoints as they were really bound, free ports filled in.
    private(set) var bound = BoundEndpoints()

    /// - Throws: ``ZeroMQError`` naming the endpoint that cannot be bound, and why.
    init(_ context: Context, _ settings: SocketSettings) throws(ZeroMQError) {
        let limit = settings.maxMessageBytes
        let feed = try Self.open(context, .sub, settings.feed, .feed(limit), &bound.feed)
        switch feed {
        case .some(let feed):
            for topic in settings.feedTopics { try feed.subscribe(to: topic) }
        case .none: break
        }
        self.feed = feed
        samples = try Self.open(context, .pull, settings.samples, .samples(limit), &bound.samples)
        learn = try Self.open(context, .router, settings.learn, .requests(limit), &bound.learn)
        status = try Self.open(context, .xpub, settings.status, .publication, &bound.status)
        control = try Self.open(context, .router, settings.control, .control, &bound.control)
    }

    /// Opens a socket on all endpoints of a list; `nil` when the list is empty.
    static func open(
        _ context: Context, _ kind: Socket.Kind, _ endpoints: [Endpoint],
        _ options: Socket.Options, _ bound: inout [String]
    ) throws(ZeroMQError) -> Socket? {
        guard !endpoints.isEmpty else { return nil }
        var options = options
        // With it, IPv4 addresses are told in IPv6 form, so only where it is asked for.
        options.allowsIPv6 = endpoints.contains { $0.address.contains("[") }
        let socket = try Socket(context, kind, options)
        for endpoint in endpoints {
            switch endpoint.direction {
            case .bind:
                try socket.bind(to: endpoint.address)
                bound.append(try socket.lastEndpoint)
            case .connect:
                try socket.connect(to: endpoint.address)
            }
        }
        return socket
    }
}

/// Where peers find the daemon.
public struct BoundEndpoints: Equatable, Sendable {
    public internal(set) var feed: [String] = []
    public internal(set) var samples: [String] = []
    public internal(set) var learn: [String] = []
    public internal(set) var predict: [String] = []
    public internal(set) var status: [String] = []
    public internal(set) var control: [String] = []
    /// Where the HTTP server listens: `127.0.0.1:5780`.
    public internal(set) var http: String?

    /// Every endpoint of every socket.
    var all: [String] { feed + samples + learn + predict + status + control }

    /// One line for people.
    public var summary: String {
        let lists = [
            ("samples", samples), ("learn", learn), ("predict", predict), ("status", status),
            ("control", control), ("feed", feed),
            ("http", http.map { ["http://\($0)/"] } ?? []),
        ]
        return lists.filter { !$0.1.isEmpty }
            .map { "\($0.0) \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
    }
}

extension Socket.Options {
    /// What all of the daemon's sockets have in common: dead peers are noticed within seconds, and
    /// a connection that says nothing is dropped.
    private static func common(maxMessageBytes: Int) -> Socket.Options {
        // Replies and last words may be delivered for two seconds after the end.
        var options = Socket.Options(linger: .seconds(2))
        options.maxMessageBytes = maxMessageBytes
        options.heartbeat = .init(
            interval: .seconds(2), timeout: .seconds(6), timeToLive: .seconds(6))
        options.handshakeTimeout = .seconds(5)
        return options
    }

    /// A subscriber: what it cannot hold is dropped by the publisher.
    static func feed(_ maxMessageBytes: Int) -> Socket.Options {
        var options = common(maxMessageBytes: maxMessageBytes)
        options.receiveHighWaterMark = 10_000
        // It only says what it wants to hear, and a publisher that is gone need not hear that.
        options.linger = .zero
        return options
    }

    /// Back-pressure: few messages wait here, so that senders feel a full queue soon.
    static func samples(_ maxMessageBytes: Int) -> Socket.Options {
        var options = common(maxMessageBytes: maxMessageBytes)
        options.receiveHighWaterMark = 64
        return options
    }

    static func requests(_ maxMessageBytes: Int) -> Socket.Options {
        var options = common(maxMessageBytes: maxMessageBytes)
        options.isRouterMandatory = true
        options.allowsRouterHandover = true
        options.receiveHighWaterMark = 1_000
        options.sendHighWaterMark = 1_000
        return options
    }

    /// Commands are short.
    static var control: Socket.Options {
        var options = requests(65_536)
        options.receiveHighWaterMark = 16
        return options
    }

    /// Only subscriptions come in, and they are short. Each is told, so that a new subscriber gets
    /// the latest values even when others have the same subscription.
    static var publication: Socket.Options {
        var options = common(maxMessageBytes: 64)
        options.sendHighWaterMark = 100
        options.subscriptionReports = .allSubscriptions
        return options
    }
}
