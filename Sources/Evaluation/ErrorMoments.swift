import StateCoding

/// What the figures of one regression output are made of.
struct ErrorMoments: Equatable, Sendable {
    private var sampleCount = 0
    private var absoluteErrors = CompensatedSum()
    private var squaredErrors = CompensatedSum()
    private var targetMean = 0.0
    /// Sum of the squared distances of the targets from their mean.
    private var targetSquares = 0.0

    /// Takes in one prediction.
    ///
    /// - Parameters: Both bounded.
    /// - Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares", 1962.
    mutating func add(error: Double, target: Double) {
        sampleCount += 1
        absoluteErrors.add(abs(error))
        squaredErrors.add(error * error)
        let distance = target - targetMean
        targetMean += distance / Double(sampleCount)
        targetSquares += distance * (target - targetMean)
    }

    var meanAbsoluteError: Double {
        sampleCount > 0 ? absoluteErrors.value / Double(sampleCount) : 0
    }

    var rootMeanSquaredError: Double {
        sampleCount > 0 ? (squaredErrors.value / Double(sampleCount)).squareRoot() : 0
    }

    var r2: Double {
        guard sampleCount > 1, targetSquares > 0 else { return 0 }
        // Targets that are all but equal may push the quotient beyond the finite numbers.
        return bounded(1 - squaredErrors.value / targetSquares)
    }
}

extension ErrorMoments: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(sampleCount)
        writer.write(absoluteErrors)
        writer.write(squaredErrors)
        writer.write(targetMean)
        writer.write(targetSquares)
    }

    init(from reader: inout StateReader) throws(StateError) {
        sampleCount = try reader.readInt()
        absoluteErrors = try reader.read()
        squaredErrors = try reader.read()
        targetMean = try reader.readDouble()
        targetSquares = try reader.readDouble()
    }
}
