import StateCoding

/// How good predictions of classes were, over some stretch of the stream.
public struct ClassificationFigures: Equatable, Sendable {
    /// Predictions scored.
    public let samples: Int
    /// Share that was right; 0 before the first.
    public let accuracy: Double
    /// Cohen's kappa; 0 where it is not defined.
    public let kappa: Double
    /// Mean of `-ln` of the probability given to the true class, in nats.
    public let logLoss: Double
}

/// Prequential quality of a classifier: from the first sample on, and over the last ones.
///
/// The figures are those of River 0.26: `Accuracy`, `CohenKappa`, `CrossEntropy` (for two classes
/// the same as `LogLoss`) and `F1`. An update costs a few additions; windowed figures are computed
/// from the window when they are asked for, so they cannot drift.
public struct ClassificationQuality: Equatable, Sendable {
    /// Probabilities are clipped to this and to one less this before the logarithm.
    public static let leastProbability = 1e-15

    private var total = ClassCounts()
    private var window: RingBuffer<Score>

    /// - Parameter window: Samples in the windowed figures. At least 1.
    public init(window: Int) { self.window = RingBuffer(capacity: window) }

    public var windowSize: Int { window.capacity }

    /// Scores one prediction.
    ///
    /// - Parameters:
    ///   - truth: Index of the true class.
    ///   - prediction: Index of the predicted class; `nil` when there was no prediction, which is
    ///     a miss.
    ///   - probability: What the prediction gave the true class. NaN counts as 0.
    public mutating func update(truth: Int, prediction: Int?, probability: Float) {
        let score = Score(
            truth: Int32(truth), prediction: Int32(prediction ?? -1),
            loss: Self.loss(ofProbability: probability))
        total.add(score)
        window.append(score)
    }

    /// Since the first sample.
    public var cumulative: ClassificationFigures { total.figures }

    /// Over the last ``windowSize`` samples, or all while there are fewer.
    public var windowed: ClassificationFigures {
        var counts = ClassCounts()
        window.visit { counts.add($0) }
        return counts.figures
    }

    /// Harmonic mean of precision and recall of one class, since the first sample; 0 where it is
    /// not defined.
    public func f1(ofClass index: Int) -> Double { total.f1(ofClass: index) }

    /// `-ln` of a probability, clipped as River and scikit-learn do.
    static func loss(ofProbability probability: Float) -> Double {
        let least = leastProbability
        // A comparison with NaN is false, so NaN counts as impossible.
        let known = probability >= 0 ? Double(probability) : 0
        return -naturalLogarithm(min(max(known, least), 1 - least))
    }

    /// One scored prediction.
    struct Score: Equatable, Sendable {
        let truth: Int32
        /// -1: there was none.
        let prediction: Int32
        let loss: Double
    }
}

/// Counts from which the figures follow: the margins of the confusion matrix and its diagonal.
struct ClassCounts: Equatable, Sendable {
    private var samples = 0
    private var hits = 0
    /// By class: samples of it, predictions of it, and both at once.
    private var truths: [Int] = []
    private var predictions: [Int] = []
    private var agreements: [Int] = []
    private var loss = CompensatedSum()

    init() {}

    mutating func add(_ score: ClassificationQuality.Score) {
        let truth = Int(score.truth)
        let prediction = Int(score.prediction)
        while truths.count <= max(truth, prediction) {
            truths.append(0)
            predictions.append(0)
            agreements.append(0)
        }
        samples += 1
        truths[truth] += 1
        if prediction >= 0 { predictions[prediction] += 1 }
        if truth == prediction {
            hits += 1
            agreements[truth] += 1
        }
        loss.add(score.loss)
    }

    var figures: ClassificationFigures {
        guard samples > 0 else {
            return ClassificationFigures(samples: 0, accuracy: 0, kappa: 0, logLoss: 0)
        }
        let count = Double(samples)
        let accuracy = Double(hits) / count
        return ClassificationFigures(
            samples: samples, accuracy: accuracy, kappa: kappa(accuracy: accuracy),
            logLoss: loss.value / count)
    }

    /// - Source: Cohen, "A Coefficient of Agreement for Nominal Scales", 1960, eq. 1.
    private func kappa(accuracy: Double) -> Double {
        let count = Double(samples)
        var expected = 0.0
        for index in truths.indices {
            expected += Double(truths[index]) / count * (Double(predictions[index]) / count)
        }
        return expected == 1 ? 0 : (accuracy - expected) / (1 - expected)
    }

    func f1(ofClass index: Int) -> Double {
        guard index < truths.count, agreements[index] > 0 else { return 0 }
        let precision = Double(agreements[index]) / Double(predictions[index])
        let recall = Double(agreements[index]) / Double(truths[index])
        return 2 * precision * recall / (precision + recall)
    }
}

extension ClassificationQuality: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(total)
        writer.write(window)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        total = try reader.read()
        window = try reader.read()
    }
}

extension ClassificationQuality.Score: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(Int(truth))
        writer.write(Int(prediction))
        writer.write(loss)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let truth = try reader.readInt()
        let prediction = try reader.readInt()
        let classes = 0..<ClassCounts.stateLimit
        guard classes.contains(truth), prediction == -1 || classes.contains(prediction) else {
            throw .invalid(what: "scored prediction", offset: reader.offset)
        }
        self.truth = Int32(truth)
        self.prediction = Int32(prediction)
        loss = try reader.readDouble()
    }
}

extension ClassCounts: StateCodable {
    /// Classes that state may name: bounds what damaged state can make us allocate.
    static let stateLimit = 1 << 24

    func encode(to writer: inout StateWriter) {
        writer.write(samples)
        writer.write(hits)
        writer.write(truths)
        writer.write(predictions)
        writer.write(agreements)
        writer.write(loss)
    }

    init(from reader: inout StateReader) throws(StateError) {
        samples = try reader.readInt()
        hits = try reader.readInt()
        truths = try reader.readInts()
        predictions = try reader.readInts()
        agreements = try reader.readInts()
        loss = try reader.read()
        guard predictions.count == truths.count, agreements.count == truths.count else {
            throw .invalid(what: "counts by class", offset: reader.offset)
        }
    }
}
