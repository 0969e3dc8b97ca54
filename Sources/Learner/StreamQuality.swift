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
    ///
    /// - Parameter confidence: The probability of the predicted class, where it was told.
    mutating func score(
        predicted: Int?, actual: Int, probability: Float, confidence: Float? = nil
    ) -> Float {
        // Moved out and in again: a copy would have to be made of every array that changes.
        guard case .classification(var quality, var baselines) = consume self else {
            preconditionFailure("a class was scored in regression")
        }
        let loss = quality.update(
            predicted: predicted, actual: actual, probability: probability, confidence: confidence)
        baselines.update(actual: actual)
        self = .classification(quality, baselines)
        return loss
    }

    /// Scores an answer in numbers, in the target's units.
    mutating func score(predictions: [Double], targets: [Double]) {
        guard case .regression(var quality, var baselines) = consume self else {
            preconditionFailure("a number was scored in classification")
        }
        quality.update(predictions: predictions.span, targets: targets.span)
        baselines.update(targets: targets.span)
        self = .regression(quality, baselines)
    }
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
