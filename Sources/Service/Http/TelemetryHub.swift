import Foundation
import Synchronization
import WireFormat

/// What the network thread publishes, kept for those who ask over HTTP.
///
/// The network thread holds the lock for an append; readers copy what they need and write their
/// answers outside of it. The trainer and the predictor never come here.
final class TelemetryHub: Sendable {
    private struct State {
        var status: StatusReport?
        var statusBody: [UInt8] = []
        var statusTime: ContinuousClock.Instant
        var schema: [UInt8]?
        var schemaCount = 0
        var history = HistoryRing(capacity: TelemetryHub.historyCapacity)
        var events = EventStore()
        var lastNumber = 0
        var tallies = Tallies()
        var subscribers: [Int: Subscriber] = [:]
        var nextSubscriber = 0
        var responses: [Int: Int] = [:]
        var isClosed = false
    }

    private struct Subscriber {
        let topics: [StatusTopic]
        let stream: AsyncStream<[UInt8]>.Continuation
    }

    /// Points of `/api/history`: almost three hours at the default interval.
    static let historyCapacity = 10_000
    /// Connections that may follow the events at a time.
    static let subscriberLimit = 64
    /// Events that a subscriber may be behind before it misses the oldest.
    static let backlogLimit = 1_024

    private let state: Mutex<State>
    private let start: ContinuousClock.Instant
    /// How long the status may be silent before the daemon counts as stuck.
    private let patience: Duration
    /// Tells the events of this process from those of another.
    let run = Int(Date().timeIntervalSince1970 * 1_000)

    /// - Parameter statusInterval: How often a status is to be expected.
    init(statusInterval: Duration, start: ContinuousClock.Instant) {
        self.start = start
        patience = max(.seconds(10), statusInterval * 3)
        state = Mutex(State(statusTime: start))
    }

    /// Takes a message as it was published.
    func note(_ message: StatusMessage, body: [UInt8]) {
        state.withLock { state in
            state.lastNumber += 1
            let event = PublishedEvent(
                number: state.lastNumber, topic: message.topic, body: body)
            if case .status(let report) = message {
                state.status = report
                state.statusBody = body
                state.statusTime = .now
                state.history.append(HistoryPoint(report))
            }
            state.events.append(event)
            state.tallies.note(message)
            guard !state.subscribers.isEmpty else { return }
            let text = event.serverSent(run: run)
            for subscriber in state.subscribers.values
            where subscriber.topics.contains(message.topic) {
                subscriber.stream.yield(text)
            }
        }
    }

    /// Takes the features and their statistics.
    func note(_ schema: SchemaReport) {
        let body = schema.encoded
        state.withLock { state in
            state.schema = body
            state.schemaCount += 1
        }
    }

    /// Ends every stream; nobody can follow any more.
    func close() {
        let streams = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers.removeAll() }
            return state.subscribers.values.map(\.stream)
        }
        for stream in streams { stream.finish() }
    }
}

/// For those who answer requests.
extension TelemetryHub {
    /// The latest status as it was published; `nil` before the first.
    var statusBody: [UInt8]? {
        state.withLock { $0.status == nil ? nil : $0.statusBody }
    }

    var status: StatusReport? { state.withLock { $0.status } }

    /// How often the trainer has told the features and their statistics.
    var schemaCount: Int { state.withLock { $0.schemaCount } }

    /// What it told last.
    var schemaBody: [UInt8]? { state.withLock { $0.schema } }

    /// Whether samples and predictions are taken.
    var isReady: Bool {
        state.withLock { state in
            guard let status = state.status, !state.isClosed else { return false }
            return status.state == "running" || status.state == "paused"
        }
    }

    /// Seconds since the last sign of life, when they are too many; `nil` when all is well.
    func stuckSeconds(at time: ContinuousClock.Instant) -> Double? {
        let silence = time - state.withLock { $0.statusTime }
        return silence > patience ? silence / .seconds(1) : nil
    }

    /// Counts an answer.
    func noteResponse(code: Int) {
        state.withLock { $0.responses[code, default: 0] += 1 }
    }

    func metricsSource(_ gauges: Gauges) -> MetricsPage.Source {
        let predictions = gauges.predictLatency.reading()
        let learning = gauges.learnLatency.reading()
        let isReady = isReady
        return state.withLock { state in
            MetricsPage.Source(
                status: state.status, tallies: state.tallies, predictions: predictions,
                learning: learning, responses: state.responses, isReady: isReady)
        }
    }

    /// The answer of `/api/history`: the curves, the events, and where `/api/events` goes on.
    func historyBody() -> [UInt8] {
        let (history, events, last) = state.withLock { state in
            (
                state.history,
                state.events.events(StatusTopic.allCases.filter { $0 != .status }),
                state.lastNumber
            )
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("last_event_id")
        writer.write("\(run)-\(last)")
        history.write(to: &writer)
        writer.key("events")
        writer.beginArray()
        for event in events {
            writer.beginObject()
            writer.key("topic")
            writer.write(event.topic.rawValue)
            writer.key("data")
            writer.writeEncoded(event.body)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// Follows some topics.
    ///
    /// - Parameter lastSeen: The identifier of the last event that the caller has seen. What came
    ///   behind it comes first, as far as it is kept; without one, or with one of another process,
    ///   the latest of each topic.
    /// - Returns: `nil` when there are too many who follow, or the daemon ends.
    func follow(_ topics: [StatusTopic], lastSeen: String?) -> AsyncStream<[UInt8]>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingNewest(Self.backlogLimit))
        let key: Int? = state.withLock { state in
            guard !state.isClosed, state.subscribers.count < Self.subscriberLimit else {
                return nil
            }
            let missed =
                seenNumber(lastSeen).map { state.events.events(topics, after: $0) }
                ?? state.events.latest(topics)
            // Tells the browser to come back after a second.
            continuation.yield(Array("retry: 1000\n\n".utf8))
            for event in missed { continuation.yield(event.serverSent(run: run)) }
            let key = state.nextSubscriber
            state.nextSubscriber += 1
            state.subscribers[key] = Subscriber(topics: topics, stream: continuation)
            return key
        }
        guard let key else { return nil }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.subscribers.removeValue(forKey: key) }
        }
        return stream
    }

    /// The number in an identifier of this process.
    private func seenNumber(_ identifier: String?) -> Int? {
        guard let parts = identifier?.split(separator: "-"), parts.count == 2,
            Int(parts[0]) == run
        else { return nil }
        return Int(parts[1])
    }
}
