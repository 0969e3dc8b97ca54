import WireFormat

/// A message of the status socket as `/api/events` gives it on.
struct PublishedEvent: Equatable, Sendable {
    /// Counted over all topics, from 1.
    let number: Int
    let topic: StatusTopic
    /// One line of JSON.
    let body: [UInt8]

    /// The event in the format of server-sent events (HTML standard, section 9.2).
    ///
    /// - Parameter run: Tells the numbers of this process from those of another.
    func serverSent(run: Int) -> [UInt8] {
        Array("id: \(run)-\(number)\nevent: \(topic.rawValue)\ndata: ".utf8) + body + [0x0A, 0x0A]
    }
}

/// The newest events of each topic, so that one that is frequent doesn't drive out the others.
struct EventStore: Sendable {
    private var events: [[PublishedEvent]] = StatusTopic.allCases.map { _ in [] }

    init() {}

    /// How many events of a topic are kept.
    static func limit(_ topic: StatusTopic) -> Int {
        switch topic {
        case .status: 1
        case .adaptation: 1_000
        case .drift: 500
        case .alert: 200
        case .checkpoint, .rejected: 50
        }
    }

    mutating func append(_ event: PublishedEvent) {
        guard let index = StatusTopic.allCases.firstIndex(of: event.topic) else { return }
        events[index].append(event)
        let surplus = events[index].count - Self.limit(event.topic)
        // In larger steps, so that most additions move nothing.
        if surplus > Self.limit(event.topic) / 4 { events[index].removeFirst(surplus) }
    }

    /// The events of some topics behind a number, in their order.
    func events(_ topics: [StatusTopic], after number: Int = 0) -> [PublishedEvent] {
        let wanted = StatusTopic.allCases.indices.filter {
            topics.contains(StatusTopic.allCases[$0])
        }
        return wanted.flatMap { events[$0] }.filter { $0.number > number }
            .sorted { $0.number < $1.number }
    }

    /// The newest event of each of some topics, in their order.
    func latest(_ topics: [StatusTopic]) -> [PublishedEvent] {
        topics.compactMap { topic in
            StatusTopic.allCases.firstIndex(of: topic).flatMap { events[$0].last }
        }.sorted { $0.number < $1.number }
    }
}
