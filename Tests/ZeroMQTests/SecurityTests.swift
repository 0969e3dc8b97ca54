import Testing
import ZeroMQ

@Suite struct SecurityTests {
    @Test("Z85 writes the example of its specification, and reads it back")
    func z85() {
        // RFC 32/Z85: these eight bytes are written "HelloWorld".
        let example: [UInt8] = [0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B]
        #expect(Z85.encode(example) == "HelloWorld")
        #expect(Z85.decode("HelloWorld") == example)
        #expect(Z85.encode([]) == "")
        #expect(Z85.decode("%nSc0") == [0xFF, 0xFF, 0xFF, 0xFF])
    }

    @Test(
        "Z85 refuses other lengths, other characters and too large numbers",
        arguments: ["Hell", "HelloWorld1", "Hell o", "Hell~", "%nSc1", "#####"])
    func z85Refuses(_ text: String) {
        #expect(Z85.decode(text) == nil)
    }

    @Test("the public key follows from the secret one of ZeroMQ's CURVE specification")
    func derivesPublicKey() throws {
        // The test keys of the zmq_curve manual page.
        let secretKey = try #require(CurveKey(z85: "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"))
        let publicKey = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
        #expect(try CurveKeyPair(secretKey: secretKey).publicKey.z85 == publicKey)
    }

    @Test("generated keys differ, belong together, and the secret one is not printed")
    func generates() throws {
        let keys = try CurveKeyPair.generate()
        #expect(try CurveKeyPair.generate() != keys)
        #expect(try CurveKeyPair(secretKey: keys.secretKey) == keys)
        var dumped = ""
        dump(keys, to: &dumped)
        for text in ["\(keys)", String(reflecting: keys), dumped] {
            #expect(text.contains(keys.publicKey.z85))
            #expect(!text.contains(keys.secretKey.z85))
        }
        #expect(CurveKey(bytes: [1, 2, 3]) == nil)
        #expect(CurveKey(z85: "HelloWorld") == nil)
    }

    @Test("a message makes the round trip encrypted")
    func roundTrip() throws {
        let fixture = try Fixture()
        let server = try CurveKeyPair.generate()
        let router = try fixture.bound(.router) {
            $0.security = .curveServer(secretKey: server.secretKey)
        }
        let client = try CurveKeyPair.generate()
        let dealer = try fixture.connected(.dealer, to: router.lastEndpoint) {
            $0.security = .curveClient(keys: client, serverKey: server.publicKey)
        }
        try dealer.deliver([bytes("secret")])
        let request = try router.next()
        #expect(request.dropFirst() == [bytes("secret")])
        try router.deliver([request[0], bytes("answer")])
        #expect(try dealer.next() == [bytes("answer")])
    }

    @Test("a client that takes the server for another, and one in plain text, are not let in")
    func refusesStrangers() throws {
        let fixture = try Fixture()
        let server = try CurveKeyPair.generate()
        let pull = try fixture.bound(.pull) {
            $0.security = .curveServer(secretKey: server.secretKey)
        }
        let monitor = try Monitor(pull, receiveTimeout: .seconds(20))
        let plain = try fixture.connected(.push, to: pull.lastEndpoint)
        #expect(try protocolFailure(monitor) != nil)
        try plain.disconnect(from: pull.lastEndpoint)

        let mistaken = try fixture.connected(.push, to: pull.lastEndpoint) {
            $0.security = .curveClient(
                keys: server,
                serverKey: (try? CurveKeyPair.generate())?.publicKey ?? server.publicKey)
        }
        #expect(try protocolFailure(monitor) != nil)
        #expect(try pull.tryReceive(into: Multipart()) == false)
        _ = mistaken.kind
    }

    private func protocolFailure(_ monitor: borrowing Monitor) throws -> MonitorEvent? {
        while let event = try monitor.receive() {
            if case .handshakeFailedProtocol = event.kind { return event }
        }
        return nil
    }
}
