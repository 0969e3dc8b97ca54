import Features
import Learner
import WireFormat

/// What became of one message of samples.
struct IntakeOutcome {
    /// Samples that the learner will take in.
    var acceptedCount: Int
    var refusals: [IndexedRefusal]
}

/// The door: decodes messages, checks samples against the schema, and queues those that are good.
///
/// The schema here runs ahead of the learner's by what is queued; both make the same changes at the
/// same samples.
struct SampleIntake {
    private var schema: SampleSchema
    private var block = SampleBlock()
    private let ring: Ring<TrainerMessage>
    private let gauges: Gauges
    private let queueCapacity: Int
    private let remembered: Ring<RememberedPredictions>
    private let clock = JoinClock()
    /// Who waits for a late label.
    private var door: LabelDoor
    /// Remembered features that did not fit the schema, until they are told.
    private var rememberedRefusals: [Refusal] = []
    /// Events given to the learner so far: samples and commands. Replies number events by it.
    private(set) var eventCount = 0

    init(parts: NetworkParts, queueCapacity: Int) {
        schema = parts.schema
        door = parts.door
        ring = parts.trainer
        remembered = parts.remembered
        gauges = parts.gauges
        self.queueCapacity = queueCapacity
    }

    /// Whether another message may be taken in.
    var hasRoom: Bool {
        gauges.queuedSamples < queueCapacity && ring.count < ring.capacity - Self.reservedPlaces
    }

    /// Places of the ring that samples leave to commands and requests for reports.
    static let reservedPlaces = 8 + rememberedCapacity
    /// Predict requests with `remember` that wait to be taken in.
    static let rememberedCapacity = 64

    /// Labels without features that were refused.
    var refusedLabels: LabelDoor.Refused { door.refused }

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
    /// - Parameter isAwaited: Whether the trainer answers when they are learned; it does so only
    ///   when there are any.
    mutating func admit(
        arrival: ContinuousClock.Instant, isAwaited: Bool
    ) -> IntakeOutcome {
        // What a client was told that it is remembered may be in the labels' way.
        admitRemembered(arrival: arrival)
        let admitted = schema.admit(
            takingNumbersOf: &block, arrival: clock.seconds(at: arrival), joining: &door)
        return queue(admitted, arrival: arrival, isAwaited: isAwaited)
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
            let outcome = queue(admitted, arrival: arrival, isAwaited: false)
            rememberedRefusals.append(contentsOf: outcome.refusals.map(\.refusal))
        }
    }

    /// The refusals of remembered features since the last call.
    mutating func takeRememberedRefusals() -> [Refusal] {
        defer { rememberedRefusals.removeAll() }
        return rememberedRefusals
    }

    private mutating func queue(
        _ admitted: AdmittedBlock, arrival: ContinuousClock.Instant, isAwaited: Bool
    ) -> IntakeOutcome {
        let refusals = admitted.refusals
        let count = admitted.rows.count
        if count > 0 {
            // Before the message is visible to the trainer, so that the queue is never negative.
            gauges.acceptedSamples.add(count, ordering: .releasing)
            eventCount += count
            let isSent = ring.send(
                .samples(admitted, arrival: arrival, isAwaited: isAwaited))
            precondition(isSent, "the intake was used while the ring was full")
        }
        return IntakeOutcome(acceptedCount: count, refusals: refusals)
    }

    /// Takes note of a command that was queued.
    mutating func noteCommand() { eventCount += 1 }
}
