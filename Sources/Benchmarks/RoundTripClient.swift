import ZeroMQ

/// A client that asks the same thing again and again.
struct RoundTripClient: ~Copyable {
    private let socket: Socket
    private let reply = Multipart()
    private static let patience = Duration.seconds(10)

    init(to endpoint: String) throws {
        var options = Socket.Options(linger: .zero)
        options.receiveTimeout = Self.patience
        let socket = try Socket(Context(), .dealer, options)
        try socket.connect(to: endpoint)
        self.socket = socket
    }

    /// Has one request under way at a time.
    ///
    /// - Parameter before: Called with the number of each request before it is sent.
    /// - Returns: The times of the round trips in microseconds, the shortest first.
    func measure(
        _ request: [[UInt8]], _ effort: Effort, before: (Int) throws -> Void = { _ in }
    ) throws -> [Double] {
        var times: [Double] = []
        times.reserveCapacity(effort.requestCount)
        let end = ContinuousClock.now + .seconds(effort.requestSeconds)
        repeat {
            try before(times.count)
            let start = ContinuousClock.now
            _ = try socket.send(request)
            guard try socket.receive(into: reply) else {
                throw BenchmarkError("no reply within \(Self.patience)")
            }
            let now = ContinuousClock.now
            times.append((now - start) / .microseconds(1))
            if now >= end { break }
        } while times.count < effort.requestCount
        return times.sorted()
    }

    /// Has so many requests under way at a time.
    ///
    /// - Returns: Answers per second.
    func rate(_ request: [[UInt8]], outstanding: Int, _ effort: Effort) throws -> Double {
        let start = ContinuousClock.now
        let end = start + .seconds(effort.requestSeconds)
        for _ in 0..<outstanding { _ = try socket.send(request) }
        var answered = 0
        var sent = outstanding
        while answered < sent {
            guard try socket.receive(into: reply) else {
                throw BenchmarkError("no reply within \(Self.patience)")
            }
            answered += 1
            guard sent < max(outstanding, effort.requestCount), ContinuousClock.now < end else {
                continue
            }
            _ = try socket.send(request)
            sent += 1
        }
        return Double(answered) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// Asks something and takes the answers to what was asked before, without waiting for one.
    func post(_ request: [[UInt8]]) throws {
        _ = try socket.send(request)
        while try socket.tryReceive(into: reply) {}
    }
}
