import Glibc
import StateCoding

/// Scores class predictions made before each sample was learned, over all samples and over the
/// newest ones.
///
/// An update takes constant time and allocates only while the window fills and when a class is new.
public struct ClassificationQuality: Equatable, Sendable {
    /// What the window must know of a sample to take it back.
    fileprivate struct Outcome: Equatable, Sendable {
        /// -1 where there was no answer.
        var predicted: Int32
        var actual: Int32
        /// `−ln p` in nats.
        var loss: Float
        /// Probability of the predicted class; NaN where it was not told.
        var confidence: Float

        /// Bit by bit, so that what was not told equals itself.
        static func == (left: Self, right: Self) -> Bool {
            left.predicted == right.predicted && left.actual == right.actual
                && left.loss == right.loss
                && left.confidence.bitPattern == right.confidence.bitPattern
        }
    }

    /// Samples in the windowed figures once there were as many.
    public let window: Int

    private var total = ConfusionTally()
    private var totalLogLoss = CompensatedSum()
    private var totalCalibration = CalibrationTally()
    private var recent = ConfusionTally()
    /// The newest outcomes; once there are `window`, the oldest is at `oldestIndex`.
    private var outcomes: [Outcome] = []
    private var oldestIndex = 0

    /// - Parameter window: Samples in the windowed figures. At least 1.
    public init(window: Int) {
        precondition(window >= 1, "a window of \(window) samples holds nothing")
        self.window = window
    }

    /// Figures over every sample so far.
    ///
    /// - Complexity: O(classes).
    public var cumulative: ClassificationFigures {
        var figures = total.figures(logLossSum: totalLogLoss.value)
        figures.calibrationError = totalCalibration.expectedError
        return figures
    }

    /// Figures over the newest ``window`` samples.
    ///
    /// - Complexity: O(window + classes). The losses are summed anew, so that no rounding error
    ///   stays behind when a sample leaves.
    public var windowed: ClassificationFigures {
        var logLossSum = 0.0
        var calibration = CalibrationTally()
        for outcome in outcomes {
            logLossSum += Double(outcome.loss)
            if !outcome.confidence.isNaN {
                calibration.add(
                    confidence: outcome.confidence, isHit: outcome.predicted == outcome.actual)
            }
        }
        var figures = recent.figures(logLossSum: logLossSum)
        figures.calibrationError = calibration.expectedError
        return figures
    }

    /// Samples of a class so far, whatever was predicted.
    public func sampleCount(ofClass index: Int) -> Int { total.actualCount(of: index) }

    /// Takes in the outcome of one prediction.
    ///
    /// - Parameters:
    ///   - predicted: Index of the predicted class; `nil` if there was no answer, which is a miss.
    ///   - actual: Index of the class that it was. Below 2³¹; new classes may appear at any time.
    ///   - probability: What the prediction gave to the actual class. Taken as at least 1e-15, and
    ///     NaN as that, so one confident mistake costs 34.5 nats and not infinity.
    ///   - confidence: What the prediction gave to the predicted class; `nil` where that is not
    ///     known, which leaves the calibration as it is.
    /// - Returns: The loss of this sample, `−ln p`, in nats.
    @discardableResult
    public mutating func update(
        predicted: Int?, actual: Int, probability: Float, confidence: Float? = nil
    ) -> Float {
        precondition(actual >= 0 && (predicted ?? 0) >= 0, "a class index is never negative")
        let loss = negativeLogarithm(probability)
        total.add(predicted: predicted, actual: actual)
        totalLogLoss.add(Double(loss))
        if let confidence {
            totalCalibration.add(confidence: confidence, isHit: predicted == actual)
        }
        let outcome = Outcome(
            predicted: Int32(predicted ?? -1), actual: Int32(actual), loss: loss,
            confidence: confidence ?? .nan)
        if outcomes.count < window {
            outcomes.append(outcome)
        } else {
            let oldest = outcomes[oldestIndex]
            recent.remove(
                predicted: oldest.predicted < 0 ? nil : Int(oldest.predicted),
                actual: Int(oldest.actual))
            outcomes[oldestIndex] = outcome
            oldestIndex = oldestIndex + 1 == window ? 0 : oldestIndex + 1
        }
        recent.add(predicted: predicted, actual: actual)
        return loss
    }

    private func negativeLogarithm(_ probability: Float) -> Float {
        // Written so that NaN takes the failing branch.
        guard probability > 1e-15 else { return -logf(1e-15) }
        return probability < 1 ? -logf(probability) : 0
    }
}

extension ClassificationQuality: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(window)
        writer.write(total)
        writer.write(totalLogLoss)
        writer.write(totalCalibration)
        writer.write(outcomes)
        writer.write(oldestIndex)
        writer.write(recent)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        window = try reader.readInt()
        total = try reader.read()
        totalLogLoss = try reader.read()
        totalCalibration = try reader.read()
        outcomes = try reader.readArray()
        oldestIndex = try reader.readInt()
        recent = try reader.read()
        guard window >= 1, outcomes.count <= window, recent.sampleCount == outcomes.count,
            oldestIndex == 0 || (outcomes.count == window && 0..<window ~= oldestIndex),
            outcomes.allSatisfy({ recent.knows($0.predicted) && recent.knows($0.actual) })
        else { throw .invalid(what: "window of class predictions", offset: reader.offset) }
    }
}

extension ClassificationQuality.Outcome: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(UInt32(bitPattern: predicted))
        writer.write(UInt32(bitPattern: actual))
        writer.write(loss)
        writer.write(confidence)
    }

    init(from reader: inout StateReader) throws(StateError) {
        predicted = Int32(bitPattern: try reader.readUInt32())
        actual = Int32(bitPattern: try reader.readUInt32())
        loss = try reader.readFloat()
        confidence = try reader.readFloat()
        guard predicted >= -1, actual >= 0 else {
            throw .invalid(what: "class index", offset: reader.offset)
        }
    }
}
