import Testing
import WireFormat
import ZeroMQ

@testable import Service

/// An XPUB as the daemon opens it, and what may subscribe to it.
private final class Publication {
    let context: Context
    private let publication: Socket?
    var publisher = StatusPublisher()
    private let message = Multipart()

    init() throws {
        let context = try Context()
        let socket = try Socket(context, .xpub, .publication)
        try socket.bind(to: "inproc://status")
        self.context = context
        publication = consume socket
    }

    func subscriber(_ topics: [String]) throws -> Socket {
        var options = Socket.Options(linger: .zero)
        options.receiveTimeout = .seconds(20)
        let socket = try Socket(context, .sub, options)
        for topic in topics { try socket.subscribe(to: topic) }
        try socket.connect(to: "inproc://status")
        return socket
    }

    func publish(drift samples: Int) throws {
        var drift = DriftMessage()
        drift.sequence = publisher.nextSequence(.drift)
        drift.samples = samples
        try publisher.publish(.drift(drift), to: publication)
    }

    func publish(alert text: String) throws {
        var alert = AlertMessage()
        alert.sequence = publisher.nextSequence(.alert)
        alert.message = text
        try publisher.publish(.alert(alert), to: publication)
    }

    /// Waits for subscriptions and serves them, until there were so many.
    func serve(subscriptions: Int) throws {
        var poller = Poller()
        switch publication {
        case .some(let socket): poller.add(socket)
        case .none: return
        }
        for _ in 0..<subscriptions {
            let count = try poller.wait(timeout: .seconds(20))
            try #require(count == 1, "no subscription came in time")
            try publisher.serveSubscriptions(on: publication, using: message)
        }
    }
}

@Suite("The status publisher") struct StatusPublisherTests {
    private func next(_ socket: borrowing Socket) throws -> StatusMessage {
        let message = Multipart()
        let isReceived = try socket.receive(into: message)
        try #require(isReceived, "no message came in time")
        return try StatusMessage(decoding: message.frames)
    }

    private func samples(_ message: StatusMessage) -> Int? {
        if case .drift(let drift) = message { drift.samples } else { nil }
    }

    @Test("gives a new subscriber the latest message of its topic at once, and no older one")
    func latestValue() throws {
        let fixture = try Publication()
        for samples in 1...3 { try fixture.publish(drift: samples) }
        let subscriber = try fixture.subscriber(["drift"])
        try fixture.serve(subscriptions: 1)
        try fixture.publish(drift: 4)
        let first = try next(subscriber)
        let second = try next(subscriber)
        #expect([samples(first), samples(second)] == [3, 4])
        if case .drift(let drift) = first { #expect(drift.sequence == 3) }
    }

    @Test("numbers each topic's messages on its own, from 1")
    func sequences() throws {
        let fixture = try Publication()
        #expect(fixture.publisher.nextSequence(.drift) == 1)
        try fixture.publish(drift: 1)
        try fixture.publish(drift: 2)
        #expect(fixture.publisher.nextSequence(.drift) == 3)
        #expect(fixture.publisher.nextSequence(.alert) == 1)
        try fixture.publish(alert: "a")
        #expect(fixture.publisher.nextSequence(.alert) == 2)
    }

    @Test("gives who wants everything the latest of every topic that had one")
    func everything() throws {
        let fixture = try Publication()
        try fixture.publish(drift: 7)
        try fixture.publish(alert: "a")
        let subscriber = try fixture.subscriber([""])
        try fixture.serve(subscriptions: 1)
        let topics = [try next(subscriber).topic, try next(subscriber).topic]
        #expect(topics == [.drift, .alert])
    }

    @Test("gives a topic's messages to those only who asked for it")
    func topics() throws {
        let fixture = try Publication()
        try fixture.publish(drift: 7)
        try fixture.publish(alert: "early")
        let subscriber = try fixture.subscriber(["alert"])
        try fixture.serve(subscriptions: 1)
        try fixture.publish(drift: 8)
        try fixture.publish(alert: "late")
        for text in ["early", "late"] {
            guard case .alert(let alert) = try next(subscriber) else {
                Issue.record("a message of another topic")
                return
            }
            #expect(alert.message == text)
        }
    }

    @Test("serves a second subscriber of the same topic as well as the first")
    func twoSubscribers() throws {
        let fixture = try Publication()
        try fixture.publish(drift: 1)
        let first = try fixture.subscriber(["drift"])
        try fixture.serve(subscriptions: 1)
        #expect(samples(try next(first)) == 1)
        try fixture.publish(drift: 2)
        #expect(samples(try next(first)) == 2)
        let second = try fixture.subscriber(["drift"])
        try fixture.serve(subscriptions: 1)
        #expect(samples(try next(second)) == 2)
    }

    @Test("does without a socket")
    func noSocket() throws {
        var publisher = StatusPublisher()
        try publisher.publish(.drift(DriftMessage()), to: nil)
        try publisher.serveSubscriptions(on: nil, using: Multipart())
        #expect(publisher.nextSequence(.drift) == 2)
    }
}
