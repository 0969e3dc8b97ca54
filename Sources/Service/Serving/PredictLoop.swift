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
    private var group = RequestGroup()
    /// Takes the requests that waited for learning.
    private let postponed = PredictRequest()
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
        // The first one goes alone: most of the time there is no other, and to look would take
        // longer than to answer it.
        var limit = 1
        while left > 0 {
            let taken = try gather(atMost: min(left, limit))
            try answerGroup()
            if taken == 0 { return }
            left -= taken
            limit = RequestGroup.capacity
        }
    }

    /// Takes what is there, and answers what has no place beside it.
    ///
    /// - Returns: How many requests it took.
    private mutating func gather(atMost limit: Int) throws(ZeroMQError) -> Int {
        var taken = 0
        while taken < limit {
            var request = group.nextPlace()
            guard let bodyStart = try requests.receive(into: request.frames) else { break }
            taken += 1
            let arrival = ContinuousClock.now
            let isLarge = request.frames.byteCount > RequestGroup.largestByteCount
            if isLarge, group.count > 0 {
                try answerGroup()
                let first = group.nextPlace()
                first.frames.removeAll()
                first.frames.append(moving: 0..<request.frames.frameCount, of: request.frames)
                request = first
            }
            request.bodyStart = bodyStart
            request.arrival = arrival
            request.acceptedSamples = gauges.acceptedSamples.load(ordering: .acquiring)
            answerer.read(request.frames, from: bodyStart, with: &decoder, into: request)
            group.add()
            if isLarge { try answerGroup() }
        }
        return taken
    }

    /// Answers the requests that were gathered, in the order in which they came.
    private mutating func answerGroup() throws(ZeroMQError) {
        takeSnapshot()
        var next = 0
        for index in 0..<group.count {
            let request = group[index]
            var finishedSamples: Int?
            // Replies of one client come in the order of its requests.
            if !deferred.isEmpty, deferred.contains(request.returnAddress) {
                finishedSamples = 0
            } else {
                finishedSamples = answerer.begin(request, from: snapshot)
            }
            guard let finishedSamples else { continue }
            try reply(to: next..<index)
            next = index + 1
            try postpone(request, until: finishedSamples)
        }
        try reply(to: next..<group.count)
        group.removeAll()
    }

    /// Replies to requests that were begun.
    private mutating func reply(to range: Range<Int>) throws(ZeroMQError) {
        answerer.finish(from: snapshot)
        for index in range {
            let request = group[index]
            requests.beginReply(to: request.frames, bodyStart: request.bodyStart)
            try reply(to: request)
        }
        answerer.reset()
    }

    /// Completes the reply that was begun, and sends it.
    private mutating func reply(to request: PredictRequest) throws(ZeroMQError) {
        let kept = answerer.remembered(request, from: snapshot)
        guard keep(kept) else {
            requests.reply.append(Self.busyReply(identifier: request.identifier))
            try requests.sendReply()
            return
        }
        let count = answerer.write(
            request, from: snapshot, isKept: kept != nil, into: requests.reply)
        try requests.sendReply()
        noteAnswer(predictionCount: count, arrival: request.arrival)
    }

    /// Keeps a request until the trainer has finished so many samples.
    private mutating func postpone(
        _ request: PredictRequest, until finishedSamples: Int
    ) throws(ZeroMQError) {
        let isKept = deferred.append(
            .init(
                address: request.returnAddress, body: request.body,
                finishedSamples: finishedSamples, arrival: request.arrival))
        guard isKept else {
            var reply = ErrorReply(
                Refusal(
                    .busy,
                    "\(DeferredRequests.capacity) requests wait for learning to catch up; "
                        + "send again in 100 ms, or without \"consistent\""))
            reply.retryAfterMilliseconds = 100
            requests.beginReply(to: request.frames, bodyStart: request.bodyStart)
            requests.reply.append(reply.encoded)
            try requests.sendReply()
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
            postponed.arrival = request.arrival
            // Whatever it waited for is in the snapshot now.
            postponed.acceptedSamples = 0
            answerer.read(request.body, from: 0, with: &decoder, into: postponed)
            _ = answerer.begin(postponed, from: snapshot)
            answerer.finish(from: snapshot)
            requests.beginReply(to: request.address)
            try reply(to: postponed)
            answerer.reset()
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
