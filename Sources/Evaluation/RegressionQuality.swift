import StateCoding

/// How good predictions of numbers were, over some stretch of the stream.
///
/// With several outputs each figure is the plain mean of the outputs' own figures: River's
/// `multioutput.MacroAverage`, scikit-learn's `uniform_average`.
public struct RegressionFigures: Equatable, Sendable {
    /// Predictions scored.
    public let samples: Int
    /// Mean absolute error.
    public let mae: Double
    /// Root of the mean squared error.
    public let rmse: Double
    /// Coefficient of determination; 0 where it is not defined.
    public let r2: Double
}

/// Prequential quality of a regressor: from the first sample on, and over the last ones.
///
/// The figures are those of River 0.26: `MAE`, `RMSE`, `R2`. Windowed figures are computed from the
/// window when they are asked for, so they cannot drift.
public struct RegressionQuality: Equatable, Sendable {
    private var totals: [ErrorSums]
    /// The last samples of each output.
    private var windows: [RingBuffer<Score>]

    /// - Parameters:
    ///   - window: Samples in the windowed figures. At least 1.
    ///   - outputCount: Numbers in a target. At least 1.
    public init(window: Int, outputCount: Int) {
        totals = [ErrorSums](repeating: ErrorSums(), count: outputCount)
        windows = [RingBuffer](repeating: RingBuffer(capacity: window), count: outputCount)
    }

    /// Scores one output of one prediction; a sample scores each of its outputs.
    ///
    /// - Parameters:
    ///   - truth: Finite.
    ///   - prediction: Finite.
    public mutating func update(truth: Double, prediction: Double, output: Int = 0) {
        let score = Score(truth: truth, prediction: prediction)
        totals[output].add(score)
        windows[output].append(score)
    }

    /// Since the first sample.
    public var cumulative: RegressionFigures { Self.mean(totals) }

    /// Over the last samples, as many as the window holds.
    public var windowed: RegressionFigures {
        Self.mean(
            windows.map { window in
                var sums = ErrorSums()
                window.visit { sums.add($0) }
                return sums
            })
    }

    private static func mean(_ outputs: [ErrorSums]) -> RegressionFigures {
        var mae = 0.0
        var rmse = 0.0
        var r2 = 0.0
        for sums in outputs {
            mae += sums.mae
            rmse += sums.rmse
            r2 += sums.r2
        }
        let count = Double(max(outputs.count, 1))
        return RegressionFigures(
            samples: outputs.first?.samples ?? 0, mae: mae / count, rmse: rmse / count,
            r2: r2 / count)
    }

    /// One scored prediction of one output.
    struct Score: Equatable, Sendable {
        let truth: Double
        let prediction: Double
    }
}

/// Sums from which the figures of one output follow.
struct ErrorSums: Equatable, Sendable {
    /// Larger numbers enter as this, so that no square overflows.
    private static let largestMagnitude = 1e150

    private(set) var samples = 0
    private var absolute = CompensatedSum()
    private var squared = CompensatedSum()
    private var mean = 0.0
    /// Sum of squared distances of the truths from their mean.
    private var scatter = 0.0

    init() {}

    mutating func add(_ score: RegressionQuality.Score) {
        let limit = Self.largestMagnitude
        let truth = min(max(score.truth, -limit), limit)
        let error = truth - min(max(score.prediction, -limit), limit)
        samples += 1
        absolute.add(error.magnitude)
        squared.add(error * error)
        // Welford 1962, as in River's `Var`.
        let before = mean
        mean += (truth - before) / Double(samples)
        scatter += (truth - before) * (truth - mean)
    }

    var mae: Double { samples == 0 ? 0 : absolute.value / Double(samples) }
    var rmse: Double { samples == 0 ? 0 : (squared.value / Double(samples)).squareRoot() }
    var r2: Double { samples < 2 || scatter == 0 ? 0 : 1 - squared.value / scatter }
}

extension RegressionQuality: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(totals)
        writer.write(windows)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        totals = try reader.readArray()
        windows = try reader.readArray()
        guard totals.count == windows.count else {
            throw .invalid(what: "number of outputs", offset: reader.offset)
        }
    }
}

extension RegressionQuality.Score: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(truth)
        writer.write(prediction)
    }

    init(from reader: inout StateReader) throws(StateError) {
        truth = try reader.readDouble()
        prediction = try reader.readDouble()
    }
}

extension ErrorSums: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(samples)
        writer.write(absolute)
        writer.write(squared)
        writer.write(mean)
        writer.write(scatter)
    }

    init(from reader: inout StateReader) throws(StateError) {
        samples = try reader.readInt()
        absolute = try reader.read()
        squared = try reader.read()
        mean = try reader.readDouble()
        scatter = try reader.readDouble()
    }
}
