import Settings
import Testing
import WireFormat
import ZeroMQ

@testable import Service

/// A daemon on threads of the test, and sockets that talk to it as a client's would.
final class RunningDaemon {
    let endpoints: BoundEndpoints
    let context: Context
    private let thread: ServiceThread<Result<Void, DaemonError>>

    /// - Parameter change: Of the settings, which take free ports and a small network.
    init(_ change: (inout Settings) -> Void = { _ in }) throws {
        context = try Context()
        var settings = Self.settings
        change(&settings)
        let start = Promise<BoundEndpoints?>()
        let thread = ServiceThread(name: "daemon") { [settings] in
            do throws(DaemonError) {
                var isReady = false
                try Daemon(settings: settings, log: Self.silentLog).run(portFile: nil) {
                    isReady = true
                    start.deliver($0)
                }
                if !isReady { start.deliver(nil) }
                return Result<Void, DaemonError>.success(())
            } catch {
                start.deliver(nil)
                return .failure(error)
            }
        }
        guard let endpoints = start.wait() else {
            try thread.join().get()
            preconditionFailure("a daemon that never was ready ended without an error")
        }
        self.endpoints = endpoints
        self.thread = thread
    }

    static var settings: Settings {
        var settings = Settings()
        let free = [Endpoint("tcp://127.0.0.1:0", direction: .bind)].compactMap(\.self)
        settings.sockets.samples = free
        settings.sockets.learn = free
        settings.sockets.predict = free
        settings.sockets.status = free
        settings.sockets.control = free
        settings.learner.model.hidden = [8]
        // Two networks show what more would, and are learned soon even under a sanitizer.
        settings.learner.learning.committee = 2
        // A ticker would put down in the journal when it looked at the clock, and a policy act on it.
        settings.structure.policy = .off
        settings.learner.control.policy = nil
        return settings
    }

    static var silentLog: EventLog {
        var settings = LogSettings()
        settings.level = .critical
        return EventLog(settings)
    }

    func connected(_ kind: Socket.Kind, to endpoint: String) throws -> Socket {
        var options = Socket.Options(linger: .seconds(20))
        options.receiveTimeout = .seconds(20)
        options.sendTimeout = .seconds(20)
        let socket = try Socket(context, kind, options)
        if kind == .sub { try socket.subscribe(to: "") }
        try socket.connect(to: endpoint)
        return socket
    }

    /// Sends a request and gives back the reply's object.
    func ask(_ endpoints: [String], _ json: String) throws -> JSONObject {
        let endpoint = try #require(endpoints.first)
        let socket = try connected(.req, to: endpoint)
        try socket.deliver(json)
        return try socket.nextObject()
    }

    /// Asks for the end, and waits for it.
    func stop() throws {
        let reply = try ask(endpoints.control, #"{"op":"shutdown"}"#)
        #expect(reply["ok"] == .boolean(true))
        try wait()
    }

    /// Waits for an end that was asked for.
    func wait() throws { try thread.join().get() }
}

extension Socket {
    borrowing func deliver(_ json: String) throws {
        let outcome = try send([Array(json.utf8)])
        try #require(outcome == .sent)
    }

    /// The object in the last frame of the next message.
    borrowing func nextObject() throws -> JSONObject {
        let message = Multipart()
        let isReceived = try receive(into: message)
        try #require(isReceived, "no message came in time")
        let frame = try #require(message.frames.last)
        return try #require(JSONValue(parsing: frame).object)
    }
}

extension JSONObject {
    /// A number, by the keys that lead to it.
    func number(_ path: String...) -> Double? {
        var value = JSONValue.object(self)
        for key in path {
            guard let next = value.object?[key] else { return nil }
            value = next
        }
        return value.double
    }

    var errorCode: String? {
        if case .string(let code)? = self["error"]?.object?["code"] { code } else { nil }
    }
}
