import Glibc
import Synchronization
import TestSupport
import Testing
import ZeroMQ

@Suite struct ThreadTests {
    @Test("each thread opens its own sockets of one context")
    func ownSockets() throws {
        let fixture = try Fixture()
        let context = fixture.context
        let pull = try fixture.bound(.pull, to: "inproc://threads")
        let threads = (0..<3).map { number in
            BackgroundThread {
                guard let push = try? Socket(context, .push, linger: .zero) else { return }
                try? push.connect(to: "inproc://threads")
                for value in UInt8(0)..<50 { _ = try? push.send([[UInt8(number), value]]) }
            }
        }
        defer { for thread in threads { thread.join() } }
        var next: [UInt8] = [0, 0, 0]
        for _ in 0..<150 {
            let frame = try pull.next()[0]
            #expect(frame[1] == next[Int(frame[0])], "each sender's order is kept")
            next[Int(frame[0])] += 1
        }
    }

    @Test("a socket can be moved to another thread")
    func handOver() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull, to: "inproc://moved")
        let push = try Socket(fixture.context, .push, linger: .zero)
        try push.connect(to: "inproc://moved")
        try push.deliver([[1]])
        let parcel = Parcel(push)
        let thread = BackgroundThread {
            if let push = parcel.take() { _ = try? push.send([[2]]) }
        }
        thread.join()
        #expect(try pull.next() == [[1]])
        #expect(try pull.next() == [[2]])
    }

    @Test("a shutdown ends the waits of other threads")
    func shutdown() throws {
        let context = try Context()
        let outcome = Outcome()
        let thread = BackgroundThread {
            do throws(ZeroMQError) {
                let socket = try Socket(context, .pull, linger: .zero)
                _ = try socket.receive(into: Multipart())
            } catch {
                outcome.error.withLock { $0 = error }
            }
        }
        context.shutdown()
        thread.join()
        #expect(outcome.error.withLock { $0 }?.code == .terminated)
    }

    @Test("signals do not end a receive")
    func interrupted() throws {
        let fixture = try Fixture()
        let context = fixture.context
        let ready = try fixture.bound(.pull, to: "inproc://ready")
        signal(SIGUSR1, { _ in })
        let received = Received()
        let thread = BackgroundThread {
            guard let pull = try? Socket(context, .pull, linger: .zero),
                let push = try? Socket(context, .push, linger: .zero)
            else { return }
            try? pull.bind(to: "inproc://interrupted")
            try? push.connect(to: "inproc://ready")
            _ = try? push.send([[1]])
            let message = Multipart()
            if (try? pull.receive(into: message)) == true {
                received.frames.withLock { $0 = message.frames }
            }
        }
        #expect(try ready.next() == [[1]])
        for _ in 0..<1_000 {
            thread.signal(SIGUSR1)
            sched_yield()
        }
        let push = try fixture.connected(.push, to: "inproc://interrupted")
        try push.deliver([[2]])
        thread.join()
        #expect(received.frames.withLock { $0 } == [[2]])
    }
}

/// Carries a socket to the thread that takes it.
private final class Parcel: Sendable {
    private let content: Mutex<Socket?>

    init(_ socket: consuming sending Socket) { content = Mutex(socket) }

    func take() -> sending Socket? {
        content.withLock { content in
            let socket = content.take()
            return socket
        }
    }
}

private final class Outcome: Sendable {
    let error = Mutex<ZeroMQError?>(nil)
}

private final class Received: Sendable {
    let frames = Mutex<[[UInt8]]>([])
}
