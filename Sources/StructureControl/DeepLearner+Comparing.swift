/// What came of several choices in one state, each tried by a copy of the same run.
public struct ComparedChoices: Equatable, Sendable {
    /// What one of them has earned.
    public struct Return: Equatable, Sendable {
        public var choice: Int
        public var reward: Float

        public init(choice: Int, reward: Float) {
            self.choice = choice
            self.reward = reward
        }
    }

    public var features: [Float]
    /// What was chosen, and what was earned by it over the same samples, discounted.
    public var returns: [Return] = []
    /// What is left of a reward after the first choice's return, and where that has come to.
    public var discount: Float = 0
    public var next: [Float]?
    public var legal = ChoiceSet()
    /// What no one may choose.
    public var barred: ChoiceSet

    public init(features: [Float], barred: ChoiceSet = ChoiceSet()) {
        self.features = features
        self.barred = barred
    }
}

extension DeepLearner {
    /// One update from a draw of states in which the choices' returns are known side by side.
    ///
    /// What choices are worth beyond the first one is learned from differences over the same samples:
    /// whatever the stream does in them is no part of it.
    public mutating func learn(_ known: [ComparedChoices]) {
        precondition(!known.isEmpty, "there is nothing to learn from")
        var inputs: [Float] = []
        var targets: [Float] = []
        for _ in 0..<Self.batchSize {
            let state = known[generator.nextIndex(below: known.count)]
            inputs.append(contentsOf: state.features)
            targets.append(contentsOf: goals(of: state))
        }
        fit(inputs: inputs, targets: targets)
    }

    private func goals(of state: ComparedChoices) -> [Float] {
        var goals = outputs(of: state.features)
        let others = state.returns.filter { $0.choice != 0 }
        if let first = state.returns.first(where: { $0.choice == 0 }) {
            let rest = state.next.map { state.discount * worth(of: $0, legal: state.legal) } ?? 0
            goals[0] = first.reward + rest
            for other in others { goals[other.choice] = other.reward - first.reward }
        } else if !others.isEmpty {
            // Only how they compare with each other.
            let count = Float(others.count)
            let centre = others.reduce(0) { $0 + goals[$1.choice] } / count
            let mean = others.reduce(0) { $0 + $1.reward } / count
            for other in others { goals[other.choice] = centre + other.reward - mean }
        }
        let best = others.map { goals[$0.choice] }.max() ?? 0
        bar(state.barred, below: goals[0] + max(best, 0), in: &goals)
        return goals
    }
}
