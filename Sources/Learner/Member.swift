import Features
import Kernels
import NeuralNetwork
import Randomness
import StateCoding

/// One network of the committee with everything that its learning needs.
struct Member: Equatable, Sendable {
    /// Which member this is; never given twice.
    let identifier: Int
    var role: MemberRole
    var plan: MemberPlan
    var network: Network
    var schedule: Schedule
    /// Updates of the weights so far.
    var updateCount = 0
    /// How well it has predicted lately.
    var standing = Standing()
    /// Whether it predicts and learns; else it waits until there is time for it again.
    var isAwake = true
    /// Running mean of the gradient's norm over ordinary updates, and how many they were.
    private var usualNorm: Float = 0
    private var ordinaryCount = 0
    /// Extreme updates since the last ordinary one.
    private var extremeRun = 0

    init(
        identifier: Int, role: MemberRole, plan: MemberPlan, network: Network, schedule: Schedule
    ) {
        self.identifier = identifier
        self.role = role
        self.plan = plan
        self.network = network
        self.schedule = schedule
    }

    /// A copy under another name, with everything that the original has learned.
    init(copyOf other: Member, identifier: Int, role: MemberRole) {
        self.init(
            identifier: identifier, role: role, plan: other.plan, network: other.network,
            schedule: other.schedule)
        updateCount = other.updateCount
        standing = other.standing
        standing.paired = PairedLoss()
        usualNorm = other.usualNorm
        ordinaryCount = other.ordinaryCount
        extremeRun = other.extremeRun
    }

    /// The rate of the next update.
    var learningRate: Float { schedule.rate(at: updateCount) }

    /// Whether it has a share in answers.
    var isMixed: Bool { isAwake && role != .twin }

    /// Ordinary updates before there is a usual norm.
    private static let boundedFrom = 100
    /// How far an extreme sample may move the weights, as a share of what is usual.
    private static let extremeShare: Float = 0.25

    /// Answers to one sample.
    ///
    /// Mutating, though it changes nothing: such a call finds the network where it lies, in an array
    /// too, while any other would be given a copy of it.
    mutating func answer(
        _ inputs: borrowing [Float], into outputs: inout [Float],
        using workspace: inout Workspace
    ) {
        network.predict(inputs, into: &outputs, using: &workspace)
    }

    /// Learns a micro-batch.
    ///
    /// One with an extreme sample moves the weights a quarter as far as is usual, and the `n`-th of
    /// a burst a share `1/n` of that: an optimiser that divides by the root of small squared
    /// gradients would turn one absurd value into the step of a hundred samples. Values that stay
    /// extreme move the statistics until they are ordinary.
    mutating func learn(
        _ batch: PendingBatch, using workspace: inout Workspace
    ) -> StepOutcome {
        let isBounded = batch.isExtreme && ordinaryCount >= Self.boundedFrom
        extremeRun = batch.isExtreme ? extremeRun + 1 : 0
        let outcome = network.learn(
            inputs: batch.inputs.span, targets: batch.targets.span,
            importances: batch.importances.span, learningRate: learningRate,
            gradientLimit: isBounded
                ? Self.extremeShare * usualNorm / Float(extremeRun) : .infinity,
            using: &workspace)
        updateCount += 1
        if outcome.applied, !batch.isExtreme {
            ordinaryCount += 1
            usualNorm += (outcome.gradientNorm - usualNorm) / Float(min(ordinaryCount, 100))
        }
        return outcome
    }

    /// Updates from one shrinking to the next.
    private static let shrinkingPeriod = 1_000
    /// Updates without any: a young network does not tire, and needs what it has learned.
    private static let youth = 50_000

    /// Keeps the network able to learn, now and then.
    ///
    /// - Parameter share: What each weight gives up per ``shrinkingPeriod`` updates.
    mutating func shrink(by share: Double) {
        guard updateCount > Self.youth, updateCount % Self.shrinkingPeriod == 0 else { return }
        // In full from twice that age on.
        let progress = min(1, Double(updateCount - Self.youth) / Double(Self.youth))
        network.shrink(by: Float(share * progress))
    }

    /// Learns a sample of the past again. The schedule counts new samples only.
    mutating func learnAgain(
        _ slot: Int, of memory: borrowing ReplayMemory, using workspace: inout Workspace
    ) {
        _ = network.learn(
            inputs: memory.values.span.extracting(memory.inputRange(of: slot)),
            targets: memory.targetValues.span.extracting(memory.targetRange(of: slot)),
            importances: memory.importances.span.extracting(slot..<slot + 1),
            learningRate: learningRate, using: &workspace)
    }

    /// Tells the schedule that the stream has changed.
    mutating func noteDrift() { schedule.noteDrift(at: updateCount) }

    /// Follows the encoder: the network keeps one input per column.
    mutating func follow(_ change: InputChange) {
        if !change.removed.isEmpty { network.removeInputs(change.removed) }
        if change.appended > 0 { network.appendInputs(change.appended) }
    }

    /// Follows the schema: one logit up to two classes, else one output per class. The classes that
    /// were known keep their order.
    mutating func follow(classCount: Int) {
        if network.loss == .logistic {
            if classCount > 2 { network.becomeSoftmax(outputCount: classCount) }
        } else if classCount > network.outputCount {
            network.appendOutputs(classCount - network.outputCount)
        }
    }
}

extension Member {
    /// Classes that the present output layer can tell apart.
    var classCapacity: Int {
        // A call would be given a copy of the member.
        @inline(__always) get { network.loss == .logistic ? 2 : network.outputCount }
    }
}

extension Network {
    /// Predicts one sample into an array.
    ///
    /// Arrays, because two fields of one buffer cannot lend a span each at the same time.
    func predict(
        _ inputs: [Float], into outputs: inout [Float], using workspace: inout Workspace
    ) {
        var span = outputs.mutableSpan
        predict(inputs.span, into: &span, using: &workspace)
    }
}

extension PredictionNetwork {
    /// Predicts one sample into an array.
    func predict(
        _ inputs: [Float], into outputs: inout [Float], using workspace: inout Workspace
    ) {
        var span = outputs.mutableSpan
        predict(inputs.span, into: &span, using: &workspace)
    }
}

extension Member: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(identifier)
        writer.write(role.rawValue)
        writer.write(plan)
        writer.write(network)
        writer.write(schedule)
        writer.write(updateCount)
        writer.write(standing)
        writer.write(isAwake)
        writer.write(usualNorm)
        writer.write(ordinaryCount)
        writer.write(extremeRun)
    }

    init(from reader: inout StateReader) throws(StateError) {
        identifier = try reader.readInt()
        guard let role = MemberRole(rawValue: try reader.readString()) else {
            throw .invalid(what: "a member's role", offset: reader.offset)
        }
        self.role = role
        plan = try reader.read()
        network = try reader.read()
        schedule = try reader.read()
        updateCount = try reader.readInt()
        standing = try reader.read()
        isAwake = try reader.readBool()
        usualNorm = try reader.readFloat()
        ordinaryCount = try reader.readInt()
        extremeRun = try reader.readInt()
    }
}
