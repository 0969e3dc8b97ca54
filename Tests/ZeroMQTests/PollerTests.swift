import Glibc
import TestSupport
import Testing
import ZeroMQ

@Suite struct PollerTests {
    @Test("sockets and an eventfd are told apart, and stay ready until they are dealt with")
    func pollsBoth() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull)
        let push = try fixture.connected(.push, to: pull.lastEndpoint)
        let wakeUp = try EventDescriptor()
        var poller = Poller()
        let socketIndex = poller.add(pull)
        let wakeUpIndex = poller.add(fileDescriptor: wakeUp.fileDescriptor)
        #expect(poller.count == 2)
        try expect(&poller, ready: 0, within: .zero)
        #expect(poller.events(at: socketIndex) == [])

        wakeUp.signal()
        for _ in 0..<2 {
            try expect(&poller, ready: 1, within: .seconds(20))
            #expect(poller.isReadable(socketIndex) == false)
            #expect(poller.isReadable(wakeUpIndex) == true)
        }
        wakeUp.signal()
        #expect(wakeUp.clear() == 2)
        #expect(wakeUp.clear() == 0)

        try push.deliver([[1]])
        try expect(&poller, ready: 1, within: .seconds(20))
        #expect(poller.isReadable(socketIndex) == true)
        #expect(poller.isReadable(wakeUpIndex) == false)

        poller.setEvents([], at: socketIndex)
        try expect(&poller, ready: 0, within: .zero)
        poller.setEvents(.readable, at: socketIndex)
        try expect(&poller, ready: 1, within: .zero)
        #expect(try pull.next() == [[1]])
        try expect(&poller, ready: 0, within: .milliseconds(1))
        _ = push.kind
    }

    @Test("a socket is writable while there is room for a message")
    func writable() throws {
        let fixture = try Fixture()
        let pull = try fixture.bound(.pull, to: "inproc://room") { $0.receiveHighWaterMark = 1 }
        let push = try fixture.connected(.push, to: "inproc://room") { $0.sendHighWaterMark = 1 }
        var poller = Poller()
        poller.add(push, for: .writable)
        try expect(&poller, ready: 1, within: .zero)
        #expect(poller.isWritable(0) == true)
        while try push.trySend([[1]]) == .sent {}
        try expect(&poller, ready: 0, within: .zero)
        #expect(try pull.next() == [[1]])
        poller.removeAll()
        #expect(poller.count == 0)
    }

    @Test("another thread ends a wait through an eventfd")
    func wakesUp() throws {
        let wakeUp = try EventDescriptor()
        var poller = Poller()
        poller.add(fileDescriptor: wakeUp.fileDescriptor)
        let thread = BackgroundThread { wakeUp.signal() }
        try expect(&poller, ready: 1, within: nil)
        thread.join()
    }

    @Test("a signal that is blocked for the thread can be polled")
    func signals() throws {
        let signals = try SignalDescriptor([SIGUSR2])
        var poller = Poller()
        poller.add(fileDescriptor: signals.fileDescriptor)
        // To this very thread: the others of the test process do not block the signal.
        pthread_kill(pthread_self(), SIGUSR2)
        try expect(&poller, ready: 1, within: .seconds(20))
        #expect(signals.next() == SIGUSR2)
        #expect(signals.next() == nil)
    }

    @Test("waiting for a socket that is closed traps")
    func closedSocket() async {
        await #expect(processExitsWith: .failure) {
            var poller = Poller()
            do {
                let context = try Context()
                let socket = try Socket(context, .pull, linger: .zero)
                poller.add(socket)
            }
            // Reaching the end would be a success, and the failure of this test.
            _ = try? poller.wait(timeout: .zero)
        }
    }
}
