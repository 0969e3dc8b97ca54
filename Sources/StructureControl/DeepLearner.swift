import Kernels
import NeuralNetwork
import Randomness
import StateCoding

/// Double deep Q-learning over a vector of numbers, for decisions that last different times.
///
/// The value network is the project's own. Its first output is what the first choice is worth, the
/// others what each choice is worth beyond that: what all choices share is not learned once for
/// each. It learns micro-batches from a replay memory; a target network follows it slowly. Choices
/// that were not made get their own value as target, so they give no gradient; Huber's loss bounds
/// that of the one that was made. Nobody ever sees what comes of a choice that is not allowed, so
/// those are held below the one that was made by a margin.
///
/// - Source: van Hasselt, Guez, Silver, "Deep Reinforcement Learning with Double Q-learning", AAAI
///   2016, eq. 4; Wang et al., "Dueling Network Architectures", ICML 2016, with the first choice's
///   advantage fixed at 0; Lillicrap et al., arXiv:1509.02971, for the slow target; Hester et al.,
///   "Deep Q-learning from Demonstrations", AAAI 2018, eq. 2, for the margin.
public struct DeepLearner: Equatable, Sendable {
    public let featureCount: Int
    public let choiceCount: Int
    var network: Network
    var target: Network
    private(set) var memory: ReplayMemory
    var generator: SeededGenerator

    /// Transitions per update.
    static let batchSize = 32
    private static let targetRate: Float = 0.005
    /// How far a choice that is not allowed is to stay below the one that was made.
    private static let margin: Float = 0.3
    public var learningRate: Float = 0.0005
    /// The same for one that has learned before: what a single run shows is far noisier than what that
    /// came from.
    private static let tuningRate: Float = 0.000005

    /// - Parameters:
    ///   - hidden: Widths of the value network's layers.
    ///   - capacity: Transitions that are remembered. At least 1.
    public init(
        featureCount: Int, choiceCount: Int, hidden: [Int] = [32, 32], capacity: Int,
        seed: UInt64
    ) {
        precondition(featureCount >= 1 && (1...32).contains(choiceCount), "nothing to value")
        self.featureCount = featureCount
        self.choiceCount = choiceCount
        generator = SeededGenerator(seed: seed)
        var optimizer = OptimizerConfiguration()
        optimizer.name = .adam
        optimizer.gradientClip = 10
        network = Network(
            inputCount: featureCount, hidden: hidden, outputCount: choiceCount, activation: .relu,
            loss: .huber, optimizer: optimizer, generator: &generator)
        target = network
        memory = ReplayMemory(capacity: capacity)
    }

    /// A learner that starts from given weights, in the order of `Network.positions`.
    ///
    /// - Returns: `nil` when there are not as many as the network has.
    public init?(
        featureCount: Int, choiceCount: Int, hidden: [Int], capacity: Int, weights: [Float],
        seed: UInt64
    ) {
        self.init(
            featureCount: featureCount, choiceCount: choiceCount, hidden: hidden,
            capacity: capacity, seed: seed)
        let positions = network.positions
        guard positions.count == weights.count else { return nil }
        for (position, weight) in zip(positions, weights) { network[position] = weight }
        target = network
        learningRate = Self.tuningRate
    }

    /// Widths of the value network.
    public var hidden: [Int] { network.hidden }

    /// Every weight and bias, in the order of `Network.positions`.
    public var weights: [Float] { network.positions.map { network[$0] } }

    /// Values of every choice, legal or not.
    public func values(of features: [Float]) -> [Float] {
        Self.values(outputs(of: features))
    }

    /// What the network says: the first choice's value, and what each other adds to it.
    func outputs(of features: [Float]) -> [Float] {
        Self.outputs(of: features, network: network, choiceCount: choiceCount)
    }

    private static func values(_ outputs: [Float]) -> [Float] {
        [outputs[0]] + outputs.dropFirst().map { outputs[0] + $0 }
    }

    /// Remembers one decision and learns from a draw of the memory.
    public mutating func learn(_ transition: ReplayMemory.Transition) {
        memory.insert(transition)
        guard memory.count >= Self.batchSize else { return }
        learnFromMemory()
    }

    /// One update from a draw of the memory, which must hold something.
    public mutating func learnFromMemory() {
        var inputs: [Float] = []
        var targets: [Float] = []
        for _ in 0..<Self.batchSize {
            let transition = memory[generator.nextIndex(below: memory.count)]
            var goals = outputs(of: transition.features)
            let goal = goal(of: transition)
            let choice = transition.choice
            let error = goal - (choice == 0 ? goals[0] : goals[0] + goals[choice])
            goals[0] += error
            if choice > 0 { goals[choice] += error }
            bar(transition.barred, below: goal, in: &goals)
            inputs.append(contentsOf: transition.features)
            targets.append(contentsOf: goals)
        }
        fit(inputs: inputs, targets: targets)
    }

    /// Holds what is not allowed below a value.
    func bar(_ barred: ChoiceSet, below value: Float, in goals: inout [Float]) {
        for choice in 1..<choiceCount where barred.contains(choice) {
            goals[choice] = min(goals[choice], value - Self.margin - goals[0])
        }
    }

    /// One step of the network, and one of its slow copy.
    mutating func fit(inputs: [Float], targets: [Float]) {
        var workspace = Workspace()
        let importances = [Float](repeating: 1, count: inputs.count / featureCount)
        _ = network.learn(
            inputs: inputs.span, targets: targets.span, importances: importances.span,
            learningRate: learningRate, using: &workspace)
        for position in network.positions {
            target[position] += Self.targetRate * (network[position] - target[position])
        }
    }

    /// Reward, and what the choice that seems best is worth to the slow network.
    private func goal(of transition: ReplayMemory.Transition) -> Float {
        guard let next = transition.next else { return transition.reward }
        return transition.reward + transition.discount * worth(of: next, legal: transition.legal)
    }

    /// What the choice that seems best is worth to the slow network.
    func worth(of features: [Float], legal: ChoiceSet) -> Float {
        let best = legal.best(of: values(of: features)[...])
        return Self.values(
            Self.outputs(of: features, network: target, choiceCount: choiceCount))[best]
    }

    private static func outputs(
        of features: [Float], network: Network, choiceCount: Int
    ) -> [Float] {
        var workspace = Workspace()
        var outputs = [Float](repeating: 0, count: choiceCount)
        var span = outputs.mutableSpan
        network.predict(features.span, into: &span, using: &workspace)
        return outputs
    }
}

extension DeepLearner: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(featureCount)
        writer.write(choiceCount)
        writer.write(network)
        writer.write(target)
        writer.write(memory)
        writer.write(generator)
        writer.write(learningRate)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        featureCount = try reader.readInt()
        choiceCount = try reader.readInt()
        network = try reader.read()
        target = try reader.read()
        memory = try reader.read()
        generator = try reader.read()
        learningRate = try reader.readFloat()
        let isSound =
            network.inputCount == featureCount && network.outputCount == choiceCount
            && network.hidden == target.hidden && target.inputCount == featureCount
            && target.outputCount == choiceCount && (1...32).contains(choiceCount)
        guard isSound, memory.isSound(featureCount: featureCount, choiceCount: choiceCount)
        else { throw .invalid(what: "value network", offset: offset) }
    }
}
