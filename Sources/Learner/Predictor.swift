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
        predictions.removeAll()
        append(block, to: &predictions)
        finish(&predictions)
    }

    /// Answers every row of a block in company of the rows before and after, which costs less and
    /// changes no bit. The last rows have no answer before ``finish(_:)``.
    ///
    /// - Parameters:
    ///   - block: Resolved by ``schema``.
    ///   - predictions: Emptied, and since then given to this predictor alone.
    public func append(_ block: borrowing AdmittedBlock, to predictions: inout Predictions) {
        let capacity = Self.rowsAtOnce(inputCount: encoder.inputCount)
        for row in block.rows.indices {
            predictions.add(block, row: row, with: encoder)
            if predictions.waitingCount == capacity { finish(&predictions) }
        }
    }

    /// Answers the rows that wait for company.
    public func finish(_ predictions: inout Predictions) {
        guard predictions.waitingCount > 0 else { return }
        let outputCount = voices[0].network.outputCount
        for row in 0..<predictions.answer(with: voices) {
            appendValues(
                of: predictions.outputs[row * outputCount..<(row + 1) * outputCount],
                to: &predictions.values)
        }
    }

    /// Rows that are worth a place side by side; of wide ones few, so that they stay in the cache.
    private static func rowsAtOnce(inputCount: Int) -> Int {
        max(1, min(Workspace.samplesAtOnce, 65_536 / max(1, inputCount)))
    }

    private func appendValues(of outputs: ArraySlice<Float>, to values: inout [Double]) {
        if let scaler {
            for (output, value) in outputs.enumerated() {
                values.append(scaler.restore(value, output: output))
            }
        } else if voices[0].network.loss == .logistic {
            // As long as only one class was met, it is all that can be said.
            let second = schema.classes.count > 1 ? outputs[outputs.startIndex] : 0
            values.append(Double(1 - second))
            if schema.classes.count > 1 { values.append(Double(second)) }
        } else {
            for output in outputs { values.append(Double(output)) }
        }
    }
}
