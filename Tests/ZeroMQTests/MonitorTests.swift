import Testing
import ZeroMQ

@Suite struct MonitorTests {
    @Test("a connection is told from its coming to its going, with the endpoint")
    func tellsLife() throws {
        let fixture = try Fixture()
        let pull = try fixture.socket(.pull)
        let monitor = try Monitor(pull, receiveTimeout: .seconds(20))
        #expect(try monitor.tryReceive() == nil)
        try pull.bind(to: "tcp://127.0.0.1:*")
        let endpoint = try pull.lastEndpoint
        #expect(try monitor.receive() == MonitorEvent(kind: .listening, endpoint: endpoint))
        let push = try fixture.connected(.push, to: endpoint)
        #expect(try monitor.receive() == MonitorEvent(kind: .accepted, endpoint: endpoint))
        #expect(try monitor.receive()?.kind == .handshakeSucceeded)
        try push.deliver([[1]])
        #expect(try pull.next() == [[1]])
        close(push)
        #expect(try monitor.receive()?.kind == .disconnected)
    }

    @Test("a failed bind is told with the system's error number")
    func tellsFailedBind() throws {
        let fixture = try Fixture()
        let first = try fixture.bound(.pull)
        let second = try fixture.socket(.pull)
        let monitor = try Monitor(second, receiveTimeout: .seconds(20))
        let endpoint = try first.lastEndpoint
        #expect(throws: ZeroMQError.self) { try second.bind(to: endpoint) }
        let number = Int(ZeroMQError.Code.addressInUse.rawValue)
        let event = try monitor.wait(for: .bindFailed(errorNumber: number))
        // Here the library leaves out the transport.
        #expect(!event.endpoint.isEmpty && endpoint.hasSuffix(event.endpoint))
        _ = first.kind
    }

    @Test("a monitor can be polled with its socket, and may end before or after it")
    func polls() throws {
        let fixture = try Fixture()
        let pull = try fixture.socket(.pull)
        do {
            let monitor = try Monitor(pull)
            var poller = Poller()
            poller.add(pull)
            let index = monitor.add(to: &poller)
            try expect(&poller, ready: 0, within: .zero)
            try pull.bind(to: "tcp://127.0.0.1:*")
            try expect(&poller, ready: 1, within: .seconds(20))
            #expect(poller.isReadable(index) == true)
            #expect(try monitor.tryReceive()?.kind == .listening)
        }
        let again = try Monitor(pull, receiveTimeout: .seconds(20))
        let push = try fixture.connected(.push, to: pull.lastEndpoint)
        _ = try again.wait(for: .accepted)
        close(pull)
        _ = try again.wait(for: .monitorStopped)
        _ = push.kind
    }

    private func close(_ socket: consuming Socket) {}
}
