import StateCoding

/// The counts of a confusion matrix that accuracy, κ and F1 need: its margins and two cells.
///
/// The whole matrix would take the square of the class count.
struct ConfusionTally: Equatable, Sendable {
    private(set) var sampleCount = 0
    private var hitCount = 0
    /// Samples of class 1 that were predicted as class 1.
    private var positiveHitCount = 0
    /// Samples by actual class, shape `[classCount]`.
    private var actualCounts: [Int] = []
    /// Samples by predicted class, shape `[classCount]`. A sample without an answer is in none.
    private var predictedCounts: [Int] = []

    mutating func add(predicted: Int?, actual: Int) {
        makeRoom(for: max(predicted ?? 0, actual))
        change(by: 1, predicted: predicted, actual: actual)
    }

    /// Takes back a sample that was added before.
    mutating func remove(predicted: Int?, actual: Int) {
        change(by: -1, predicted: predicted, actual: actual)
    }

    /// Accuracy, κ and F1; the log-loss is the caller's.
    ///
    /// - Complexity: O(classes).
    func figures(logLossSum: Double) -> ClassificationFigures {
        var figures = ClassificationFigures()
        guard sampleCount > 0 else { return figures }
        let total = Double(sampleCount)
        figures.sampleCount = sampleCount
        figures.accuracy = Double(hitCount) / total
        figures.logLoss = logLossSum / total
        var expected = 0.0
        for index in actualCounts.indices {
            expected +=
                Double(actualCounts[index]) / total * (Double(predictedCounts[index]) / total)
        }
        if expected < 1 { figures.kappa = (figures.accuracy - expected) / (1 - expected) }
        if actualCounts.count == 2 {
            let positiveCount = actualCounts[1] + predictedCounts[1]
            figures.f1 =
                positiveCount > 0 ? Double(2 * positiveHitCount) / Double(positiveCount) : 0
        }
        return figures
    }

    /// Samples of a class, whatever was predicted.
    func actualCount(of index: Int) -> Int {
        actualCounts.indices.contains(index) ? actualCounts[index] : 0
    }

    /// Whether the tally has a place for a class; -1, which is no answer, needs none.
    func knows(_ index: Int32) -> Bool { Int(index) < actualCounts.count }

    private mutating func makeRoom(for index: Int) {
        while actualCounts.count <= index {
            actualCounts.append(0)
            predictedCounts.append(0)
        }
    }

    @inline(__always)
    private mutating func change(by step: Int, predicted: Int?, actual: Int) {
        sampleCount += step
        actualCounts[actual] += step
        guard let predicted else { return }
        predictedCounts[predicted] += step
        guard predicted == actual else { return }
        hitCount += step
        if actual == 1 { positiveHitCount += step }
    }
}

extension ConfusionTally: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(sampleCount)
        writer.write(hitCount)
        writer.write(positiveHitCount)
        writer.write(actualCounts)
        writer.write(predictedCounts)
    }

    init(from reader: inout StateReader) throws(StateError) {
        sampleCount = try reader.readInt()
        hitCount = try reader.readInt()
        positiveHitCount = try reader.readInt()
        actualCounts = try reader.readInts()
        predictedCounts = try reader.readInts()
        guard actualCounts.count == predictedCounts.count else {
            throw .invalid(what: "pair of class counts", offset: reader.offset)
        }
    }
}
