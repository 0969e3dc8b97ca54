import Testing
import ZeroMQ

@Suite struct MultipartTests {
    @Test("frames are appended, read in place and dropped")
    func appends() {
        let message = Multipart(maxFrameCount: 3)
        message.append(bytes("abc"))
        message.append([])
        message.append([UInt8](repeating: 9, count: 5_000))
        #expect(message.frameCount == 3)
        #expect(message.byteCount == 5_003)
        #expect(message.frames == [bytes("abc"), [], [UInt8](repeating: 9, count: 5_000)])
        message.withFrame(0) { span in
            #expect(span.byteCount == 3)
            #expect(unsafe span.unsafeLoad(fromByteOffset: 1, as: UInt8.self) == 0x62)
        }
        #expect(message.withFrame(1) { $0.byteCount } == 0)
        message.removeAll()
        #expect(message.frameCount == 0)
        #expect(message.byteCount == 0)
    }

    @Test("moved and shared frames keep their bytes where they are")
    func sharesBytes() {
        let source = Multipart()
        source.append([UInt8](repeating: 1, count: 10_000))
        source.append([UInt8](repeating: 2, count: 10_000))
        let addresses = (address(source, 0), address(source, 1))
        let target = Multipart()
        target.append(moving: 0..<1, of: source)
        target.append(sharing: 1..<2, of: source)
        #expect(address(target, 0) == addresses.0)
        #expect(address(target, 1) == addresses.1)
        #expect(address(source, 1) == addresses.1)
        #expect(source.bytes(ofFrame: 0) == [])
        #expect(source.byteCount == 10_000)
        #expect(target.byteCount == 20_000)
        #expect(target.bytes(ofFrame: 1) == [UInt8](repeating: 2, count: 10_000))
    }

    @Test("a message that is sent within the process is not copied")
    func sendsWithoutCopy() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull, to: "inproc://copy")
        let push = try fixture.connected(.push, to: "inproc://copy")
        let sent = Multipart()
        sent.append([UInt8](repeating: 1, count: 10_000))
        let before = address(sent, 0)
        #expect(try push.send(sent) == .sent)
        #expect(sent.frameCount == 0)
        let received = Multipart()
        #expect(try pull.receive(into: received))
        #expect(address(received, 0) == before)
    }

    @Test("a router's reply takes over the routing frame and blocks at the mark unharmed")
    func echoesEnvelope() throws {
        let fixture = try Fixture()
        let router = try fixture.bound(.router, to: "inproc://echo") {
            $0.isRouterMandatory = true
            $0.sendHighWaterMark = 1
        }
        let dealer = try fixture.connected(.dealer, to: "inproc://echo") {
            $0.receiveHighWaterMark = 1
        }
        let request = Multipart()
        let reply = Multipart()
        for number in UInt8(0)..<3 {
            try dealer.deliver([[], [number]])
            #expect(try router.receive(into: request))
            reply.append(moving: 0..<2, of: request)
            reply.append([number])
            let outcome = try router.trySend(reply)
            #expect(outcome == (number < 2 ? .sent : .wouldBlock))
        }
        // The third one waits in our hands, whole.
        #expect(reply.frameCount == 3)
        #expect(try dealer.next() == [[], [0]])
        #expect(try dealer.next() == [[], [1]])
        var outcome = SendOutcome.wouldBlock
        while outcome == .wouldBlock { outcome = try router.trySend(reply) }
        #expect(outcome == .sent)
        #expect(try dealer.next() == [[], [2]])
    }

    @Test("of 1,000 frames only as many as allowed are kept; the next message is unharmed")
    func boundsFrames() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull)
        let push = try fixture.connected(.push, to: pull.lastEndpoint)
        try push.deliver((0..<1_000).map { [UInt8](repeating: 1, count: $0 % 100) })
        try push.deliver([bytes("next")])

        let message = Multipart(maxFrameCount: 8)
        #expect(try pull.receive(into: message))
        #expect(message.frameCount == 8)
        #expect(message.byteCount == (0..<8).reduce(0, +))
        #expect(message.excessFrameCount == 992)
        #expect(try pull.receiveMore == false)
        #expect(try pull.receive(into: message))
        #expect(message.frames == [bytes("next")])
        #expect(message.excessFrameCount == 0)
    }

    @Test("a received frame knows its sender's address")
    func properties() throws {
        let fixture = try Fixture()
        let router = try fixture.bound(.router)
        let dealer = try fixture.connected(.dealer, to: router.lastEndpoint)
        try dealer.deliver([bytes("x")])
        let message = Multipart()
        #expect(try router.receive(into: message))
        #expect(message.property("Peer-Address", ofFrame: 1) == "127.0.0.1")
        #expect(message.property("Socket-Type", ofFrame: 1) == "DEALER")
        #expect(message.property("User-Id", ofFrame: 1) == nil)
    }

    @Test("a frame that is not there, and one too many, trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            _ = Multipart().bytes(ofFrame: 0)
        }
        await #expect(processExitsWith: .failure) {
            let message = Multipart(maxFrameCount: 1)
            message.append([1])
            message.append([2])
        }
    }

    private func address(_ message: Multipart, _ index: Int) -> UInt {
        message.withFrame(index) { span in
            unsafe span.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        }
    }
}
