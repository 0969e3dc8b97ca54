import WireFormat

/// What the messages of the status socket add up to, from the start of the process.
struct Tallies: Equatable, Sendable {
    struct Adaptation: Equatable, Sendable {
        let action: String
        let outcome: String
        var count: Int
    }

    /// Those that are to be expected from the start, at 0, so that a rate of the first one is seen;
    /// others in the order in which they were first met.
    private(set) var adaptations = Self.expected
    private(set) var checkpoints = 0
    private var alerts: [AlertMessage.Severity: Int] = [:]

    init() {}

    private static var expected: [Adaptation] {
        let trials = ["grow", "shrink", "insert_layer", "remove_layer", "refresh", "restore"]
        let commands = trials + ["prune", "distill"]
        let spending = ["train_share", "replay", "committee"]
        func zeros(_ actions: [String], _ outcome: AdaptationMessage.Event) -> [Adaptation] {
            actions.map { Adaptation(action: $0, outcome: outcome.rawValue, count: 0) }
        }
        return zeros(trials, .proposed) + zeros(trials + spending, .kept)
            + zeros(trials + ["distill"], .reverted) + zeros(commands, .forced)
    }

    func alertCount(_ severity: AlertMessage.Severity) -> Int { alerts[severity, default: 0] }

    mutating func note(_ message: StatusMessage) {
        switch message {
        case .adaptation(let body): count(body)
        case .alert(let body): alerts[body.severity, default: 0] += 1
        case .checkpoint: checkpoints += 1
        case .status, .drift, .rejected: break
        }
    }

    private mutating func count(_ body: AdaptationMessage) {
        var action = "none"
        if case .string(let name)? = body.action?["op"] { action = name }
        let outcome = body.event.rawValue
        let index = adaptations.firstIndex { $0.action == action && $0.outcome == outcome }
        if let index {
            adaptations[index].count += 1
        } else {
            adaptations.append(Adaptation(action: action, outcome: outcome, count: 1))
        }
    }
}
