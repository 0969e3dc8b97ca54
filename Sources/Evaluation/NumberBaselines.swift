import StateCoding

/// What a model without any features would have scored on the same numbers.
///
/// Both predict before they see the sample; for the first sample both predict 0.
public struct NumberBaselines: Equatable, Sendable {
    fileprivate struct Output: Equatable, Sendable {
        var mean = 0.0
        var last = 0.0
        var meanErrors = CompensatedSum()
        var noChangeErrors = CompensatedSum()
    }

    /// Samples so far.
    public private(set) var sampleCount = 0
    /// Shape `[outputCount]`.
    private var outputs: [Output]

    /// - Parameter outputCount: Numbers in each target. At least 1.
    public init(outputCount: Int) {
        precondition(outputCount >= 1, "a regression has outputs")
        outputs = [Output](repeating: Output(), count: outputCount)
    }

    public var outputCount: Int { outputs.count }

    /// Mean absolute error of predicting the mean so far; with several outputs, their mean.
    public var meanAbsoluteErrorOfMean: Double {
        average(outputs.reduce(0) { $0 + $1.meanErrors.value / Double(outputs.count) })
    }

    /// Mean absolute error of predicting the target before; with several outputs, their mean.
    public var meanAbsoluteErrorOfNoChange: Double {
        average(outputs.reduce(0) { $0 + $1.noChangeErrors.value / Double(outputs.count) })
    }

    /// Scores both on one sample, then shows it to them.
    ///
    /// - Parameter targets: Shape `[outputCount]`. Traps on another shape. Taken as at most 1e140
    ///   in magnitude.
    public mutating func update(targets: Span<Double>) {
        precondition(targets.count == outputs.count, "\(targets.count) targets")
        sampleCount += 1
        for index in outputs.indices {
            let target = bounded(targets[index])
            let distance = target - outputs[index].mean
            outputs[index].meanErrors.add(abs(distance))
            outputs[index].noChangeErrors.add(abs(target - outputs[index].last))
            outputs[index].mean += distance / Double(sampleCount)
            outputs[index].last = target
        }
    }

    private func average(_ sum: Double) -> Double {
        sampleCount > 0 ? sum / Double(sampleCount) : 0
    }
}

extension NumberBaselines: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(sampleCount)
        writer.write(outputs)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        sampleCount = try reader.readInt()
        outputs = try reader.readArray()
        guard sampleCount >= 0, !outputs.isEmpty else {
            throw .invalid(what: "number baseline", offset: reader.offset)
        }
    }
}

extension NumberBaselines.Output: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(mean)
        writer.write(last)
        writer.write(meanErrors)
        writer.write(noChangeErrors)
    }

    init(from reader: inout StateReader) throws(StateError) {
        mean = try reader.readDouble()
        last = try reader.readDouble()
        meanErrors = try reader.read()
        noChangeErrors = try reader.read()
    }
}
