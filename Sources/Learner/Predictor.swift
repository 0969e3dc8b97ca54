import Features
import Kernels
import NeuralNetwork

/// What a prediction needs, and nothing else: a learner at one moment, for another thread to answer
/// from while learning goes on.
public struct Predictor: Sendable {
    /// Resolves requests; it never grows here.
    public let schema: SampleSchema
    let encoder: InputEncoder
    let scaler: TargetScaler?
    /// The networks that share in the answer; one at least.
    let voices: [Voice]
    /// ``LearnerCounts/learned`` at that moment.
    public let sampleCount: Int
    /// ``LearnerCounts/structure`` at that moment.
    public let structure: Int
    /// Half the width of the interval in which a target lies with a probability of 90 %, in the
    /// target's units; `nil` until it can be estimated, and for classes or several numbers.
    public let intervalRadius: Double?

    /// A network and its share in the answer.
    struct Voice: Sendable {
        /// Weights only; the optimiser's memory stays with the learner.
        let network: PredictionNetwork
        let weight: Float
    }

    /// Numbers per answer: one per known class, or one per output.
    public var valueCount: Int {
        schema.task == .classification ? schema.classes.count : voices[0].network.outputCount
    }

    /// Whether every network is a plain chain of layers, as exports want it.
    public var isPlain: Bool { voices.allSatisfy { $0.network.isPlain } }

    /// Answers every row of a block.
    ///
    /// - Parameters:
    ///   - block: Resolved by ``schema``.
    ///   - predictions: Emptied first.
    public func predict(_ block: borrowing AdmittedBlock, into predictions: inout Predictions) {
        predictions.values.removeAll(keepingCapacity: true)
        predictions.count = block.rows.count
        predictions.scratch.prepare(
            inputCount: encoder.inputCount, outputCount: voices[0].network.outputCount)
        for row in block.rows.indices {
            predictions.scratch.encode(block, row: row, with: encoder)
            answer(&predictions.scratch)
            append(predictions.scratch.outputs, to: &predictions.values)
        }
    }

    /// Fills ``Scratch/outputs`` from ``Scratch/inputs``.
    private func answer(_ scratch: inout Scratch) {
        voices[0].network.predict(
            scratch.inputs, into: &scratch.outputs, using: &scratch.workspace)
        let count = scratch.outputs.count
        if scratch.leadAnswer.count != count {
            scratch.leadAnswer = [Float](repeating: 0, count: count)
        }
        var sum = voices[0].weight
        for output in 0..<count { scratch.outputs[output] *= voices[0].weight }
        for voice in voices.dropFirst() {
            voice.network.predict(
                scratch.inputs, into: &scratch.leadAnswer, using: &scratch.workspace)
            sum += voice.weight
            for output in 0..<count {
                scratch.outputs[output] += voice.weight * scratch.leadAnswer[output]
            }
        }
        for output in 0..<count { scratch.outputs[output] /= sum }
    }

    private func append(_ outputs: [Float], to values: inout [Double]) {
        if let scaler {
            for output in outputs.indices {
                values.append(scaler.restore(outputs[output], output: output))
            }
        } else if voices[0].network.loss == .logistic {
            // As long as only one class was met, it is all that can be said.
            let second = schema.classes.count > 1 ? outputs[0] : 0
            values.append(Double(1 - second))
            if schema.classes.count > 1 { values.append(Double(second)) }
        } else {
            for output in outputs { values.append(Double(output)) }
        }
    }
}

/// The answers to one block, and the room in which they are made.
public struct Predictions: Sendable {
    /// Shape `[rows, Predictor.valueCount]`: class probabilities, or numbers in the target's units.
    public internal(set) var values: [Double] = []
    /// Rows that were answered.
    public internal(set) var count = 0
    var scratch = Scratch()

    public init() {}

    /// Index of the largest of a row's probabilities; the first one of equals.
    public func likeliestClass(row: Int, valueCount: Int) -> Int {
        var best = 0
        let start = row * valueCount
        for index in 0..<valueCount where values[start + index] > values[start + best] {
            best = index
        }
        return best
    }
}
