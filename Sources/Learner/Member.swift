import Features
import Kernels
import NeuralNetwork
import Randomness
import StateCoding

/// One network of the committee with everything that its learning needs.
struct Member: Equatable, Sendable {
    /// Which member this is; never given twice.
    let identifier: Int
    var network: Network
    var schedule: Schedule
    /// Updates of the weights so far.
    var updateCount: Int

    init(identifier: Int, network: Network, schedule: Schedule) {
        self.identifier = identifier
        self.network = network
        self.schedule = schedule
        self.updateCount = 0
    }

    /// The rate of the next update.
    var learningRate: Float { schedule.rate(at: updateCount) }

    /// Learns a micro-batch.
    mutating func learn(
        _ batch: PendingBatch, using workspace: inout Workspace
    ) -> StepOutcome {
        let outcome = network.learn(
            inputs: batch.inputs.span, targets: batch.targets.span,
            importances: batch.importances.span, learningRate: learningRate, using: &workspace)
        updateCount += 1
        return outcome
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
        writer.write(network)
        writer.write(schedule)
        writer.write(updateCount)
    }

    init(from reader: inout StateReader) throws(StateError) {
        identifier = try reader.readInt()
        network = try reader.read()
        schedule = try reader.read()
        updateCount = try reader.readInt()
    }
}
