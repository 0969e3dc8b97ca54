import Testing
import ZeroMQ

@Suite struct ErrorTests {
    @Test("an address in use is named, with what to do")
    func addressInUse() throws {
        let fixture = try Fixture()
        let first = try fixture.bound(.pull)
        let endpoint = try first.lastEndpoint
        let second = try fixture.socket(.pull)
        let error = #expect(throws: ZeroMQError.self) { try second.bind(to: endpoint) }
        #expect(error?.code == .addressInUse)
        #expect(error?.endpoint == endpoint)
        #expect(
            error?.description == "\(endpoint): Address already in use; "
                + "another process holds it: choose another port or stop it")
        _ = first.kind
    }

    static let badEndpoints: [(endpoint: String, advice: String)] = [
        ("", "write tcp://host:port"),
        ("nonsense", "write tcp://host:port"),
        ("tcp://127.0.0.1", "write tcp://host:port"),
        ("tcp://127.0.0.1:99999", "write tcp://host:port"),
        ("carrier-pigeon://roof", "this transport is not known"),
        ("tcp://203.0.113.7:5701", "this machine has no such address"),
        ("ipc:///nowhere/at/all/socket", "the directory must exist"),
        ("ipc:///" + String(repeating: "x", count: 200), "at most 107 bytes"),
    ]

    @Test("an endpoint that cannot be bound is named, with advice", arguments: badEndpoints)
    func badEndpoint(_ bad: (endpoint: String, advice: String)) throws {
        let socket = try Fixture().socket(.pull)
        let error = #expect(throws: ZeroMQError.self) { try socket.bind(to: bad.endpoint) }
        #expect(error?.operation == .bind)
        #expect(error?.endpoint == bad.endpoint)
        #expect(error?.description.contains(bad.advice) == true, "\(error?.description ?? "")")
    }

    @Test("an option that the kind does not have, or a value out of range, is refused by name")
    func refusedOptions() throws {
        let fixture = try Fixture()
        let misplaced = #expect(throws: ZeroMQError.self) {
            _ = try fixture.socket(.pull) { $0.isRouterMandatory = true }
        }
        #expect(misplaced?.operation == .setOption(name: "ZMQ_ROUTER_MANDATORY", value: "1"))
        let negative = #expect(throws: ZeroMQError.self) {
            _ = try fixture.socket(.pull) { $0.receiveHighWaterMark = -1 }
        }
        #expect(
            negative?.description
                == "setting ZMQ_RCVHWM: Invalid argument; the value -1 is out of range, "
                + "or this kind of socket does not have the option")
    }

    @Test("a REQ that sends twice is told to take turns, unless it is relaxed")
    func requestState() throws {
        let fixture = try Fixture()
        let router = try fixture.bound(.router)
        let strict = try fixture.connected(.req, to: router.lastEndpoint)
        try strict.deliver([[1]])
        let error = #expect(throws: ZeroMQError.self) { try strict.send([[2]]) }
        #expect(error?.code == .wrongState)
        let relaxed = try fixture.connected(.req, to: router.lastEndpoint) {
            $0.isRequestRelaxed = true
        }
        try relaxed.deliver([[1]])
        try relaxed.deliver([[2]])
    }

    @Test("more sockets than the context may have are refused, and closing one makes room")
    func socketLimit() throws {
        let context = try Context(maxSocketCount: 2)
        let first = try Socket(context, .pull, linger: .zero)
        do {
            let second = try Socket(context, .pull, linger: .zero)
            let error = #expect(throws: ZeroMQError.self) {
                _ = try Socket(context, .pull, linger: .zero)
            }
            #expect(error?.code == .tooManyOpen)
            _ = second.kind
        }
        // A closed socket is given back by a thread of the library, a moment later.
        var reopened = false
        for _ in 0..<1_000_000 where !reopened {
            reopened = (try? Socket(context, .pull, linger: .zero).kind) != nil
        }
        #expect(reopened)
        _ = first.kind
    }

    @Test("after a shutdown every call fails as terminated")
    func shutdown() throws {
        let context = try Context()
        let socket = try Socket(context, .pull, linger: .zero)
        context.shutdown()
        let error = #expect(throws: ZeroMQError.self) { try socket.receive(into: Multipart()) }
        #expect(error?.code == .terminated)
        #expect(throws: ZeroMQError.self) { _ = try Socket(context, .pull, linger: .zero) }
    }
}
