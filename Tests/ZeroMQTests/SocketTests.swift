import Testing
import ZeroMQ

@Suite struct SocketTests {
    enum Transport: CaseIterable, Sendable { case inproc, ipc, tcp }

    @Test("a message arrives whole and in order over each transport", arguments: Transport.allCases)
    func delivers(_ transport: Transport) throws {
        let directory = try TemporaryDirectory()
        let fixture = try Fixture()
        let endpoint =
            switch transport {
            case .inproc: "inproc://delivers"
            case .ipc: "ipc://\(directory.path)/socket"
            case .tcp: "tcp://127.0.0.1:*"
            }
        let pull = try fixture.bound(.pull, to: endpoint)
        let push = try fixture.connected(.push, to: pull.lastEndpoint)
        for number in UInt8(0)..<100 {
            try push.deliver([[number], [], [UInt8](repeating: number, count: 1_000)])
        }
        for number in UInt8(0)..<100 {
            #expect(
                try pull.next() == [[number], [], [UInt8](repeating: number, count: 1_000)])
        }
    }

    @Test("the last endpoint tells the port that the system chose")
    func lastEndpoint() throws {
        let fixture = try Fixture()
        let socket = try fixture.socket(.pull)
        #expect(try socket.lastEndpoint == "")
        try socket.bind(to: "tcp://127.0.0.1:*")
        let port = try #require(Int(try socket.lastEndpoint.split(separator: ":")[2]))
        #expect((1...65_535).contains(port))
        try socket.unbind(from: socket.lastEndpoint)
    }

    @Test("a router sees the empty frame of a REQ and none of a DEALER, and answers both")
    func envelopes() throws {
        let fixture = try Fixture()
        let router = try fixture.bound(.router) { $0.isRouterMandatory = true }
        let endpoint = try router.lastEndpoint
        let req = try fixture.connected(.req, to: endpoint)
        let dealer = try fixture.connected(.dealer, to: endpoint)

        try req.deliver([bytes("question")])
        let fromReq = try router.next()
        #expect(fromReq.dropFirst() == [[], bytes("question")])
        try router.deliver([fromReq[0], [], bytes("answer")])
        #expect(try req.next() == [bytes("answer")])

        try dealer.deliver([bytes("question")])
        let fromDealer = try router.next()
        #expect(fromDealer.dropFirst() == [bytes("question")])
        try router.deliver([fromDealer[0], bytes("answer")])
        #expect(try dealer.next() == [bytes("answer")])
        #expect(fromReq[0] != fromDealer[0])
    }

    @Test("an XPUB sees subscriptions, and a subscriber gets its topics only")
    func publishes() throws {
        let fixture = try Fixture()
        let publisher = try fixture.bound(.xpub) { $0.subscriptionReports = .all }
        let subscriber = try fixture.connected(.sub, to: publisher.lastEndpoint)
        try subscriber.subscribe(to: "status")
        #expect(try publisher.next() == [[1] + bytes("status")])

        try publisher.deliver([bytes("drift"), bytes("1")])
        try publisher.deliver([bytes("status"), bytes("2")])
        #expect(try subscriber.next() == [bytes("status"), bytes("2")])

        try subscriber.unsubscribe(from: "status")
        #expect(try publisher.next() == [[0] + bytes("status")])
    }

    @Test("a verbose XPUB tells of a second subscriber of the same topic, a plain one does not")
    func verbosePublisher() throws {
        let fixture = try Fixture()
        for reports in [Socket.SubscriptionReports.allSubscriptions, .new] {
            let publisher = try fixture.bound(.xpub) { $0.subscriptionReports = reports }
            let first = try fixture.connected(.sub, to: publisher.lastEndpoint)
            try first.subscribe(to: "a")
            #expect(try publisher.next() == [[1] + bytes("a")])
            let second = try fixture.connected(.sub, to: publisher.lastEndpoint)
            try second.subscribe(to: "a")
            try second.subscribe(to: "b")
            let expected = [[1] + bytes("a"), [1] + bytes("b")]
            for report in reports == .new ? expected.suffix(1) : expected[...] {
                #expect(try publisher.next() == [report])
            }
        }
    }

    @Test("the high-water marks of both sides bound what waits between them (inproc)")
    func highWaterMark() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull, to: "inproc://mark") { $0.receiveHighWaterMark = 3 }
        let push = try fixture.connected(.push, to: "inproc://mark") { $0.sendHighWaterMark = 2 }
        var sentCount = 0
        while try push.trySend([[7]]) == .sent { sentCount += 1 }
        #expect(sentCount == 5)
        for _ in 0..<sentCount { #expect(try pull.next() == [[7]]) }
        #expect(try pull.tryReceive(into: Multipart()) == false)
    }

    @Test("without a peer a push would block, and a pub drops")
    func nobodyThere() throws {
        let fixture = try Fixture()
        let push = try fixture.bound(.push)
        #expect(try push.trySend([[1]]) == .wouldBlock)
        let pub = try fixture.bound(.pub)
        #expect(try pub.trySend([[1]]) == .sent)
    }

    @Test("a blocking send and receive end at their timeouts")
    func timeouts() throws {
        let fixture = try Fixture()
        let push = try fixture.bound(.push) { $0.sendTimeout = .milliseconds(1) }
        #expect(try push.send([[1]]) == .wouldBlock)
        try push.setSendTimeout(.zero)
        #expect(try push.send([[1]]) == .wouldBlock)
        let pull = try fixture.bound(.pull) { $0.receiveTimeout = .milliseconds(1) }
        #expect(try pull.receive(into: Multipart()) == false)
        try pull.setReceiveTimeout(.zero)
        #expect(try pull.receive(into: Multipart()) == false)
    }

    @Test("a mandatory router tells that nobody has the name, another drops the message")
    func mandatoryRouter() throws {
        let fixture = try Fixture()
        let mandatory = try fixture.bound(.router) { $0.isRouterMandatory = true }
        #expect(try mandatory.trySend([bytes("nobody"), bytes("x")]) == .unreachable)
        #expect(try mandatory.send([bytes("nobody"), bytes("x")]) == .unreachable)
        let message = Multipart()
        message.append(bytes("nobody"))
        message.append(bytes("x"))
        #expect(try mandatory.trySend(message) == .unreachable)
        #expect(message.frameCount == 0)
        let lenient = try fixture.bound(.router)
        #expect(try lenient.trySend([bytes("nobody"), bytes("x")]) == .sent)
    }

    @Test("with hand-over, the newer peer of a name gets the messages")
    func routerHandover() throws {
        let fixture = try Fixture()
        let router = try fixture.bound(.router) {
            $0.isRouterMandatory = true
            $0.allowsRouterHandover = true
        }
        let endpoint = try router.lastEndpoint
        let first = try fixture.connected(.dealer, to: endpoint) {
            $0.routingIdentifier = bytes("twin")
        }
        try first.deliver([bytes("1")])
        #expect(try router.next() == [bytes("twin"), bytes("1")])
        let second = try fixture.connected(.dealer, to: endpoint) {
            $0.routingIdentifier = bytes("twin")
        }
        try second.deliver([bytes("2")])
        #expect(try router.next() == [bytes("twin"), bytes("2")])
        try router.deliver([bytes("twin"), bytes("answer")])
        #expect(try second.next() == [bytes("answer")])
    }

    @Test("a frame above the limit cuts its sender off, and the sender may come again")
    func maxMessageBytes() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull) { $0.maxMessageBytes = 100 }
        let monitor = try Monitor(pull, receiveTimeout: .seconds(20))
        let push = try fixture.connected(.push, to: pull.lastEndpoint)
        try push.deliver([[UInt8](repeating: 1, count: 100)])
        #expect(try pull.next() == [[UInt8](repeating: 1, count: 100)])
        try push.deliver([[UInt8](repeating: 2, count: 101)])
        #expect(try monitor.wait(for: .disconnected).endpoint == pull.lastEndpoint)
        _ = try monitor.wait(for: .handshakeSucceeded)
        try push.deliver([[3]])
        #expect(try pull.next() == [[3]])
    }

    @Test(
        "an IPv6 address works where the machine has one",
        .enabled(if: hasIPv6, "this machine has no IPv6 loopback address"))
    func ipv6() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull, to: "tcp://[::1]:*") { $0.allowsIPv6 = true }
        let push = try fixture.connected(.push, to: pull.lastEndpoint) { $0.allowsIPv6 = true }
        #expect(try pull.lastEndpoint.hasPrefix("tcp://[::1]:"))
        try push.deliver([[6]])
        #expect(try pull.next() == [[6]])
    }

    static let hasIPv6: Bool = {
        do {
            let context = try Context()
            var options = Socket.Options(linger: .zero)
            options.allowsIPv6 = true
            let socket = try Socket(context, .pull, options)
            try socket.bind(to: "tcp://[::1]:*")
            return true
        } catch {
            return false
        }
    }()

    @Test("a single frame goes out from a span, empty or not, waiting or not")
    func spans() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull, to: "inproc://spans")
        let push = try fixture.connected(.push, to: "inproc://spans")
        let data: [UInt8] = [1, 2, 3, 4]
        #expect(try push.send(data.span.extracting(1..<3)) == .sent)
        #expect(try push.trySend(data.span.extracting(0..<0)) == .sent)
        #expect(try pull.next() == [[2, 3]])
        #expect(try pull.next() == [[]])
        let lonely = try fixture.bound(.push)
        #expect(try lonely.trySend(data.span) == .wouldBlock)
    }
}
