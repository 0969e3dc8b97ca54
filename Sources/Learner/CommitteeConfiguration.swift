import NeuralNetwork

/// How the networks beside the lead are made and weighed.
public struct CommitteeConfiguration: Equatable, Sendable {
    /// One for each network beside the lead, in the order in which they join.
    public var plans: [MemberPlan]
    /// What is left of a loss one sample later. In `(0, 1)`.
    public var memory: Float = 0.995
    /// How strongly a better record tips the scales. Above 0.
    public var rate: Float = 0.25

    /// - Parameter base: The lead's optimiser; companions share what they do not vary.
    public init(base: OptimizerConfiguration = OptimizerConfiguration()) {
        plans = Self.standardPlans(base: base)
    }

    static func standardPlans(base: OptimizerConfiguration) -> [MemberPlan] {
        func plan(
            _ hidden: [Int], _ name: OptimizerConfiguration.Name, _ rate: Float,
            _ activation: Activation? = nil, replays: Int = 0
        ) -> MemberPlan {
            var optimizer = base
            optimizer.name = name
            optimizer.learningRate = rate
            // Momentum lags behind a stream that moves.
            optimizer.beta1 = 0
            return MemberPlan(
                hidden: hidden, optimizer: optimizer, activation: activation, replays: replays)
        }
        return [
            plan([128], .adagrad, 0.05, .tanh),
            plan([128], .adam, 0.001, replays: 10),
            plan([64], .rmsprop, 0.01, .tanh),
            plan([64, 64], .adagrad, 0.05, .tanh),
            plan([128, 128], .rmsprop, 0.001),
            // Where a plane is all there is to find, nothing finds it sooner.
            plan([], .adagrad, 0.05),
            plan([128, 128], .adam, 0.001, replays: 10),
        ]
    }
}
