import StateCoding

/// Scores predicted numbers made before each sample was learned, over all samples and over the
/// newest ones.
///
/// An update takes time in the number of outputs and allocates only while the window fills. Errors
/// and targets are taken as at most 1e140 in magnitude, so that every figure stays finite.
public struct RegressionQuality: Equatable, Sendable {
    /// Samples in the windowed figures once there were as many.
    public let window: Int
    public let outputCount: Int

    /// Samples so far.
    public private(set) var sampleCount = 0
    /// Of every sample so far, shape `[outputCount]`.
    private var totals: [ErrorMoments]
    /// `target − prediction` of the newest samples, row-major `[up to window, outputCount]`.
    private var errors: [Double] = []
    /// Targets of the newest samples, row-major `[up to window, outputCount]`.
    private var targets: [Double] = []

    /// - Parameters:
    ///   - window: Samples in the windowed figures. At least 1.
    ///   - outputCount: Numbers in each target. At least 1.
    public init(window: Int, outputCount: Int) {
        precondition(window >= 1, "a window of \(window) samples holds nothing")
        precondition(outputCount >= 1, "a regression has outputs")
        self.window = window
        self.outputCount = outputCount
        totals = [ErrorMoments](repeating: ErrorMoments(), count: outputCount)
    }

    /// Figures over every sample so far.
    ///
    /// - Complexity: O(outputs).
    public var cumulative: RegressionFigures {
        var figures = RegressionFigures()
        figures.sampleCount = sampleCount
        for moments in totals { figures.add(moments, share: 1 / Double(outputCount)) }
        return figures
    }

    /// Figures over the newest ``window`` samples.
    ///
    /// - Complexity: O(window · outputs). Every sum is made anew, so that no rounding error stays
    ///   behind when a large error leaves.
    public var windowed: RegressionFigures {
        var figures = RegressionFigures()
        figures.sampleCount = min(sampleCount, window)
        for output in 0..<outputCount {
            var moments = ErrorMoments()
            for index in stride(from: output, to: errors.count, by: outputCount) {
                moments.add(error: errors[index], target: targets[index])
            }
            figures.add(moments, share: 1 / Double(outputCount))
        }
        return figures
    }

    /// Takes in the outcome of one prediction.
    ///
    /// - Parameters:
    ///   - predictions: Shape `[outputCount]`. Traps on another shape.
    ///   - targets: What they were, shape `[outputCount]`. Traps on another shape.
    public mutating func update(predictions: Span<Double>, targets: Span<Double>) {
        precondition(predictions.count == outputCount, "\(predictions.count) predictions")
        precondition(targets.count == outputCount, "\(targets.count) targets")
        let start = sampleCount % window * outputCount
        let isFilling = sampleCount < window
        sampleCount += 1
        for output in 0..<outputCount {
            let target = bounded(targets[output])
            let error = bounded(targets[output] - predictions[output])
            totals[output].add(error: error, target: target)
            if isFilling {
                self.errors.append(error)
                self.targets.append(target)
            } else {
                self.errors[start + output] = error
                self.targets[start + output] = target
            }
        }
    }
}

extension RegressionFigures {
    /// Adds one output's part of the mean over outputs.
    fileprivate mutating func add(_ moments: ErrorMoments, share: Double) {
        meanAbsoluteError += share * moments.meanAbsoluteError
        rootMeanSquaredError += share * moments.rootMeanSquaredError
        r2 += share * moments.r2
    }
}

extension RegressionQuality: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(window)
        writer.write(outputCount)
        writer.write(sampleCount)
        writer.write(totals)
        writer.write(errors)
        writer.write(targets)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        window = try reader.readInt()
        outputCount = try reader.readInt()
        sampleCount = try reader.readInt()
        totals = try reader.readArray()
        errors = try reader.readDoubles()
        targets = try reader.readDoubles()
        let rowCount = min(sampleCount, window)
        guard window >= 1, outputCount >= 1, sampleCount >= 0, totals.count == outputCount,
            errors.count == targets.count, errors.count / outputCount == rowCount,
            errors.count % outputCount == 0
        else { throw .invalid(what: "window of predicted numbers", offset: reader.offset) }
    }
}
