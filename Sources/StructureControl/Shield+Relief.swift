/// How much less has to be done under load, and how much more may be when it is over.
extension Shield {
    /// What a narrower network is to be at once.
    public struct Relief: Equatable, Sendable {
        /// Of the widest layer's present width, below 1.
        public let width: Double
        /// Work that is left for weights, in parameters.
        let allowedWork: Double
        let presentShare: Double

        /// Share of the samples that a network can learn which has taken over.
        public func share(parameters: Int) -> Double {
            let share = Shield.affordableShare(
                allowedWork, parameters: Double(max(parameters, 1)))
            return min(presentShare, max(Shield.leastShare, share))
        }
    }

    /// Share of the samples that can be learned with so much work left for weights: all predict.
    static func affordableShare(_ work: Double, parameters: Double) -> Double {
        (work / parameters - predictionShare) / updateShare
    }

    /// Of what prediction and update of a sample take together; the rest is what learning one again
    /// takes.
    static let predictionShare = 0.25
    static let updateShare = 1 - predictionShare

    /// Work of a sample while a share of the samples is learned, in parameters: a prediction is a
    /// quarter of what prediction and update are together.
    static func work(_ facts: LearnerFacts, share: Double) -> Double {
        facts.fixedWork + Double(facts.totalParameterCount)
            * (predictionShare + updateShare * share)
    }

    /// The load once nothing is learned again any more.
    public static func loadWithoutReplay(_ load: Double, facts: LearnerFacts) -> Double {
        let rest = work(facts, share: facts.trainShare)
        let again = updateShare * facts.trainShare * Double(facts.replayedParameterCount)
        return load * rest / (rest + again)
    }

    /// What less is done than before: anything more would be asked for again at once.
    static let leastCut = 0.75
    /// The load to come out at when less is done: one that lets the lag fall when there is much of it,
    /// and as much more than all as the lag has room for while a peak is expected to last.
    ///
    /// - Parameters:
    ///   - lag: Over the largest allowed.
    ///   - foresight: How long the load is expected to last, over the largest allowed lag.
    public static func reliefLoad(lag: Double, foresight: Double) -> Double {
        let room = fullLag - lag
        return room > 0 ? 1 + room / max(foresight, 1e-6) : max(1 + 0.5 * room, 0.85)
    }

    /// Share of the allowed lag that a peak may use up.
    static let fullLag = 0.6

    /// Share of the load that learning nothing more would save.
    static func saving(_ facts: LearnerFacts) -> Double {
        1 - work(facts, share: leastShare) / work(facts, share: facts.trainShare)
    }

    /// Share of the samples to learn after an action, as the load asks or leaves room for.
    ///
    /// - Parameters:
    ///   - load: Demanded over allowed share of the processor, as it is now.
    ///   - lag: Over the largest allowed.
    ///   - foresight: How long the load is expected to last, over the largest allowed lag.
    public static func trainShare(
        after action: Action, load: Double, lag: Double = 1, foresight: Double = 1,
        facts: LearnerFacts
    ) -> Double {
        let present = facts.trainShare
        let target =
            action == .trainMore ? fullLoad : reliefLoad(lag: lag, foresight: foresight)
        let allowed = work(facts, share: present) * target / max(load, 1e-6)
        let parameters = Double(max(facts.totalParameterCount, 1))
        let share = affordableShare(allowed - facts.fixedWork, parameters: parameters)
        switch action {
        case .trainMore: return min(1, max(present, share))
        case .trainLess: return max(leastShare, min(leastCut * present, share))
        default: return present
        }
    }

    /// Parameters that are left to a network that is cut under load: fewer when it knows less of the
    /// stream than it did, since then learning every sample is worth more than width.
    static func leastWork(_ observation: Observation) -> Double {
        Double(worthwhile) * (hasMuchToLearn(observation) ? 2.0 / 3 : 1)
    }

    /// Whether the loss has risen to half as much again or more.
    public static func hasMuchToLearn(_ observation: Observation) -> Bool {
        observation[.trend] > 0.4 || observation[.surprise] > 0.15
    }

    /// How much narrower the widest layer has to become at once for a load, and what may be learned
    /// then.
    ///
    /// - Parameters:
    ///   - load: Demanded over allowed share of the processor, as it is now.
    ///   - foresight: How long the load is expected to last, over the largest allowed lag.
    public static func relief(
        _ observation: Observation, load: Double, foresight: Double, facts: LearnerFacts
    ) -> Relief {
        let share = facts.trainShare
        let target = reliefLoad(lag: Double(observation[.lag]), foresight: foresight)
        let allowed = work(facts, share: share) * target / max(load, 1e-6) - facts.fixedWork
        let parameters = max(
            allowed / (predictionShare + updateShare * share), leastWork(observation))
        // Besides the lead only twins learn, and they end or sleep under load.
        return Relief(
            width: min(leastCut, parameters / Double(max(facts.parameterCount, 1))),
            allowedWork: allowed, presentShare: share)
    }
}
