import Settings
import Testing

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "a good endpoint has the direction of its prefix, or of its socket",
        arguments: [
            ("tcp://127.0.0.1:5701", Endpoint.Direction.bind, "tcp://127.0.0.1:5701"),
            (">tcp://10.0.0.5:6000", .connect, "tcp://10.0.0.5:6000"),
            ("@tcp://*:0", .bind, "tcp://*:0"), ("tcp://[::1]:1", .bind, "tcp://[::1]:1"),
            ("tcp://eth0:*", .bind, "tcp://eth0:*"), ("ipc:///run/a", .bind, "ipc:///run/a"),
            (">inproc://a", .connect, "inproc://a"), ("ipc://@abstract", .bind, "ipc://@abstract"),
            (">tcp://a.example:65535", .connect, "tcp://a.example:65535"),
            (">tcp://10.0.0.1:0;10.0.0.2:7", .connect, "tcp://10.0.0.1:0;10.0.0.2:7"),
        ])
    func good(text: String, direction: Endpoint.Direction, address: String) throws {
        let endpoint = try #require(Endpoint(text, direction: .bind))
        #expect(endpoint.direction == direction)
        #expect(endpoint.address == address)
    }

    @Test(
        "a bad endpoint is refused",
        arguments: [
            "", "@", ">", "127.0.0.1:1", "tcp://", "tcp://127.0.0.1", "tcp://:1", "tcp://h:65536",
            "tcp://h:-1", "tcp://h:x", "tcp://h:", ">tcp://h:0", ">tcp://h:*", ">tcp://*:1",
            "udp://h:1", "ipc://", "inproc://", "http://h:1", "tcp://a b:1", "@@tcp://h:1",
            "TCP://h:1", "ipc://" + String(repeating: "x", count: 108),
        ])
    func bad(text: String) {
        #expect(Endpoint(text, direction: .bind) == nil)
        let overrides = ["sockets.samples=[\(text.isEmpty ? "''" : text)]"]
        #expect(throws: SettingsError.self) { try Settings.load(file: nil, overrides: overrides) }
    }

    @Test(
        "binding beyond loopback needs allow_plaintext in words",
        arguments: [
            "sockets.samples=tcp://*:5701", "sockets.learn=tcp://0.0.0.0:5702",
            "sockets.predict=tcp://192.168.1.2:1", "sockets.status=tcp://[::]:1",
            "sockets.control=tcp://eth0:1", "sockets.feed=@tcp://*:1", "http.address=0.0.0.0:80",
            "sockets.samples=tcp://128.0.0.1:1", "sockets.samples=tcp://127.example.com:1",
            "sockets.samples=tcp://127.0.0.1.example.com:1", "sockets.samples=tcp://127.0.0.256:1",
            "sockets.samples=[tcp://127.0.0.1:1, tcp://*:2]",
        ])
    func exposed(override: String) throws {
        let error = try #require(throws: SettingsError.self) {
            try Settings.load(file: nil, overrides: [override])
        }
        #expect(error.violations.count == 1)
        #expect(error.violations[0].contains("security.allow_plaintext: true"))
        #expect(error.violations[0].hasPrefix(override.prefix { $0 != "=" }))
        let allowed = [override, "security.allow_plaintext=true"]
        #expect(throws: Never.self) { try Settings.load(file: nil, overrides: allowed) }
    }

    @Test(
        "loopback, ipc, inproc and connections need no permission",
        arguments: [
            "sockets.samples=tcp://127.0.0.1:0", "sockets.samples=tcp://localhost:*",
            "sockets.samples=tcp://127.8.9.1:1", "sockets.samples=tcp://[::1]:1",
            "sockets.samples=ipc:///run/s", "sockets.samples=inproc://s",
            "sockets.samples=>tcp://10.0.0.5:1", "sockets.feed=tcp://10.0.0.5:6000",
            "sockets.samples=[]", "sockets.feed=@tcp://127.0.0.1:1", "http.address=[::1]:1",
        ])
    func sheltered(override: String) {
        #expect(throws: Never.self) { try Settings.load(file: nil, overrides: [override]) }
    }

    @Test("two sockets may not bind one address, unless the port is a free one")
    func boundTwice() throws {
        let error = try #require(throws: SettingsError.self) {
            try Settings.load(file: nil, overrides: ["sockets.learn=tcp://127.0.0.1:5701"])
        }
        #expect(error.violations.count == 1)
        #expect(error.violations[0].contains("sockets.samples"))
        let free = ["learn", "samples"].map { "sockets.\($0)=tcp://127.0.0.1:0" }
        #expect(throws: Never.self) { try Settings.load(file: nil, overrides: free) }
    }
}
