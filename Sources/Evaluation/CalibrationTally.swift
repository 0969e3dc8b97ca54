import StateCoding

/// How confident predictions were beside how often they were right, in bins of confidence.
///
/// - Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, eq. 3 with 15 bins
///   of equal width.
struct CalibrationTally: Equatable, Sendable {
    static let binCount = 15

    private var counts = [Int](repeating: 0, count: binCount)
    /// Hits minus confidences, per bin: the count times how far the bin is off.
    private var surpluses = [CompensatedSum](repeating: CompensatedSum(), count: binCount)

    /// - Parameter confidence: The probability of the predicted class; taken as within `[0, 1]`.
    mutating func add(confidence: Float, isHit: Bool) {
        // NaN takes the failing branch.
        let confidence = confidence > 0 ? min(confidence, 1) : 0
        // Bins are open below and closed above, as in the source.
        let bin = Int((confidence * Float(Self.binCount)).rounded(.up)) - 1
        let index = min(max(bin, 0), Self.binCount - 1)
        counts[index] += 1
        surpluses[index].add((isHit ? 1 : 0) - Double(confidence))
    }

    /// The mean over the samples of `|accuracy − confidence|` of their bin. In `[0, 1]`; 0 without
    /// samples.
    var expectedError: Double {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        return surpluses.reduce(0) { $0 + abs($1.value) } / Double(total)
    }
}

extension CalibrationTally: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(counts)
        writer.write(surpluses)
    }

    init(from reader: inout StateReader) throws(StateError) {
        counts = try reader.readInts()
        surpluses = try reader.readArray()
        guard counts.count == Self.binCount, surpluses.count == Self.binCount,
            counts.allSatisfy({ $0 >= 0 })
        else { throw .invalid(what: "bins of confidence", offset: reader.offset) }
    }
}
