import Features
import NeuralNetwork
import Randomness
import StateCoding
import StructureControl

/// The controller inside a learner, with what it has under way.
struct Control: Equatable, Sendable {
    var controller: StructureController
    /// The member that is on trial, and what was done to it.
    var trial: OpenTrial?
    /// How the trial ended, until it is settled behind the sample.
    var verdict: Trial.Verdict?
    /// The network that was set aside under load.
    var parked: Network?
    /// Narrower networks from before the last growths, the newest last: members that learn on while
    /// there is room for it and peaks of the load are to be expected, and take no part in answers.
    var reserves: [Int] = []
    /// Replays per sample that a single network gave up under load; 0: none.
    var shedReplays = 0
    /// Share of the samples that is learned, in `(0, 1]`.
    var trainShare = 1.0
    /// What the share has saved up: at 1 the next sample is learned.
    private var trainCredit = 0.0
    /// Charges of the samples since the last tick.
    private(set) var lossSum = 0.0
    private(set) var lossCount = 0
    var refusedStepsAtTick = 0
    var tickCount = 0
    var growthSignal = 0.0
    var pruneSignal = 0.0
    var dormantShare = 0.0
    var generator: SeededGenerator

    struct OpenTrial: Equatable, Sendable {
        var member: Int
        var operation: Adaptation.Operation
        var before: Adaptation.Size
    }

    init(_ configuration: LearnerConfiguration) {
        let seed = configuration.model.seed
        controller = StructureController(
            configuration: configuration.control, policy: configuration.learnedPolicy, seed: seed)
        generator = SeededGenerator(seed: seed ^ 0x636F_6E74_726F_6C21)
    }

    /// Takes a sample's charge in.
    mutating func charge(_ loss: Double) {
        // One absurd sample should not look like a drift.
        lossSum += loss < 20 ? loss : 20
        lossCount += 1
    }

    mutating func takeMeanLoss() -> Double? {
        defer { (lossSum, lossCount) = (0, 0) }
        return lossCount > 0 ? lossSum / Double(lossCount) : nil
    }

    /// Whether the next sample is scored only. Evenly spread, so that no chance is needed.
    mutating func sheds() -> Bool {
        guard trainShare < 1 else { return false }
        trainCredit += trainShare
        guard trainCredit >= 1 else { return true }
        trainCredit -= 1
        return false
    }
}

extension Control: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(controller)
        writer.write(trial)
        writer.write(parked)
        writer.write(reserves)
        writer.write(shedReplays)
        writer.write(trainShare)
        writer.write(trainCredit)
        writer.write(lossSum)
        writer.write(lossCount)
        writer.write(refusedStepsAtTick)
        writer.write(tickCount)
        writer.write(growthSignal)
        writer.write(pruneSignal)
        writer.write(dormantShare)
        writer.write(generator)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        controller = try reader.read()
        trial = try reader.readOptional()
        parked = try reader.readOptional()
        reserves = try reader.readInts()
        shedReplays = try reader.readInt()
        trainShare = try reader.readDouble()
        trainCredit = try reader.readDouble()
        lossSum = try reader.readDouble()
        lossCount = try reader.readInt()
        refusedStepsAtTick = try reader.readInt()
        tickCount = try reader.readInt()
        growthSignal = try reader.readDouble()
        pruneSignal = try reader.readDouble()
        dormantShare = try reader.readDouble()
        generator = try reader.read()
        guard shedReplays >= 0, trainShare > 0, trainShare <= 1, trainCredit >= 0, trainCredit < 1,
            (trial == nil) == (controller.trial == nil)
        else { throw .invalid(what: "controller's work", offset: offset) }
    }
}

extension Control.OpenTrial: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(member)
        writer.write(operation.name)
        writer.write(operation.arguments.map(\.name))
        writer.write(operation.arguments.map(\.value))
        writer.write(before.hidden)
        writer.write(before.parameterCount)
    }

    init(from reader: inout StateReader) throws(StateError) {
        member = try reader.readInt()
        let name = try reader.readString()
        let names = try reader.readStrings()
        let values = try reader.readDoubles()
        operation = .init(name, zip(names, values).map { .init($0, $1) })
        before = .init(hidden: try reader.readInts(), parameterCount: try reader.readInt())
    }
}
