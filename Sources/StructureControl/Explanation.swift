extension Policy.Choice {
    /// Value of the choice above that of doing nothing; `nil` for rules.
    var advantage: Double? {
        values.map { Double($0[action.index] - $0[Action.none.index]) }
    }
}

extension Action {
    /// As a sentence begins with it.
    public var words: String {
        switch self {
        case .none: "Doing nothing"
        case .widen: "Doubling a layer's units"
        case .narrow: "Halving a layer's units"
        case .deepen: "Adding a hidden layer"
        case .shallow: "Removing a hidden layer"
        case .refresh: "Renewing the units of least use"
        case .restore: "Bringing the wider network back"
        case .addMember: "Adding a member"
        case .retireMember: "Retiring a member"
        case .replayMore: "Replaying more"
        case .replayLess: "Replaying less"
        case .trainMore: "Learning a larger share of the samples"
        case .trainLess: "Learning a smaller share of the samples"
        }
    }
}

extension StructureController {
    /// Why an action was chosen, in a sentence.
    func sentence(_ choice: Policy.Choice, by: PolicyName, observation: Observation) -> String {
        let seen =
            "load \(decimals(Double(observation.load))) of 1, "
            + "lag \(decimals(Double(observation[.lag]))) of 1, "
            + "growth signal \(decimals(Double(observation[.growth]))), "
            + "loss trend \(signed(Double(observation[.trend])))"
        let why: String
        if let reason = choice.reason {
            why = reason
        } else if choice.isExploration {
            why = "drawn to learn what it brings"
        } else {
            why = "valued \(signed(choice.advantage ?? 0)) above doing nothing"
        }
        return "\(choice.action.words): \(why); \(seen)"
    }
}

/// A number with three decimals, or with two digits that count where that is more, up to six decimals.
func decimals(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e9 else { return "\(value)" }
    var places = 3
    var scale = 1_000
    while places < 6, value != 0, value.magnitude * Double(scale) < 9.5 {
        places += 1
        scale *= 10
    }
    let units = Int((value.magnitude * Double(scale)).rounded())
    let rest = String(units % scale)
    let zeros = String(repeating: "0", count: places - rest.count)
    return (value < 0 && units > 0 ? "−" : "") + "\(units / scale).\(zeros)\(rest)"
}

/// A number with its sign.
func signed(_ value: Double) -> String { (value >= 0 ? "+" : "") + decimals(value) }
