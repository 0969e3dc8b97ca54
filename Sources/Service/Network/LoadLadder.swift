import Learner

/// Decides from the queue how many networks there is time for, and how many samples share an update.
///
/// A queue that grows makes micro-batches first, then takes replay and most of the committee away,
/// then all but the lead, and at last fills batches to the configured limit. What was given up comes
/// back one step at a time after a calm while, and a later one each time when coming back was too
/// much.
struct LoadLadder {
    /// What is spent at each step; the most at the first.
    private let steps: [Allowance]
    private var step: Int
    /// Samples waiting beyond which the next step is taken.
    private let limit: Int
    /// Since when the queue was never more than nearly empty.
    private var calmSince: ContinuousClock.Instant?
    private var lastDescent: ContinuousClock.Instant?
    private var lastAscent: ContinuousClock.Instant?
    private var calm = Self.shortestCalm

    /// Networks of the middle step.
    private static let fewMembers = 3
    /// Samples per update of the first step and of those in the middle.
    private static let smallBatch = 4
    private static let middleBatch = 16
    /// Where the limit is this part of the queue's capacity.
    private static let limitShare = 4
    /// Share of what may wait now from which on senders are all but held back.
    private static let fullShare = 0.75
    private static let shortestCalm = Duration.seconds(1)
    private static let longestCalm = Duration.seconds(64)
    /// A queue takes this long to show that a step down has helped.
    private static let pause = Duration.milliseconds(100)

    /// - Parameters:
    ///   - learning: What it sets by number is never taken away.
    ///   - current: What the learner spends now.
    init(learning: LearningConfiguration, queueCapacity: Int, current: Allowance) {
        steps = Self.steps(learning)
        step = steps.firstIndex(of: current) ?? 0
        limit = max(1, queueCapacity / Self.limitShare)
    }

    /// The most first. A batch that is set by number is not touched.
    private static func steps(_ learning: LearningConfiguration) -> [Allowance] {
        let replays = learning.replay != nil
        var steps = [Allowance.everything]
        func add(members: Int, replays: Bool, batch: Int) {
            var step = Allowance(members: members, replays: replays)
            if learning.batch == nil { step.batch = min(batch, learning.maxBatch) }
            if step != steps.last { steps.append(step) }
        }
        add(members: .max, replays: true, batch: smallBatch)
        switch learning.committee {
        case nil:
            add(members: fewMembers, replays: replays, batch: middleBatch)
            add(members: 1, replays: replays, batch: middleBatch)
            add(members: 1, replays: replays, batch: .max)
        default:
            let isFixed = replays || learning.committee == 1
            add(members: .max, replays: isFixed, batch: middleBatch)
            add(members: .max, replays: isFixed, batch: .max)
        }
        return steps
    }

    /// Takes note of the queue.
    ///
    /// - Parameter limit: Samples that may wait now, where that is less than the queue has places
    ///   for.
    /// - Returns: What to spend from now on, when that changes.
    mutating func observe(
        queued: Int, limit current: Int = .max, at time: ContinuousClock.Instant
    ) -> Allowance? {
        // Long before that a queue is only a burst, which micro-batches and networks put to sleep
        // need not answer.
        let limit = min(limit, max(1, Int(Self.fullShare * Double(current))))
        if queued > limit {
            calmSince = nil
            return descend(at: time, isUrgent: queued > 2 * limit)
        }
        guard step > 0, queued <= limit / 16 else {
            calmSince = nil
            return nil
        }
        guard let calmSince else {
            self.calmSince = time
            return nil
        }
        guard time - calmSince >= calm else { return nil }
        self.calmSince = nil
        lastAscent = time
        step -= 1
        return steps[step]
    }

    private mutating func descend(
        at time: ContinuousClock.Instant, isUrgent: Bool
    ) -> Allowance? {
        guard step < steps.count - 1 else { return nil }
        if let lastDescent, !isUrgent, time - lastDescent < Self.pause { return nil }
        // What came back was too much: wait longer before the next try.
        if let lastAscent, lastDescent.map({ $0 < lastAscent }) ?? true {
            let wasHasty = time - lastAscent < calm * 10
            calm = wasHasty ? min(calm * 2, Self.longestCalm) : Self.shortestCalm
        }
        lastDescent = time
        step = isUrgent ? steps.count - 1 : step + 1
        return steps[step]
    }
}
