import Foundation
import Testing
import ZeroMQ

/// A context of one test, with a wait that ends a test that would hang.
struct Fixture {
    let context: Context

    init() throws { context = try Context() }

    func options(_ change: (inout Socket.Options) -> Void = { _ in }) -> Socket.Options {
        var options = Socket.Options(linger: .zero)
        options.receiveTimeout = .seconds(20)
        options.sendTimeout = .seconds(20)
        change(&options)
        return options
    }

    func socket(
        _ kind: Socket.Kind, _ change: (inout Socket.Options) -> Void = { _ in }
    ) throws -> Socket {
        try Socket(context, kind, options(change))
    }

    /// A socket bound to a free port of the loopback interface.
    func bound(
        _ kind: Socket.Kind, to endpoint: String = "tcp://127.0.0.1:*",
        _ change: (inout Socket.Options) -> Void = { _ in }
    ) throws -> Socket {
        let socket = try socket(kind, change)
        try socket.bind(to: endpoint)
        return socket
    }

    func connected(
        _ kind: Socket.Kind, to endpoint: String,
        _ change: (inout Socket.Options) -> Void = { _ in }
    ) throws -> Socket {
        let socket = try socket(kind, change)
        try socket.connect(to: endpoint)
        return socket
    }
}

extension Socket {
    /// The next message's frames; fails the test when none comes in time.
    borrowing func next() throws -> [[UInt8]] {
        let message = Multipart(maxFrameCount: 32)
        let isReceived = try receive(into: message)
        try #require(isReceived, "no message came in time")
        return message.frames
    }

    /// Sends, and fails the test unless ZeroMQ took the message.
    borrowing func deliver(_ frames: [[UInt8]]) throws {
        let outcome = try send(frames)
        try #require(outcome == .sent)
    }
}

extension Monitor {
    /// Reads events until one is of this kind; fails the test when it does not come in time.
    borrowing func wait(for kind: MonitorEvent.Kind) throws -> MonitorEvent {
        while true {
            let next = try receive()
            let event = try #require(next, "\(kind) did not come in time")
            if event.kind == kind { return event }
        }
    }
}

/// A directory that is removed with the value.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "zeromq-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: false)
        path = directory.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Waits, and checks how many entries are ready.
func expect(_ poller: inout Poller, ready: Int, within timeout: Duration?) throws {
    let count = try poller.wait(timeout: timeout)
    #expect(count == ready)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
