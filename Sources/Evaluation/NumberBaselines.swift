import StateCoding

/// What guessing numbers without features achieves on the same samples, each guess made before the
/// target is known. The first guess of both is 0. Of several outputs the errors are averaged.
public struct NumberBaselines: Equatable, Sendable {
    private var samples = 0
    private var means: [Double]
    private var last: [Double]
    private var meanErrors = CompensatedSum()
    private var noChangeErrors = CompensatedSum()

    /// - Parameter outputCount: Numbers in a target. At least 1.
    public init(outputCount: Int) {
        means = [Double](repeating: 0, count: outputCount)
        last = means
    }

    /// Mean absolute error of guessing the mean so far.
    public var meanError: Double { average(meanErrors) }

    /// Mean absolute error of guessing the last target again.
    public var noChangeError: Double { average(noChangeErrors) }

    /// Lets both guess, then shows them the target.
    ///
    /// - Parameter truth: Finite numbers, one per output.
    public mutating func update(truth: Span<Double>) {
        precondition(truth.count == means.count, "\(truth.count) outputs, not \(means.count)")
        samples += 1
        for output in truth.indices {
            let value = truth[output]
            meanErrors.add((value - means[output]).magnitude)
            noChangeErrors.add((value - last[output]).magnitude)
            // Divided apart, the difference of two huge numbers does not overflow.
            let count = Double(samples)
            means[output] += value / count - means[output] / count
            last[output] = value
        }
    }

    private func average(_ errors: CompensatedSum) -> Double {
        samples == 0 ? 0 : errors.value / Double(samples) / Double(means.count)
    }
}

extension NumberBaselines: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(samples)
        writer.write(means)
        writer.write(last)
        writer.write(meanErrors)
        writer.write(noChangeErrors)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        samples = try reader.readInt()
        means = try reader.readDoubles()
        last = try reader.readDoubles()
        meanErrors = try reader.read()
        noChangeErrors = try reader.read()
        guard means.count == last.count, !means.isEmpty else {
            throw .invalid(what: "number of outputs", offset: reader.offset)
        }
    }
}
