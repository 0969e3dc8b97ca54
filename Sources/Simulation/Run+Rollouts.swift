import Randomness
import StructureControl

extension Run {
    /// Runs to the end, and finds out on the way what comes of the choices that there are: copies of the
    /// run make each of them and go on by the policy without draws.
    ///
    /// - Parameters:
    ///   - horizon: Samples that a copy goes on for.
    ///   - share: Of the decisions that are looked at. With a peak ahead, which is rare, all are.
    mutating func finishByRollouts(
        horizon: Int, share: Double, using generator: inout SeededGenerator
    ) -> [ComparedChoices] {
        var found: [ComparedChoices] = []
        while advance() {
            guard isTickDue else { continue }
            let before = self
            learner.rollout = Rollout(nil)
            handleTick()
            let legal = learner.rollout!.legal ?? ChoiceSet()
            learner.rollout = nil
            effects.removeAll(keepingCapacity: true)
            guard legal.count > 1, let seen = learner.observation else { continue }
            guard seen.isPeakDue || generator.nextUniformDouble() < share else { continue }
            found.append(compared(before, seen, legal: legal, horizon: horizon))
        }
        return found
    }

    private func compared(
        _ before: Run, _ seen: Observation, legal: ChoiceSet, horizon: Int
    ) -> ComparedChoices {
        var known = ComparedChoices(
            features: seen.values, barred: Policy.barred(where: seen))
        for action in Action.allCases where legal.contains(action) {
            var copy = before
            guard let outcome = copy.rollOut(action, horizon: horizon) else { continue }
            known.returns.append(
                .init(choice: action.index, reward: Float(outcome.reward)))
            guard action == .none, let end = outcome.end else { continue }
            known.discount = Float(outcome.discount)
            known.next = end.observation.values
            known.legal = end.legal
        }
        return known
    }

    /// - Returns: `nil` where the shield did something else, or no decision came after.
    private mutating func rollOut(_ action: Action, horizon: Int) -> Rollout? {
        learner.rollout = Rollout(action)
        let end = taken + horizon
        repeat {
            if isTickDue { handleTick() }
            effects.removeAll(keepingCapacity: true)
        } while taken < end && advance()
        guard let outcome = learner.rollout, !outcome.isOverruled, outcome.end != nil else {
            return nil
        }
        return outcome
    }
}
