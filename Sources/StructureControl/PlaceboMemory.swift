import Randomness

/// Exchanges what a spoilt policy gets for what it would have got at another time. Experiments end
/// with their process, so this is no part of a learner's state.
struct PlaceboMemory: Equatable, Sendable {
    private var observations: [Observation] = []
    private var rewards: [Double] = []
    private var generator = SeededGenerator(seed: 0x706C_6163)

    private static let capacity = 64

    mutating func exchange(_ observation: Observation) -> Observation {
        if observations.count < Self.capacity {
            observations.append(observation)
        } else {
            observations[generator.nextIndex(below: Self.capacity)] = observation
        }
        return observations[generator.nextIndex(below: observations.count)]
    }

    mutating func exchange(_ reward: Double) -> Double {
        if rewards.count < Self.capacity {
            rewards.append(reward)
        } else {
            rewards[generator.nextIndex(below: Self.capacity)] = reward
        }
        return rewards[generator.nextIndex(below: rewards.count)]
    }
}
