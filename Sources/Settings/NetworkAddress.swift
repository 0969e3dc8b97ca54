/// Where the HTTP server listens.
public struct NetworkAddress: Equatable, Sendable {
    public let host: String
    /// 0 takes a free one.
    public let port: UInt16

    /// Reads `HOST:PORT`, an IPv6 host in brackets; a port of `*` is 0. `nil` for all else.
    public init?(_ text: String) {
        guard let (host, portText) = Self.split(text), Self.isHost(host),
            let port = portText == "*" ? 0 : Self.port(portText)
        else { return nil }
        self.host = host
        self.port = port
    }

    /// Whether other machines can reach it.
    public var isExposed: Bool { !Self.isLoopback(host) }

    /// `HOST:PORT`
    public var text: String { "\(host):\(port)" }

    /// Splits at the last colon, so that an IPv6 host keeps its own.
    static func split(_ text: String) -> (host: String, port: String)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    static func port(_ text: String) -> UInt16? {
        text.allSatisfy(\.isASCII) && text.allSatisfy(\.isNumber) ? UInt16(text) : nil
    }

    /// A name, an IPv4 or IPv6 address, an interface, or `*`.
    static func isHost(_ host: String) -> Bool {
        if host == "*" { return true }
        let bare = host.first == "[" && host.last == "]" ? host.dropFirst().dropLast() : host[...]
        let allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%"
        return (1...255).contains(bare.count) && bare.allSatisfy { allowed.contains($0) }
    }

    /// `localhost`, `127.0.0.0/8` and `::1`; a name that only resolves to them is not known here.
    static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "[::1]", "::1"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
