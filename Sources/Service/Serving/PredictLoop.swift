import Features
import Learner
import Settings
import Synchronization
import WireFormat
import ZeroMQ

/// The thread that owns the `predict` socket. It answers from the newest snapshot and never waits
/// for the trainer, unless a request asks for an answer from all that was acknowledged before it.
struct PredictLoop: ~Copyable {
    private var requests: RequestSocket
    private var decoder: SampleDecoder
    private var answerer = PredictAnswerer()
    private var snapshot = Snapshot(predictor: nil, finishedSamples: 0, time: .now)
    private var deferred = DeferredRequests()
    private var latency = LatencyWindow(start: .now)
    private var lastPercentiles: ContinuousClock.Instant?
    private var isPercentileStale = false
    private var poller = Poller()

    private let snapshots: LatestValue<Snapshot>
    private let notifier: EventDescriptor
    private let stop: StopFlag
    private let gauges: Gauges
    private let remembered: Ring<RememberedPredictions>

    private static let budget = 256
    /// How often the percentiles are brought up to date, and how long a stop may go unnoticed
    /// should its wake-up be lost.
    private static let percentileInterval = Duration.milliseconds(50)
    private static let pollInterval = Duration.milliseconds(500)

    init(socket: consuming Socket, parts: DaemonParts, settings: Settings) {
        gauges = parts.gauges
        requests = RequestSocket(socket, gauges: parts.gauges)
        decoder = SampleDecoder(purpose: .predict, limits: DecodingLimits(settings))
        snapshots = parts.snapshots
        notifier = parts.predictorNotifier
        stop = parts.predictorStop
        remembered = parts.network.remembered
    }

    /// Answers until it is told to stop.
    mutating func run() throws(ZeroMQError) {
        let wakeUp = poller.add(fileDescriptor: notifier.fileDescriptor)
        poller.add(requests.socket)
        while !stop.isRequested {
            _ = try poller.wait(timeout: Self.pollInterval)
            if poller.isReadable(wakeUp) { notifier.clear() }
            takeSnapshot()
            try answerDeferred()
            try serve()
            publishPercentiles()
        }
        // What came before the stop is still answered, from the last snapshot.
        takeSnapshot()
        try answerDeferred()
        try serve()
    }

    private mutating func takeSnapshot() {
        if let newer = snapshots.take() { snapshot = newer }
    }

    private mutating func serve() throws(ZeroMQError) {
        var left = Self.budget
        while left > 0, try requests.receive() {
            left -= 1
            let arrival = ContinuousClock.now
            takeSnapshot()
            try serveRequest(arrival: arrival)
        }
    }

    private mutating func serveRequest(arrival: ContinuousClock.Instant) throws(ZeroMQError) {
        // Replies of one client come in the order of its requests.
        if !deferred.isEmpty, deferred.contains(requests.returnAddress()) {
            try postpone(until: 0, arrival: arrival)
            return
        }
        switch answerer.answer(
            requests.request, from: requests.bodyStart, with: &decoder, snapshot: snapshot,
            acceptedSamples: gauges.acceptedSamples.load(ordering: .acquiring))
        {
        case .reply(let reply, let count, let kept):
            guard keep(kept) else {
                try requests.answer([Self.busyReply(identifier: decoder.requestIdentifier)])
                return
            }
            try requests.answer(reply)
            noteAnswer(predictionCount: count, arrival: arrival)
        case .wait(let finishedSamples):
            try postpone(until: finishedSamples, arrival: arrival)
        }
    }

    /// Keeps the present request until the trainer has finished so many samples.
    private mutating func postpone(
        until finishedSamples: Int, arrival: ContinuousClock.Instant
    ) throws(ZeroMQError) {
        let body = (requests.bodyStart..<requests.request.frameCount).map(
            requests.request.bytes(ofFrame:))
        let isKept = deferred.append(
            .init(
                address: requests.returnAddress(), body: body, finishedSamples: finishedSamples,
                arrival: arrival))
        guard isKept else {
            var reply = ErrorReply(
                Refusal(
                    .busy,
                    "\(DeferredRequests.capacity) requests wait for learning to catch up; "
                        + "send again in 100 ms, or without \"consistent\""))
            reply.retryAfterMilliseconds = 100
            try requests.answer([reply.encoded])
            return
        }
        gauges.isPredictorWaiting.store(true, ordering: .sequentiallyConsistent)
        // The snapshot may have come between the look and the flag.
        takeSnapshot()
        try answerDeferred()
    }

    private mutating func answerDeferred() throws(ZeroMQError) {
        guard !deferred.isEmpty else { return }
        for request in deferred.takeReady(finishedSamples: snapshot.finishedSamples) {
            // Whatever it waited for is in the snapshot now.
            let outcome = answerer.answer(
                request.body, from: 0, with: &decoder, snapshot: snapshot, acceptedSamples: 0)
            guard case .reply(let reply, let count, let kept) = outcome else { continue }
            guard keep(kept) else {
                let busy = Self.busyReply(identifier: decoder.requestIdentifier)
                try requests.answer([busy], to: request.address)
                continue
            }
            try requests.answer(reply, to: request.address)
            noteAnswer(predictionCount: count, arrival: request.arrival)
        }
        if deferred.isEmpty {
            gauges.isPredictorWaiting.store(false, ordering: .sequentiallyConsistent)
        }
    }

    /// Hands over what is to be remembered, before the reply: a client that has it may send the
    /// label at once.
    ///
    /// - Returns: Whether there was room.
    private func keep(_ kept: RememberedPredictions?) -> Bool {
        guard let kept else { return true }
        return remembered.send(kept)
    }

    private static func busyReply(identifier: SampleIdentifier?) -> [UInt8] {
        var reply = ErrorReply(
            Refusal(
                .busy,
                "learning is behind, and \(SampleIntake.rememberedCapacity) requests with "
                    + "\"remember\" wait already; send again in 10 ms, or without \"remember\""),
            identifier: identifier)
        reply.retryAfterMilliseconds = 10
        return reply.encoded
    }

    private mutating func noteAnswer(predictionCount: Int, arrival: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        gauges.servedPredictions.add(predictionCount, ordering: .relaxed)
        gauges.isSnapshotWanted.store(true, ordering: .relaxed)
        gauges.snapshotAgeNanoseconds.store(
            Int((now - snapshot.time) / .nanoseconds(1)), ordering: .relaxed)
        isPercentileStale = true
        let nanoseconds = Int((now - arrival) / .nanoseconds(1))
        latency.record(nanoseconds: nanoseconds, at: now)
        gauges.predictLatency.record(nanoseconds: nanoseconds)
    }

    private mutating func publishPercentiles() {
        guard isPercentileStale else { return }
        let now = ContinuousClock.now
        if let lastPercentiles, now - lastPercentiles < Self.percentileInterval { return }
        lastPercentiles = now
        isPercentileStale = false
        let percentiles = latency.percentiles(at: now)
        gauges.predictMedianNanoseconds.store(percentiles.median, ordering: .relaxed)
        gauges.predictP99Nanoseconds.store(percentiles.p99, ordering: .relaxed)
        gauges.predictMaximumNanoseconds.store(percentiles.maximum, ordering: .relaxed)
    }
}
