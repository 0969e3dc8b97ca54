import FlyingFox
import FlyingSocks
import Foundation
import Settings
import Synchronization

/// The HTTP server: it listens before it returns, and serves until it is stopped.
///
/// The library ends when it cannot accept a connection, as when there are no file descriptors left;
/// it is then started again at the same address.
final class HttpService: Sendable {
    /// Where it listens: `127.0.0.1:5780`.
    let address: String
    private let hub: TelemetryHub
    private let server: Mutex<HTTPServer>
    private let isStopping = Atomic<Bool>(false)
    private let supervisor = Mutex<Task<Void, Never>?>(nil)

    private static let restartDelay = Duration.seconds(1)

    /// - Throws: ``HttpError`` when the address cannot be bound.
    init(_ settings: NetworkAddress, router: HttpRouter, log: EventLog) async throws {
        let first = Self.server(try Self.socketAddress(settings, port: settings.port), router)
        let run = Task { try await first.run() }
        do {
            // Fails at once when the first one does; waiting for it would take its whole patience.
            let port = try await Self.port(of: first, running: run)
            address = "\(settings.host == "*" ? "0.0.0.0" : settings.host):\(port)"
            hub = router.hub
            server = Mutex(first)
            let bound = try Self.socketAddress(settings, port: port)
            let task = Task { [self] in
                await supervise(run, log) { Self.server(bound, router) }
            }
            supervisor.withLock { $0 = task }
        } catch let error as SocketError {
            run.cancel()
            throw HttpError(settings, error)
        }
    }

    /// Ends the streams, lets answers that are under way go out, and closes.
    func stop() async {
        isStopping.store(true, ordering: .releasing)
        hub.close()
        await server.withLock { $0 }.stop(timeout: 1)
        let task = supervisor.withLock { $0.take() }
        task?.cancel()
        await task?.value
    }

    private func supervise(
        _ first: Task<Void, any Error>, _ log: EventLog, _ makeServer: () -> HTTPServer
    ) async {
        var run = first
        while true {
            let result = await run.result
            if isStopping.load(ordering: .acquiring) { return }
            if case .failure(let error) = result {
                log.warning("the HTTP server stopped and starts again: \(Self.reason(error))")
            }
            try? await Task.sleep(for: Self.restartDelay)
            if isStopping.load(ordering: .acquiring) { return }
            let next = makeServer()
            server.withLock { $0 = next }
            run = Task { try await next.run() }
        }
    }

    private static func server(_ address: any SocketAddress, _ router: HttpRouter) -> HTTPServer {
        HTTPServer(
            config: .init(
                address: address, sharedRequestBufferSize: 65_536, sharedRequestReplaySize: 0,
                logger: .disabled),
            handler: ClosureHTTPHandler { await router.response(to: $0) })
    }

    private static func port(
        of server: HTTPServer, running run: Task<Void, any Error>
    ) async throws -> UInt16 {
        let listening = Task { try await server.waitUntilListening() }
        let failure = Task {
            if case .failure = await run.result { listening.cancel() }
        }
        defer { failure.cancel() }
        if case .failure(let error) = await listening.result {
            // The reason is with the server that could not start.
            if error is CancellationError { try await run.value }
            throw error
        }
        switch await server.listeningAddress {
        case .ip4(_, let port)?, .ip6(_, let port)?: return port
        case .unix?, nil: throw SocketError.unsupportedAddress
        }
    }

    private static func socketAddress(
        _ settings: NetworkAddress, port: UInt16
    ) throws -> any SocketAddress {
        do {
            switch settings.host {
            case "*": return sockaddr_in.inet(port: port)
            case "localhost": return try sockaddr_in.inet(ip4: "127.0.0.1", port: port)
            case let host where host.contains(":"):
                let bare = host.trimmingCharacters(in: ["[", "]"])
                return try sockaddr_in6.inet6(ip6: bare, port: port)
            case let host: return try sockaddr_in.inet(ip4: host, port: port)
            }
        } catch let error as SocketError {
            throw HttpError(settings, error)
        }
    }

    fileprivate static func reason(_ error: any Error) -> String {
        if case SocketError.failed(_, _, let message) = error { return message.lowercased() }
        return "\(error)"
    }
}

/// Why the HTTP server cannot listen.
struct HttpError: Error, CustomStringConvertible {
    let description: String

    init(_ settings: NetworkAddress, _ error: SocketError) {
        let reason = HttpService.reason(error)
        description =
            "http.address \(settings.text) cannot be bound: \(reason); give an IP address of this "
            + "machine and a free port (0 takes one), or leave http.address empty"
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous body gives or throws.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
