import StructureControl

/// Ten states with a known optimum: quiet or burst × five sizes. A size earns what its quality is
/// worth as long as it is fast enough for the load; a change costs a little.
struct DecisionProcess {
    static let stateCount = 10
    static let discount = 0.9
    /// Shrink, stay, grow.
    static let choiceCount = 3
    private static let quality = [0.2, 0.4, 0.6, 0.8, 1.0]
    private static let begins = 0.1
    private static let ends = 0.2

    static func legal(in state: Int) -> ChoiceSet {
        var legal = ChoiceSet(bits: 0b010)
        if state % 5 > 0 { legal.insert(0) }
        if state % 5 < 4 { legal.insert(2) }
        return legal
    }

    static func reward(state: Int, choice: Int) -> Double {
        let size = state % 5 + choice - 1
        let isBurst = state >= 5
        return (isBurst && size > 1 ? -1 : quality[size]) - (choice == 1 ? 0 : 0.05)
    }

    /// The next states with their probabilities.
    static func outcomes(state: Int, choice: Int) -> [(state: Int, probability: Double)] {
        let size = state % 5 + choice - 1
        let burst = state >= 5 ? 1 - ends : begins
        return [(size, 1 - burst), (size + 5, burst)]
    }

    static func value(_ values: [Double], state: Int, choice: Int) -> Double {
        outcomes(state: state, choice: choice).reduce(reward(state: state, choice: choice)) {
            $0 + discount * $1.probability * values[$1.state]
        }
    }

    /// Mean value of all states under a policy; with `nil`, under the best one (value iteration).
    static func worth(_ policy: [Int]?) -> Double {
        var values = [Double](repeating: 0, count: stateCount)
        for _ in 0..<400 {
            values = (0..<stateCount).map { state in
                if let policy { return value(values, state: state, choice: policy[state]) }
                return (0..<choiceCount).filter { legal(in: state).contains($0) }
                    .map { value(values, state: state, choice: $0) }.max()!
            }
        }
        return values.reduce(0, +) / Double(stateCount)
    }
}
