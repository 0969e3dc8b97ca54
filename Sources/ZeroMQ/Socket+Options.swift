import CZeroMQ

extension Socket {
    /// How a socket behaves. Set before it is opened, because the library applies most options only
    /// to later connections. `nil` and `false` leave the library's default.
    public struct Options: Equatable, Sendable {
        /// How long unsent messages may delay the end of the context; zero drops them.
        public var linger: Duration
        /// Messages that may wait to be sent, per peer; 0 is no limit. Default 1,000.
        public var sendHighWaterMark: Int?
        /// Messages that may wait to be received, per peer; 0 is no limit. Default 1,000.
        public var receiveHighWaterMark: Int?
        /// A peer that sends a larger frame is cut off. At least 0. Default: no limit.
        public var maxMessageBytes: Int?
        /// How long a blocking send waits before it gives up. Default: for ever.
        public var sendTimeout: Duration?
        /// How long a blocking receive waits before it gives up. Default: for ever.
        public var receiveTimeout: Duration?

        /// Finds dead peers in seconds instead of hours. Default: off.
        public var heartbeat: Heartbeat?
        /// How long a new connection may take to say what it is. Default 30 s.
        public var handshakeTimeout: Duration?
        /// How long a connection attempt may take. Default: as long as the system lets it.
        public var connectTimeout: Duration?
        /// Pause before the first attempt to connect again. Default 100 ms.
        public var reconnectInterval: Duration?
        /// The pause doubles up to this. Default: it does not double.
        public var maxReconnectInterval: Duration?
        /// Connections that the system may hold until they are accepted. Default 100.
        public var backlog: Int?
        public var tcpKeepalive: TCPKeepalive?
        /// Whether `tcp` endpoints may be IPv6 (and IPv4) addresses.
        public var allowsIPv6 = false
        /// The I/O threads of the context that may serve the socket, one bit each. Default: all.
        public var affinity: UInt64?

        /// Whether messages wait only for peers that are connected, not for those that may come.
        public var isImmediate = false
        /// Whether only the newest message is kept. For messages of one frame only.
        public var isConflating = false
        /// What ROUTER peers call this socket: 1 to 255 bytes, not starting with 0. Two peers with
        /// the same one shut each other out, so leave it alone unless it means something.
        public var routingIdentifier: [UInt8]?
        /// ROUTER: whether a message to nobody is an error rather than dropped.
        public var isRouterMandatory = false
        /// ROUTER: whether a peer may take over the routing identifier of a connected one.
        public var allowsRouterHandover = false
        /// XPUB: which subscriptions are told.
        public var subscriptionReports = SubscriptionReports.new
        /// REQ: whether a request may be sent again without a reply, dropping late replies.
        public var isRequestRelaxed = false
        public var security = Security.plaintext
        /// Where the authenticator looks up who may connect. Default: not asked.
        public var zapDomain: String?

        public init(linger: Duration) { self.linger = linger }
    }

    /// Pings over a connection that is silent.
    public struct Heartbeat: Equatable, Sendable {
        /// Pause between pings.
        public var interval: Duration
        /// Without an answer for so long, the connection counts as lost.
        public var timeout: Duration
        /// Without a ping for so long, the peer counts the connection as lost.
        public var timeToLive: Duration

        public init(interval: Duration, timeout: Duration, timeToLive: Duration) {
            self.interval = interval
            self.timeout = timeout
            self.timeToLive = timeToLive
        }
    }

    /// TCP's own probes, in whole seconds.
    public struct TCPKeepalive: Equatable, Sendable {
        public var idleSeconds: Int
        public var intervalSeconds: Int
        public var probeCount: Int

        public init(idleSeconds: Int, intervalSeconds: Int, probeCount: Int) {
            self.idleSeconds = idleSeconds
            self.intervalSeconds = intervalSeconds
            self.probeCount = probeCount
        }
    }

    /// What an XPUB socket receives.
    public enum SubscriptionReports: Sendable {
        /// The first subscription and the last unsubscription of each topic.
        case new
        /// Each subscription, and the last unsubscription of each topic.
        case allSubscriptions
        /// Each subscription and unsubscription.
        case all
    }

    /// How peers prove who they are, and what an eavesdropper sees.
    public enum Security: Equatable, Sendable {
        /// Everybody may connect and read along.
        case plaintext
        /// Encrypted. Who may connect is for the authenticator of the ZAP domain to say; without
        /// one, everybody who knows the public key.
        case curveServer(secretKey: CurveKey)
        /// Encrypted, and sure of the server.
        case curveClient(keys: CurveKeyPair, serverKey: CurveKey)
    }
}

extension Socket.Options {
    /// Sets every option that is not the default.
    func apply(to socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        try unsafe applyLimits(to: socket)
        try unsafe applyConnections(to: socket)
        try unsafe applyPatterns(to: socket)
        try unsafe applySecurity(to: socket)
    }

    private func applyLimits(to socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        try unsafe set(socket, "ZMQ_LINGER", ZMQ_LINGER, linger)
        try unsafe set(socket, "ZMQ_SNDHWM", ZMQ_SNDHWM, sendHighWaterMark)
        try unsafe set(socket, "ZMQ_RCVHWM", ZMQ_RCVHWM, receiveHighWaterMark)
        try unsafe set(socket, "ZMQ_SNDTIMEO", ZMQ_SNDTIMEO, sendTimeout)
        try unsafe set(socket, "ZMQ_RCVTIMEO", ZMQ_RCVTIMEO, receiveTimeout)
        if let maxMessageBytes {
            // The library keeps this one in 64 bits; -1, its "no limit", cannot be asked for.
            try unsafe SocketOption.set(
                socket, "ZMQ_MAXMSGSIZE", ZMQ_MAXMSGSIZE, wide: UInt64(maxMessageBytes))
        }
    }

    private func applyConnections(to socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        if let heartbeat {
            try unsafe set(
                socket, "ZMQ_HEARTBEAT_IVL", ZMQ_HEARTBEAT_IVL, heartbeat.interval)
            try unsafe set(
                socket, "ZMQ_HEARTBEAT_TIMEOUT", ZMQ_HEARTBEAT_TIMEOUT, heartbeat.timeout)
            try unsafe set(
                socket, "ZMQ_HEARTBEAT_TTL", ZMQ_HEARTBEAT_TTL, heartbeat.timeToLive)
        }
        try unsafe set(socket, "ZMQ_HANDSHAKE_IVL", ZMQ_HANDSHAKE_IVL, handshakeTimeout)
        try unsafe set(socket, "ZMQ_CONNECT_TIMEOUT", ZMQ_CONNECT_TIMEOUT, connectTimeout)
        try unsafe set(socket, "ZMQ_RECONNECT_IVL", ZMQ_RECONNECT_IVL, reconnectInterval)
        try unsafe set(
            socket, "ZMQ_RECONNECT_IVL_MAX", ZMQ_RECONNECT_IVL_MAX, maxReconnectInterval)
        try unsafe set(socket, "ZMQ_BACKLOG", ZMQ_BACKLOG, backlog)
        if let tcpKeepalive {
            try unsafe set(socket, "ZMQ_TCP_KEEPALIVE", ZMQ_TCP_KEEPALIVE, 1)
            try unsafe set(
                socket, "ZMQ_TCP_KEEPALIVE_IDLE", ZMQ_TCP_KEEPALIVE_IDLE, tcpKeepalive.idleSeconds)
            try unsafe set(
                socket, "ZMQ_TCP_KEEPALIVE_INTVL", ZMQ_TCP_KEEPALIVE_INTVL,
                tcpKeepalive.intervalSeconds)
            try unsafe set(
                socket, "ZMQ_TCP_KEEPALIVE_CNT", ZMQ_TCP_KEEPALIVE_CNT, tcpKeepalive.probeCount)
        }
        try unsafe set(socket, "ZMQ_IPV6", ZMQ_IPV6, allowsIPv6 ? 1 : nil)
        if let affinity {
            try unsafe SocketOption.set(socket, "ZMQ_AFFINITY", ZMQ_AFFINITY, wide: affinity)
        }
    }

    private func applyPatterns(to socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        try unsafe set(socket, "ZMQ_IMMEDIATE", ZMQ_IMMEDIATE, isImmediate ? 1 : nil)
        try unsafe set(socket, "ZMQ_CONFLATE", ZMQ_CONFLATE, isConflating ? 1 : nil)
        if let routingIdentifier {
            try unsafe SocketOption.set(
                socket, "ZMQ_ROUTING_ID", ZMQ_ROUTING_ID, bytes: routingIdentifier)
        }
        try unsafe set(
            socket, "ZMQ_ROUTER_MANDATORY", ZMQ_ROUTER_MANDATORY, isRouterMandatory ? 1 : nil)
        try unsafe set(
            socket, "ZMQ_ROUTER_HANDOVER", ZMQ_ROUTER_HANDOVER, allowsRouterHandover ? 1 : nil)
        switch subscriptionReports {
        case .new: break
        case .allSubscriptions:
            try unsafe set(socket, "ZMQ_XPUB_VERBOSE", ZMQ_XPUB_VERBOSE, 1)
        case .all:
            try unsafe set(socket, "ZMQ_XPUB_VERBOSER", ZMQ_XPUB_VERBOSER, 1)
        }
        if isRequestRelaxed {
            // Only with numbered requests can a late reply be told from the one that is awaited.
            try unsafe set(socket, "ZMQ_REQ_CORRELATE", ZMQ_REQ_CORRELATE, 1)
            try unsafe set(socket, "ZMQ_REQ_RELAXED", ZMQ_REQ_RELAXED, 1)
        }
    }

    private func applySecurity(to socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        if let zapDomain {
            try unsafe SocketOption.set(
                socket, "ZMQ_ZAP_DOMAIN", ZMQ_ZAP_DOMAIN, bytes: Array(zapDomain.utf8))
        }
        switch security {
        case .plaintext: break
        case .curveServer(let secretKey):
            try unsafe set(socket, "ZMQ_CURVE_SERVER", ZMQ_CURVE_SERVER, 1)
            try unsafe SocketOption.set(
                socket, "ZMQ_CURVE_SECRETKEY", ZMQ_CURVE_SECRETKEY, bytes: secretKey.bytes)
        case .curveClient(let keys, let serverKey):
            try unsafe SocketOption.set(
                socket, "ZMQ_CURVE_SERVERKEY", ZMQ_CURVE_SERVERKEY, bytes: serverKey.bytes)
            try unsafe SocketOption.set(
                socket, "ZMQ_CURVE_PUBLICKEY", ZMQ_CURVE_PUBLICKEY, bytes: keys.publicKey.bytes)
            try unsafe SocketOption.set(
                socket, "ZMQ_CURVE_SECRETKEY", ZMQ_CURVE_SECRETKEY, bytes: keys.secretKey.bytes)
        }
    }

    private func set(
        _ socket: UnsafeMutableRawPointer, _ name: String, _ option: CInt, _ value: Int?
    ) throws(ZeroMQError) {
        guard let value else { return }
        try unsafe SocketOption.set(socket, name, option, CInt(clamping: value))
    }

    private func set(
        _ socket: UnsafeMutableRawPointer, _ name: String, _ option: CInt, _ value: Duration?
    ) throws(ZeroMQError) {
        guard let value else { return }
        try unsafe SocketOption.set(socket, name, option, CInt(millisecondsOf: value))
    }
}
