import Learner
import NeuralNetwork
import StructureControl

/// Who decides in a simulation, and from what it starts.
public struct Contender: Sendable {
    public var name: String
    /// `nil`: the scenario's.
    public var hidden: [Int]?
    public var control: ControlConfiguration
    public var policy: Policy?
    /// Networks beside the lead, by their hidden layers.
    public var companions: [[Int]] = []

    public init(
        _ name: String, hidden: [Int]? = nil, policy decider: PolicyName? = nil,
        learned: Policy? = nil
    ) {
        self.name = name
        self.hidden = hidden
        control = ControlConfiguration()
        control.policy = decider
        policy = learned
    }

    /// A network that stays as it is.
    public static func fixed(_ width: Int) -> Contender {
        Contender("fixed-\(width)", hidden: [width])
    }

    /// The largest rung, which may only learn fewer samples.
    public static func shedding(_ width: Int) -> Contender {
        var contender = Contender("shed-\(width)", hidden: [width], policy: .rules)
        contender.control.allowed = ChoiceSet([.none, .trainMore, .trainLess])
        return contender
    }

    /// Sizes that are all kept warm while there is room, the smallest always.
    public static func ladder(_ rungs: [Int]) -> Contender {
        var contender = Contender("ladder", hidden: [rungs[0]], policy: .rules)
        contender.companions = rungs.dropFirst().prefix(2).map { [$0] }
        contender.control.allowed = ChoiceSet([
            .none, .addMember, .retireMember, .trainMore, .trainLess,
        ])
        return contender
    }

    /// Three equal networks.
    public static func committee(_ width: Int) -> Contender {
        var contender = Contender("committee-3", hidden: [width])
        contender.companions = [[width], [width]]
        return contender
    }

    public static let rules = Contender("rules", policy: .rules)

    /// - Parameter learned: What it starts from.
    public static func dqn(_ learned: Policy) -> Contender {
        Contender("dqn", policy: .dqn, learned: learned)
    }

    /// Starts with a table that knows nothing.
    public static let table: Contender = {
        var contender = Contender("q-learning", policy: .qLearning)
        contender.control.epsilon = 0.05
        return contender
    }()

    /// A policy that gets observations of other times.
    public static func blind(_ learned: Policy) -> Contender {
        var contender = Contender("observations-permuted", policy: .dqn, learned: learned)
        contender.control.placebo = .observations
        return contender
    }

    /// A policy that gets rewards of other decisions.
    ///
    /// - Parameter learned: Trained like that; `nil` starts with nothing, and draws more.
    public static func misled(_ learned: Policy? = nil) -> Contender {
        var contender = Contender("rewards-permuted", policy: .dqn, learned: learned)
        contender.control.placebo = .rewards
        if learned == nil { contender.control.epsilon = 0.1 }
        return contender
    }

    /// Legal actions at random, about as many as another contender took.
    public static func random(share: Double) -> Contender {
        var contender = Contender("random", policy: .dqn)
        contender.control.placebo = .random(share: share)
        contender.control.isLearning = false
        return contender
    }
}
