import StateCoding

/// Decisions by rules with hysteresis: relief at once, more only after a calm while and with room
/// for twice the load, so that the two never alternate.
public struct RulesPolicy: Equatable, Sendable {
    /// Ticks in a row with a load below ``calm``. Before the first, nothing speaks for a load.
    private var calmTicks = patience - 1

    /// Below this load there is room for twice as much.
    public static let calm: Float = 0.4
    /// Calm ticks before anything grows.
    public static let patience = 2

    public init() {}

    /// What to do, and why.
    public mutating func choose(
        _ observation: Observation, legal: ChoiceSet
    ) -> (action: Action, reason: String) {
        if observation.isOverloaded {
            calmTicks = 0
            return (relief(observation, legal: legal), "the stream asks for more than it may have")
        }
        calmTicks = observation.load < Self.calm ? calmTicks + 1 : 0
        // Nothing of it is lost should it have to be given up again.
        if legal.contains(.restore), calmTicks >= 1 {
            return (.restore, "there is room for the network that was set aside")
        }
        guard calmTicks >= Self.patience else { return (.none, "no rule applies") }
        let choices: [(Action, Bool, String)] = [
            (.trainMore, true, "there is room to learn more of the samples"),
            (.addMember, true, "there is room for another member"),
            (.replayMore, true, "there is room to learn samples again"),
            (
                .replayLess, observation[.rest] > 0.05,
                "replay may have come to be of no use"
            ),
            (
                .widen, observation[.growth] > 0.2,
                "new units could follow errors that these cannot"
            ),
            (
                .widen, observation[.loss] > 0.05,
                "there is room to try what more units bring"
            ),
            (
                .deepen,
                observation[.growth] > 0.5 && observation[.growthOutcome] > -0.1
                    && observation[.rest] > 0.2,
                "errors remain that wider layers may not reach"
            ),
            (.refresh, observation[.dormant] > 0.3, "many units are silent"),
            (
                .narrow,
                observation[.prune] < 0.02 && observation[.growth] < 0.1
                    && observation[.shrinkOutcome] > -0.3 && observation[.rest] > 0.4,
                "half of the units seem to do next to nothing"
            ),
        ]
        for (action, applies, reason) in choices where applies && legal.contains(action) {
            // What was done has to show in the load before anything more is.
            calmTicks = Self.patience - 1
            return (action, reason)
        }
        return (.none, "no rule applies")
    }

    /// What costs quality least comes first: repetition, then a share of the training, then size.
    private func relief(_ observation: Observation, legal: ChoiceSet) -> Action {
        if legal.contains(.replayLess) { return .replayLess }
        // Down to an eighth of the samples; below that the network is too large for the load.
        if legal.contains(.trainLess), observation[.trainShare] > -0.45 { return .trainLess }
        for action in [Action.retireMember, .narrow, .trainLess, .shallow]
        where legal.contains(action) {
            return action
        }
        return .none
    }
}

extension RulesPolicy: StateCodable {
    public func encode(to writer: inout StateWriter) { writer.write(calmTicks) }

    public init(from reader: inout StateReader) throws(StateError) {
        calmTicks = try reader.readInt()
    }
}
