import CZeroMQ
import Testing
import ZeroMQ

@Suite struct OptionTests {
    /// Options that the library tells again: how to set one, its number, what it should tell.
    static let cases: [(set: @Sendable (inout Socket.Options) -> Void, option: CInt, value: CInt)] =
        [
            ({ $0.linger = .seconds(2) }, ZMQ_LINGER, 2_000),
            ({ $0.linger = .microseconds(1) }, ZMQ_LINGER, 1),
            ({ $0.linger = .seconds(1 << 62) }, ZMQ_LINGER, .max),
            ({ $0.linger = .seconds(-5) }, ZMQ_LINGER, 0),
            ({ $0.sendHighWaterMark = 17 }, ZMQ_SNDHWM, 17),
            ({ $0.receiveHighWaterMark = 18 }, ZMQ_RCVHWM, 18),
            ({ $0.sendTimeout = .milliseconds(1_500) }, ZMQ_SNDTIMEO, 1_500),
            ({ $0.receiveTimeout = .milliseconds(1_501) }, ZMQ_RCVTIMEO, 1_501),
            ({ $0.handshakeTimeout = .seconds(5) }, ZMQ_HANDSHAKE_IVL, 5_000),
            ({ $0.connectTimeout = .seconds(6) }, ZMQ_CONNECT_TIMEOUT, 6_000),
            ({ $0.reconnectInterval = .milliseconds(20) }, ZMQ_RECONNECT_IVL, 20),
            ({ $0.maxReconnectInterval = .seconds(1) }, ZMQ_RECONNECT_IVL_MAX, 1_000),
            ({ $0.backlog = 77 }, ZMQ_BACKLOG, 77),
            ({ $0.allowsIPv6 = true }, ZMQ_IPV6, 1),
            ({ $0.isImmediate = true }, ZMQ_IMMEDIATE, 1),
            ({ $0.heartbeat = heartbeat }, ZMQ_HEARTBEAT_IVL, 2_000),
            ({ $0.heartbeat = heartbeat }, ZMQ_HEARTBEAT_TIMEOUT, 6_000),
            ({ $0.heartbeat = heartbeat }, ZMQ_HEARTBEAT_TTL, 7_000),
            ({ $0.tcpKeepalive = keepalive }, ZMQ_TCP_KEEPALIVE, 1),
            ({ $0.tcpKeepalive = keepalive }, ZMQ_TCP_KEEPALIVE_IDLE, 11),
            ({ $0.tcpKeepalive = keepalive }, ZMQ_TCP_KEEPALIVE_INTVL, 12),
            ({ $0.tcpKeepalive = keepalive }, ZMQ_TCP_KEEPALIVE_CNT, 13),
            // What is not set keeps the library's default, linger excepted.
            ({ _ in }, ZMQ_LINGER, 0),
            ({ _ in }, ZMQ_SNDHWM, 1_000),
            ({ _ in }, ZMQ_RCVTIMEO, -1),
            ({ _ in }, ZMQ_HEARTBEAT_IVL, 0),
        ]

    static let heartbeat = Socket.Heartbeat(
        interval: .seconds(2), timeout: .seconds(6), timeToLive: .seconds(7))
    static let keepalive = Socket.TCPKeepalive(
        idleSeconds: 11, intervalSeconds: 12, probeCount: 13)

    @Test("each option arrives in the library, in its unit", arguments: cases.indices)
    func arrives(_ index: Int) throws {
        let (set, option, value) = Self.cases[index]
        var options = Socket.Options(linger: .zero)
        set(&options)
        let socket = try Socket(Context(), .dealer, options)
        #expect(try socket.integerOption(option) == value)
    }

    @Test("a conflating socket keeps the newest message only")
    func conflates() throws {
        let fixture = try Fixture()
        // Within a process the side that connects decides.
        let push = try fixture.bound(.push, to: "inproc://newest")
        let pull = try fixture.connected(.pull, to: "inproc://newest") { $0.isConflating = true }
        for number in UInt8(1)...3 { try push.deliver([[number]]) }
        #expect(try pull.next() == [[3]])
        #expect(try pull.tryReceive(into: Multipart()) == false)
    }

    @Test(
        "sockets of each kind open, with an I/O thread of their own",
        arguments: Socket.Kind.allCases)
    func opens(_ kind: Socket.Kind) throws {
        let context = try Context(ioThreadCount: 2)
        var options = Socket.Options(linger: .zero)
        options.affinity = 0b10
        #expect(try Socket(context, kind, options).kind == kind)
    }

    @Test("the library is at least 4.3, with CURVE and ipc")
    func library() {
        #expect(Library.version >= (4, 3, 0))
        #expect(Library.has("curve"))
        #expect(Library.has("ipc"))
        #expect(!Library.has("carrier pigeons"))
    }
}
