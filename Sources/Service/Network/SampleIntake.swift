import Features
import Learner
import StructureControl
import WireFormat

/// What became of one message of samples.
struct IntakeOutcome {
    /// Samples that the learner will take in.
    var acceptedCount: Int
    var refusals: [IndexedRefusal]
    /// The message's last event, when it was given to the learner.
    var offset: Int?
}

/// The request that a message is, of a producer that counts them.
struct ProducerRequest {
    let producer: String
    let sequence: Int64
}

/// The door: decodes messages, checks samples against the schema, and queues those that are good
/// for the journal and for the learner, in the same order.
///
/// The schema here runs ahead of the learner's by what is queued; both make the same changes at the
/// same samples.
struct SampleIntake {
    private var schema: SampleSchema
    private var block = SampleBlock()
    /// Single samples of several messages, which take no place in the queue yet.
    private var joined = SampleBlock()
    private let ring: Ring<TrainerMessage>
    /// `nil` where everything is kept in memory only.
    private let journal: Ring<JournalMessage>?
    private let gauges: Gauges
    private let queueCapacity: Int
    /// How many samples may wait while somebody controls the lag.
    private var limit: QueueLimit
    /// Whether the controller is to hear of the load in time.
    var isControlled: Bool
    private let remembered: Ring<RememberedPredictions>
    /// Blocks that the trainer has learned, to be filled anew.
    private let spentBlocks: Ring<AdmittedBlock>
    private let clock = JoinClock()
    /// Who waits for a late label.
    private(set) var door: LabelDoor
    /// Remembered features that did not fit the schema, until they are told.
    private var rememberedRefusals: [Refusal] = []
    /// Events given to the learner so far, in all runs: samples and commands. Replies number
    /// events by it, and so does the journal.
    private(set) var eventCount: Int
    /// Says how many networks there is time for.
    private var ladder: LoadLadder
    /// Why senders are held back whatever the queue.
    var hold: Hold?

    /// What keeps everybody out.
    enum Hold: Equatable {
        case journal(JournalHold, message: String)
        /// The journal has failed, and the daemon is ending.
        case failed(message: String)
    }

    init(parts: NetworkParts, queueCapacity: Int) {
        isControlled = parts.start.learner.configuration.control.policy != nil
        let learner = parts.start.learner
        ladder = LoadLadder(
            learning: learner.configuration.learning, queueCapacity: queueCapacity,
            current: learner.allowance)
        schema = parts.start.learner.schema
        ring = parts.trainer
        journal = parts.journal?.inbox
        remembered = parts.remembered
        spentBlocks = parts.spentBlocks
        door = parts.start.learner.labelDoor
        gauges = parts.gauges
        self.queueCapacity = queueCapacity
        limit = QueueLimit(capacity: queueCapacity, gauges: parts.gauges, start: parts.startTime)
        eventCount = parts.start.offset
    }

    /// Whether another message may be taken in.
    var hasRoom: Bool { hold == nil && hasPlaces && waitingSamples < queueLimit }

    /// Whether another message of a feed may be: a publisher cannot be held back, and what it drops
    /// is not counted anywhere, so only the queue's places are a limit.
    var hasRoomForFeed: Bool { hold == nil && hasPlaces && waitingSamples < queueCapacity }

    private var waitingSamples: Int { gauges.queuedSamples + joined.rows.count }

    /// Samples that may wait now.
    var queueLimit: Int { isControlled ? limit.samples : queueCapacity }

    private var hasPlaces: Bool {
        guard ring.count < ring.capacity - Self.reservedPlaces else { return false }
        guard let journal else { return true }
        return journal.count < journal.capacity - Self.reservedPlaces
    }

    /// Places of the ring that samples leave to commands and requests for reports.
    static let reservedPlaces = 8 + rememberedCapacity
    /// Predict requests with `remember` that wait to be taken in.
    static let rememberedCapacity = 64

    /// Decodes a message, to be admitted next.
    ///
    /// - Throws: When nothing of the message can be used.
    mutating func decode(
        _ decode: (inout SampleBlock) throws(Refusal) -> RequestEnvelope
    ) throws(Refusal) -> RequestEnvelope {
        try decode(&block)
    }

    /// Checks the samples decoded last and queues the good ones. The caller has made sure that
    /// there is room.
    ///
    /// - Parameters:
    ///   - isAwaited: Whether the trainer answers when they are learned; it does so only when
    ///     they got an offset.
    ///   - request: Counts as dealt with, also when all of its samples are refused.
    mutating func admit(
        arrival: ContinuousClock.Instant, isAwaited: Bool, request: ProducerRequest? = nil
    ) -> IntakeOutcome {
        // What a client was told that it is remembered may be in the labels' way.
        admitRemembered(arrival: arrival)
        let admitted = schema.admit(
            takingNumbersOf: &block, arrival: clock.seconds(at: arrival), joining: &door,
            reusing: spentBlocks.receive() ?? AdmittedBlock())
        return queue(admitted, arrival: arrival, isAwaited: isAwaited, request: request)
    }

    /// Puts the sample decoded last beside those that ``admitJoined(arrival:)`` will admit, when it
    /// is the only one of its message.
    ///
    /// - Parameter index: What a refusal will name it by.
    /// - Returns: Whether it was joined; if not, it is still to be admitted, behind the others.
    mutating func join(as index: Int) -> Bool {
        guard block.isSingle else { return false }
        joined.append(single: block, index: index)
        return true
    }

    /// The same as ``admit(arrival:isAwaited:request:)`` for the samples that were joined.
    mutating func admitJoined(arrival: ContinuousClock.Instant) -> IntakeOutcome {
        // A decoded message may still wait behind them.
        swap(&block, &joined)
        let outcome = admit(arrival: arrival, isAwaited: false)
        swap(&block, &joined)
        joined.removeAll()
        return outcome
    }

    /// Takes in the features of predictions that wait. There are always places for them when there
    /// is room for a message.
    mutating func admitRemembered(arrival: ContinuousClock.Instant) {
        for _ in 0..<remembered.count {
            guard let kept = remembered.receive() else { return }
            var block = kept.block
            var admitted = schema.admit(
                takingNumbersOf: &block, arrival: clock.seconds(at: arrival), joining: &door)
            admitted.isPrediction = true
            admitted.answers = kept.answers(to: admitted.rows)
            let outcome = queue(admitted, arrival: arrival, isAwaited: false, request: nil)
            rememberedRefusals.append(contentsOf: outcome.refusals.map(\.refusal))
        }
    }

    /// Lets the learner know that features have waited too long, should nothing else come to tell.
    mutating func expireFeatures(at time: ContinuousClock.Instant) {
        guard hasRoom, door.isOverdue(at: clock.seconds(at: time)) else { return }
        var nothing = SampleBlock()
        let admitted = schema.admit(
            takingNumbersOf: &nothing, arrival: clock.seconds(at: time), joining: &door)
        _ = queue(admitted, arrival: time, isAwaited: false, request: nil, isTime: true)
    }

    /// The refusals of remembered features since the last call.
    mutating func takeRememberedRefusals() -> [Refusal] {
        defer { rememberedRefusals.removeAll() }
        return rememberedRefusals
    }

    private mutating func queue(
        _ admitted: AdmittedBlock, arrival: ContinuousClock.Instant, isAwaited: Bool,
        request: ProducerRequest?, isTime: Bool = false
    ) -> IntakeOutcome {
        let refusals = admitted.refusals
        let count = admitted.rows.count
        // A number that is used up has to be in the journal, even without a good sample.
        guard count > 0 || isTime || (request != nil && journal != nil) else {
            return IntakeOutcome(acceptedCount: 0, refusals: refusals)
        }
        // Before the message is visible to the trainer, so that the queue is never negative.
        gauges.acceptedSamples.add(count, ordering: .releasing)
        record(.samples(admitted), request)
        let isSent = ring.send(
            .samples(admitted, arrival: arrival, offset: eventCount, isAwaited: isAwaited))
        precondition(isSent, "the intake was used while the ring was full")
        let offset = eventCount
        followLoad(at: arrival)
        return IntakeOutcome(acceptedCount: count, refusals: refusals, offset: offset)
    }

    /// Takes note of how long samples take, for ``queueLimit``.
    ///
    /// - Parameter maxLagSeconds: How far learning may fall behind.
    mutating func measureService(at time: ContinuousClock.Instant, maxLagSeconds: Double) {
        limit.observe(gauges, maxLagSeconds: maxLagSeconds, at: time)
    }

    /// Tells the learner what there is time for, when the queue has changed that. To be called now
    /// and then also when nothing comes.
    mutating func followLoad(at time: ContinuousClock.Instant) {
        let queued = gauges.queuedSamples
        guard let allowance = ladder.observe(queued: queued, limit: queueLimit, at: time) else {
            return
        }
        submit(.allow(allowance))
    }

    /// Queues a command, for which places are kept free.
    ///
    /// - Returns: Its offset; `nil` when the daemon is ending.
    @discardableResult
    mutating func submit(_ command: Command) -> Int? {
        guard ring.count < ring.capacity, journal.map({ $0.count < $0.capacity }) ?? true else {
            return nil
        }
        record(.command(command), nil)
        let isSent = ring.send(.command(command, offset: eventCount))
        precondition(isSent, "there was a place in the ring")
        return eventCount
    }

    /// Queues a tick, unless there is no place for it: the next one will say as much.
    mutating func submit(_ measurements: Measurements) {
        guard ring.count < ring.capacity - 2,
            journal.map({ $0.count < $0.capacity - 2 }) ?? true
        else { return }
        record(.tick(measurements), nil)
        _ = ring.send(.tick(measurements, offset: eventCount))
    }

    /// Numbers an event, and gives it to the journal before the learner gets it: a checkpoint is
    /// never of events that the journal has not heard of.
    private mutating func record(_ event: Event, _ request: ProducerRequest?) {
        eventCount += event.journalCount
        guard let journal else { return }
        let message = JournalMessage(
            entry: .event(event, producer: request?.producer), offset: eventCount,
            sequence: request.map { Int($0.sequence) })
        let isSent = journal.send(message)
        precondition(isSent, "the intake was used while the journal's ring was full")
    }
}
