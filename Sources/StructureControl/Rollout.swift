/// What comes of one choice: a copy of a run makes it, goes on as its policy says, and adds up what it
/// earns.
///
/// Copies of the same run see the same samples, so their differences are the choices' alone: far fewer
/// decisions are needed than where each is compared with others of other times.
///
/// - Source: Schulman et al., "Trust Region Policy Optimization", ICML 2015, 5.2, "vine".
public struct Rollout: Equatable, Sendable {
    /// `nil`: what the policy says; only what may be chosen is noted.
    public let action: Action?
    /// What could be chosen; `nil` before the decision.
    public private(set) var legal: ChoiceSet?
    /// Whether the choice has been made.
    public private(set) var isBegun = false
    /// Whether the shield did something else.
    public internal(set) var isOverruled = false
    /// Earned since, discounted.
    public private(set) var reward = 0.0
    /// What is left of a reward that comes after.
    public private(set) var discount = 1.0
    /// Where it has come to, and what can be chosen there; `nil` before the next decision.
    public private(set) var end: End?

    /// A state, and what can be chosen in it.
    public struct End: Equatable, Sendable {
        public let observation: Observation
        public let legal: ChoiceSet
    }

    public init(_ action: Action?) { self.action = action }

    /// A decision is due.
    ///
    /// - Returns: What has to be chosen; `nil`: what the policy says.
    mutating func begin(legal: ChoiceSet) -> Action? {
        guard self.legal == nil else { return nil }
        self.legal = legal
        guard let action, legal.contains(action) else { return nil }
        isBegun = true
        return action
    }

    mutating func add(
        reward earned: Double, discount left: Double, next: Observation, legal: ChoiceSet
    ) {
        reward += discount * earned
        discount *= left
        end = End(observation: next, legal: legal)
    }
}
