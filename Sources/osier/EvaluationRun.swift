import ArgumentParser
import Evaluation
import Features
import Learner

/// In which order an evaluation predicts and learns.
enum EvaluationProtocol: Equatable, ExpressibleByArgument {
    /// Each sample is predicted, then learned.
    case prequential
    /// A chunk of samples is predicted, then learned one by one; scored from the second chunk on.
    case chunk(Int)

    init?(argument: String) {
        if argument == "prequential" {
            self = .prequential
        } else if argument.hasPrefix("chunk:"), let size = Int(argument.dropFirst(6)), size >= 1 {
            self = .chunk(size)
        } else {
            return nil
        }
    }
}

/// Runs a learner over blocks of samples and keeps the score.
struct EvaluationRun {
    private(set) var learner: Learner
    private(set) var rejectedCount = 0
    private var schema: SampleSchema
    private let evaluationProtocol: EvaluationProtocol
    private var chunkScore: ChunkScore?
    private var effects: [Effect] = []
    private var clock = VirtualClock()

    init(configuration: LearnerConfiguration, protocol evaluationProtocol: EvaluationProtocol) {
        learner = Learner(configuration: configuration)
        schema = learner.schema
        self.evaluationProtocol = evaluationProtocol
    }

    /// Samples in a block: a chunk, or what reads well.
    var blockSize: Int {
        switch evaluationProtocol {
        case .prequential: 256
        case .chunk(let size): size
        }
    }

    /// Takes a block; in chunks, it is the chunk.
    ///
    /// - Returns: The samples that were refused.
    mutating func take(_ block: SampleBlock) -> [IndexedRefusal] {
        let admitted = schema.admit(block)
        if case .chunk = evaluationProtocol { score(admitted) }
        learner.handle(.samples(admitted), effects: &effects)
        if let tick = clock.tick(after: admitted.rows.count, of: learner) {
            learner.handle(.tick(tick), effects: &effects)
        }
        effects.removeAll(keepingCapacity: true)
        rejectedCount += admitted.refusals.count
        return admitted.refusals
    }

    /// The prequential quality, or that of the chunks.
    var quality: QualityReport? { chunkScore?.report ?? learner.report().quality }

    /// How well intervals covered, where each sample was predicted by all before it.
    var intervalCoverage: IntervalCoverage? {
        chunkScore == nil ? learner.report().intervalCoverage : nil
    }

    private mutating func score(_ chunk: AdmittedBlock) {
        guard let predictor = learner.predictor() else { return }
        if chunkScore == nil { chunkScore = ChunkScore(predictor) }
        chunkScore?.take(chunk, from: predictor)
    }
}

/// The score of whole chunks, each predicted by the model that the chunks before it made.
private struct ChunkScore {
    private enum Score {
        case classification(ClassificationQuality, ClassBaselines)
        case regression(RegressionQuality, NumberBaselines)
    }

    private var score: Score
    private var predictions = Predictions()

    init(_ predictor: Predictor) {
        score =
            predictor.schema.task == .classification
            ? .classification(ClassificationQuality(window: 1_000), ClassBaselines())
            : .regression(
                RegressionQuality(window: 1_000, outputCount: predictor.valueCount),
                NumberBaselines(outputCount: predictor.valueCount))
    }

    mutating func take(_ chunk: AdmittedBlock, from predictor: Predictor) {
        predictor.predict(chunk, into: &predictions)
        let count = predictor.valueCount
        for (row, sample) in chunk.rows.enumerated() {
            switch (sample.target, score) {
            case (.classIndex(let actual), .classification(var quality, var baselines)):
                let probability =
                    actual < count
                    ? Float(predictions.values[row * count + actual]) : 1 / Float(count + 1)
                quality.update(
                    predicted: predictions.likeliestClass(row: row, valueCount: count),
                    actual: actual, probability: probability)
                baselines.update(actual: actual)
                score = .classification(quality, baselines)
            case (.values(let start, let outputs), .regression(var quality, var baselines)):
                let answer = Array(predictions.values[row * count..<(row + 1) * count])
                let truth = Array(chunk.targets[start..<start + outputs])
                quality.update(predictions: answer.span, targets: truth.span)
                baselines.update(targets: truth.span)
                score = .regression(quality, baselines)
            default:
                continue
            }
        }
    }

    var report: QualityReport {
        switch score {
        case .classification(let quality, let baselines):
            .classification(
                total: quality.cumulative, window: quality.windowed, windowSize: quality.window,
                majority: baselines.majorityAccuracy, noChange: baselines.noChangeAccuracy)
        case .regression(let quality, let baselines):
            .regression(
                total: quality.cumulative, window: quality.windowed, windowSize: quality.window,
                mean: baselines.meanAbsoluteErrorOfMean,
                noChange: baselines.meanAbsoluteErrorOfNoChange)
        }
    }
}
