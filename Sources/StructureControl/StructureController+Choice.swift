/// What is chosen of what is legal.
extension StructureController {
    /// How much more than the rules' choice another one must be worth, in thousands of samples, where it
    /// is done at once. With less a policy does better on what it was trained on and worse elsewhere.
    static let confidence: Float = 0.2
    /// The same where a trial judges what is done: what a change is worth on these samples it says
    /// better than any value. And where the structure is changed without one, which is dear to undo.
    static let gatedConfidence: Float = 1

    mutating func choose(_ seen: Observation, legal: ChoiceSet) -> Policy.Choice {
        if case .random(let share) = configuration.placebo {
            let isActing = generator.nextUniformDouble() < share
            let drawn = isActing ? legal.index(atRank: generator.nextIndex(below: legal.count)) : 0
            return Policy.Choice(action: Action.allCases[drawn], reason: "drawn")
        }
        let shown = configuration.placebo == .observations ? placebo.exchange(seen) : seen
        let (usual, reason) = baseline.choose(shown, legal: legal)
        if configuration.isDemonstrated { return Policy.Choice(action: usual, reason: reason) }
        var choice = policy!.choose(
            shown, legal: legal, epsilon: drawShare(seen), using: &generator)
        // Values are estimates, and the best of many is the most overrated one: what the rules say
        // stands unless another choice is clearly worth more (Laroche et al., "Safe Policy
        // Improvement with Baseline Bootstrapping", ICML 2019).
        if case .dqn = policy!, let values = choice.values, !choice.isExploration,
            values[choice.action.index] - values[usual.index]
                < Self.confidence(choice.action, over: usual, where: seen)
        {
            choice.action = usual
            choice.reason = reason
        }
        return choice
    }

    private static func confidence(
        _ choice: Action, over usual: Action, where seen: Observation
    ) -> Float {
        func isGated(_ action: Action) -> Bool {
            action.isStructural || action == .replayMore || action == .replayLess
        }
        let isTried = !seen.isBusy && !seen.isOverloaded && (isGated(choice) || isGated(usual))
        let isUntried = choice.isStructural && !usual.isStructural
        return isTried || isUntried ? gatedConfidence : confidence
    }

    /// How often something is drawn at this tick, to learn what it brings: by its samples, however many
    /// ticks they come in, and never under load, where a draw is dear.
    private func drawShare(_ seen: Observation) -> Double {
        let isFixed = rollout?.isBegun == true || seen.isBusy || seen.isOverloaded
        return isFixed ? 0 : configuration.epsilon * latestWeight
    }
}
