import Evaluation
import Features
import NeuralNetwork
import Randomness
import StateCoding

extension Learner {
    /// The canonical bytes of the whole state: everything on which later behaviour depends.
    public func stateBytes() -> [UInt8] {
        var writer = StateWriter()
        encode(to: &writer)
        return writer.bytes
    }

    /// Writes the state. The configuration is no part of it, except what commands have changed.
    func encode(to writer: inout StateWriter) {
        writer.write(schema)
        writer.write(encoder)
        writer.write(scaler)
        writer.write(lead)
        writer.write(committee)
        writer.write(allowance)
        writer.write(replayMemory)
        writer.write(replayGenerator)
        writer.write(quality)
        writer.write(intervals)
        writer.write(detector)
        writer.write(validation)
        writer.write(holdoutGenerator)
        writer.write(weightGenerator)
        writer.write(structureGenerator)
        writer.write(recentSamples)
        writer.write(distillation)
        writer.write(counts)
        writer.write(isPaused)
        writer.write(control)
        writer.write(pending)
        join.encode(to: &writer)
        writer.write(configuration.optimizer)
        writer.write(configuration.schedule)
    }

    /// A learner that goes on where another one was when it wrote its ``stateBytes()``.
    ///
    /// - Parameters:
    ///   - configuration: The other learner's; what commands have changed is in the state.
    ///   - bytes: Its state.
    /// - Throws: ``StateError`` when the bytes are damaged or not all used.
    public init(
        configuration: LearnerConfiguration, stateBytes bytes: [UInt8]
    ) throws(StateError) {
        self.init(configuration: configuration)
        var reader = StateReader(bytes: bytes)
        schema = try reader.read()
        encoder = try reader.read()
        followEncoder()
        scaler = try reader.readOptional()
        lead = try reader.readOptional()
        committee = try reader.read()
        allowance = try reader.read()
        replayMemory = try reader.read()
        replayGenerator = try reader.read()
        quality = try reader.readOptional()
        intervals = try reader.readOptional()
        detector = try reader.read()
        validation = try reader.read()
        holdoutGenerator = try reader.read()
        weightGenerator = try reader.read()
        structureGenerator = try reader.read()
        recentSamples = try reader.read()
        distillation = try reader.readArray()
        counts = try reader.read()
        isPaused = try reader.readBool()
        control = try reader.read()
        self.configuration.control = control.controller.configuration
        pending = try reader.read()
        join = try LabelJoin(configuration: configuration.join, from: &reader)
        self.configuration.optimizer = try reader.read()
        self.configuration.schedule = try reader.read()
        guard reader.remainingCount == 0 else {
            throw .invalid(what: "end of the state", offset: reader.offset)
        }
    }
}

extension LearnerCounts: StateCodable {
    public func encode(to writer: inout StateWriter) {
        for count in [learned, heldOut, unlabelled, remembered, refusedSteps, driftDetections] {
            writer.write(count)
        }
        writer.write(lastDriftSample ?? -1)
        writer.write(commands)
        writer.write(structure)
        writer.write(shed)
        writer.write(ticks)
        writer.write(restarts)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        learned = try reader.readInt()
        heldOut = try reader.readInt()
        unlabelled = try reader.readInt()
        remembered = try reader.readInt()
        refusedSteps = try reader.readInt()
        driftDetections = try reader.readInt()
        let lastDrift = try reader.readInt()
        lastDriftSample = lastDrift < 0 ? nil : lastDrift
        commands = try reader.readInt()
        structure = try reader.readInt()
        shed = try reader.readInt()
        ticks = try reader.readInt()
        restarts = try reader.readInt()
    }
}

extension PendingBatch: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(inputs)
        writer.write(targets)
        writer.write(importances)
        writer.write(isExtreme)
    }

    init(from reader: inout StateReader) throws(StateError) {
        inputs = try reader.readFloats()
        targets = try reader.readFloats()
        importances = try reader.readFloats()
        isExtreme = try reader.readBool()
    }
}
