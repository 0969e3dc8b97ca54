/// One address of a ZeroMQ socket, and whether the socket binds it or connects to it.
public struct Endpoint: Equatable, Sendable {
    public enum Direction: Equatable, Sendable { case bind, connect }

    public let direction: Direction
    /// What libzmq is given: `tcp://127.0.0.1:5701`, `ipc:///run/osier/samples`, `inproc://name`.
    public let address: String

    /// Reads `tcp://HOST:PORT`, `ipc://PATH` or `inproc://NAME`, with `@` (bind) or `>` (connect)
    /// before it to override the direction.
    ///
    /// A bound port may be 0 or `*`, which takes a free one. `nil` when the text is none of these.
    public init?(_ text: String, direction: Direction) {
        switch text.first {
        case "@":
            self.direction = .bind
            address = String(text.dropFirst())
        case ">":
            self.direction = .connect
            address = String(text.dropFirst())
        default:
            self.direction = direction
            address = text
        }
        guard Self.isValid(address, direction: self.direction) else { return nil }
    }

    /// The form that is read back as this endpoint where `direction` is the default.
    func text(direction: Direction) -> String {
        if direction == self.direction { return address }
        return (self.direction == .bind ? "@" : ">") + address
    }

    /// Whether peers on other machines can reach it: a tcp address bound to more than loopback.
    public var isExposed: Bool {
        guard direction == .bind, let host = Self.tcpParts(address)?.host else { return false }
        return !NetworkAddress.isLoopback(host)
    }

    /// Whether binding takes whatever address is free, so that two may look alike.
    var takesFreeAddress: Bool {
        if let port = Self.tcpParts(address)?.port { return port == "*" || UInt16(port) == 0 }
        return address == "ipc://*"
    }

    private static func isValid(_ address: String, direction: Direction) -> Bool {
        // Unix sockets: `sun_path` has 108 bytes, the last of them NUL.
        if let path = address.dropping(prefix: "ipc://") {
            return (1...107).contains(path.utf8.count) && !path.utf8.contains(0)
        }
        if let name = address.dropping(prefix: "inproc://") {
            return (1...255).contains(name.utf8.count)
        }
        guard let (host, port) = tcpParts(address) else { return false }
        switch direction {
        case .bind:
            return NetworkAddress.isHost(host) && (port == "*" || NetworkAddress.port(port) != nil)
        case .connect:
            // libzmq takes `source;destination` here; the source is its own business.
            let destination = host.split(separator: ";").last.map(String.init) ?? host
            return NetworkAddress.isHost(destination) && destination != "*"
                && NetworkAddress.port(port) ?? 0 > 0
        }
    }

    private static func tcpParts(_ address: String) -> (host: String, port: String)? {
        address.dropping(prefix: "tcp://").flatMap(NetworkAddress.split)
    }
}

extension String {
    func dropping(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
