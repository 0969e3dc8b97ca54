/// Predictions that wait for learning to catch up, and what the same clients asked behind them.
struct DeferredRequests {
    struct Request: Sendable {
        /// The frames that lead back to the client.
        var address: [[UInt8]]
        var body: [[UInt8]]
        /// Samples that the answering snapshot must have taken in.
        var finishedSamples: Int
        var arrival: ContinuousClock.Instant
    }

    static let capacity = 1_024
    private var requests: [Request] = []

    init() {}

    var isEmpty: Bool { requests.isEmpty }

    /// Whether a client has a request here.
    func contains(_ address: [[UInt8]]) -> Bool {
        requests.contains { $0.address.first == address.first }
    }

    /// - Returns: Whether there was room.
    mutating func append(_ request: Request) -> Bool {
        guard requests.count < Self.capacity else { return false }
        requests.append(request)
        return true
    }

    /// Takes out what can be answered, in the order of arrival. A request behind one of the same
    /// client that must still wait stays as well.
    mutating func takeReady(finishedSamples: Int) -> [Request] {
        var ready: [Request] = []
        var waiting: [Request] = []
        for request in requests {
            let isBehindAnother = waiting.contains { $0.address.first == request.address.first }
            if request.finishedSamples <= finishedSamples, !isBehindAnother {
                ready.append(request)
            } else {
                waiting.append(request)
            }
        }
        requests = waiting
        return ready
    }
}
