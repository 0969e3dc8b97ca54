import Evaluation
import StateCoding

/// How good the predictions were, beside what would have come for free.
enum StreamQuality: Equatable, Sendable {
    case classification(ClassificationQuality, ClassBaselines)
    case regression(RegressionQuality, NumberBaselines)

    var report: QualityReport {
        switch self {
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

    /// Scores an answer about classes.
    ///
    /// - Returns: The loss that is counted, `−ln probability`, bounded.
    mutating func score(predicted: Int?, actual: Int, probability: Float) -> Float {
        guard case .classification(var quality, var baselines) = self else {
            preconditionFailure("a class was scored in regression")
        }
        // Let go of the old value, or the two parts would be copied before they are changed.
        self = .empty
        let loss = quality.update(predicted: predicted, actual: actual, probability: probability)
        baselines.update(actual: actual)
        self = .classification(quality, baselines)
        return loss
    }

    /// Scores an answer in numbers, in the target's units.
    mutating func score(predictions: [Double], targets: [Double]) {
        guard case .regression(var quality, var baselines) = self else {
            preconditionFailure("a number was scored in classification")
        }
        self = .empty
        quality.update(predictions: predictions.span, targets: targets.span)
        baselines.update(targets: targets.span)
        self = .regression(quality, baselines)
    }

    private static let empty = StreamQuality.classification(
        ClassificationQuality(window: 1), ClassBaselines())
}

extension StreamQuality: StateCodable {
    func encode(to writer: inout StateWriter) {
        switch self {
        case .classification(let quality, let baselines):
            writer.write(true)
            writer.write(quality)
            writer.write(baselines)
        case .regression(let quality, let baselines):
            writer.write(false)
            writer.write(quality)
            writer.write(baselines)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        if try reader.readBool() {
            self = .classification(try reader.read(), try reader.read())
        } else {
            self = .regression(try reader.read(), try reader.read())
        }
    }
}
