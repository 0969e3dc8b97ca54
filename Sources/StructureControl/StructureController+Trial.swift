import Glibc

/// The gate: a change of structure is kept for what it brings on the same samples.
extension StructureController {
    /// The owner has made the twin: the trial runs.
    ///
    /// - Parameter cost: Parameters of the twin.
    public mutating func beginTrial(window: Int, price: Double, cost: Int) {
        guard let action = open?.action else { return }
        open?.trial = Trial(action: action, window: window, price: price)
        open?.trial?.cost = cost
        shield.pay(Double(cost * window))
    }

    /// Accounts for one sample on which twin and incumbent were charged, in nats.
    public mutating func compare(changed: Double, incumbent: Double) -> Trial.Verdict {
        open?.trial?.compare(changed: changed, incumbent: incumbent) ?? .wait
    }

    /// The owner has kept or undone the change on trial.
    ///
    /// - Parameters:
    ///   - isKept: What was done.
    ///   - lossScale: Loss of who knows nothing; gains count as shares of it.
    ///   - reason: Why, where the samples did not decide.
    /// - Returns: What the world should hear.
    public mutating func concludeTrial(
        isKept: Bool, lossScale: Double, reason: String? = nil
    ) -> ControlDecision? {
        guard let open, let trial = open.trial else { return nil }
        self.open?.trial = nil
        let gain = trial.brought
        // An early verdict gives back what the rest of the window would have cost.
        shield.pay(-Double(trial.cost * max(0, trial.window - trial.count)))
        if isKept {
            counts.kept += 1
            self.open?.add(
                bonus: Self.horizon * gain / lossScale - Reward.change)
            rest = 0
        } else {
            counts.reverted += 1
            self.open?.add(bonus: -Reward.change)
        }
        // A trial that was broken off says nothing about the change.
        if reason == nil {
            patience.note(trial.action, isKept: isKept)
            // What was not missed is not to be tried again at once.
            if isKept, trial.action == .replayLess {
                patience.note(.replayMore, isKept: false)
            }
        }
        lastReward = self.open?.reward
        if let family = trial.action.family {
            outcomes[family.rawValue] = isKept ? 1 : -1
        }
        let brought =
            "brought \(signed(gain)) nats a sample over \(trial.count) samples, "
            + "asked were \(signed(trial.price))"
        let expected = open.expected.map { "; its value had been \(signed($0)) above none" } ?? ""
        return ControlDecision(
            kind: isKept ? .keep : .revert, action: trial.action, by: policy?.name ?? .rules,
            observation: observation ?? open.observation, values: open.values,
            expected: open.expected,
            reason: reason ?? "\(trial.action.words) \(brought)\(expected)")
    }

    /// The owner has done at once what was decided.
    public mutating func noteDone(changesStructure: Bool) {
        guard changesStructure else { return }
        counts.kept += 1
        rest = 0
        open?.add(bonus: -Reward.change)
    }

    /// The owner could not do it: nothing has changed.
    public mutating func noteImpossible() {
        open?.action = .none
        // A policy that wants what cannot be done should not ask again at once.
        rest = 0
    }

    /// Outcomes fade, so that what did not help once is tried again later.
    mutating func fadeOutcomes(weight: Double) {
        let fading = pow(0.97, weight)
        for index in outcomes.indices { outcomes[index] *= fading }
    }
}
