/// How long a trial lasts, and what it must bring.
public struct TrialPlan: Equatable, Sendable {
    public let window: Int
    /// In nats per sample; negative: what it may cost.
    public let price: Double

    /// - Parameter load: Demanded over allowed share of the processor.
    public init(_ action: Action, facts: LearnerFacts, load: Double) {
        // Economy matters in proportion to the load; a nat is worth the same everywhere.
        let economy = 0.002 * min(max(load, 0.1), 1)
        switch action {
        case .widen, .deepen, .restore:
            // New units start silent, and a small network learns to use them sooner.
            let after =
                switch action {
                case .deepen: facts.deepenedParameterCount
                case .restore: facts.parkedParameterCount
                default: facts.widenedParameterCount
                }
            window = min(max(400 + after / 4, 600), 4_000)
            price = max(economy / 4, 0.001)
        case .replayMore:
            // Samples learned again show at once what they are worth. They are most of the work of
            // a single network, so they have to bring more than a few units.
            window = 800
            price = 0.015
        case .replayLess:
            // Done without unless it is missed.
            window = 2_000
            price = -0.005
        case .narrow, .shallow:
            window = 1_000
            price = -economy
        default:
            window = 2_000
            price = 0
        }
    }
}
