import StateCoding

extension NetworkShape: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(unitCounts)
        writer.write(sources)
        // The order of sums follows from it, until the next update settles the shape.
        for layer in layers { writer.write(layer.isInputMajor) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let unitCounts = try reader.readInts()
        let sources = try reader.readInts()
        guard Self.isValid(unitCounts, sources: sources),
            Self.fits(unitCounts, byteCount: reader.remainingCount)
        else { throw .invalid(what: "units per layer", offset: offset) }
        var orientations: [Bool?] = []
        for _ in sources { orientations.append(try reader.readBool()) }
        self.init(unitCounts: unitCounts, sources: sources, orientations: orientations)
    }

    /// Whether there are bytes for as many parameters, asked before memory is taken for them.
    private static func fits(_ unitCounts: [Int], byteCount: Int) -> Bool {
        var left = byteCount / MemoryLayout<Float>.size
        for level in 1..<unitCounts.count {
            let (fanIn, tooWide) = unitCounts[level - 1].addingReportingOverflow(1)
            let (count, tooMany) = fanIn.multipliedReportingOverflow(by: unitCounts[level])
            if tooWide || tooMany || count > left { return false }
            left -= count
        }
        return true
    }
}

/// The canonical form holds parameters by layer, unit and input, so that it outlives any layout.
extension NetworkParameters: StateCodable {
    public func encode(to writer: inout StateWriter) {
        shape.encode(to: &writer)
        writer.write(stepCount)
        writer.write(momentsBirth)
        for level in births { writer.write(level) }
        writer.write(resting)
        for values in [weights.values, firstMoments, secondMoments, cuts] {
            writer.write(!values.isEmpty)
            if !values.isEmpty {
                shape.forEachIndex { writer.write(values[$0]) }
            }
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let shape = try NetworkShape(from: &reader)
        let stepOffset = reader.offset
        stepCount = try reader.readInt()
        guard stepCount >= 0 else { throw .invalid(what: "a step count", offset: stepOffset) }
        momentsBirth = try reader.readInt()
        var births: [[Int]] = []
        for unitCount in shape.unitCounts {
            let offset = reader.offset
            let level = try reader.readInts()
            guard level.count == unitCount, (level.max() ?? 0) <= stepCount, (level.min() ?? 0) >= 0
            else { throw .invalid(what: "the ages of units", offset: offset) }
            births.append(level)
        }
        self.births = births
        commonBirth = Self.commonBirth(births)
        latestBirth = Self.latestBirth(births)
        resting = try reader.readOptional()
        let offset = reader.offset
        guard resting.map({ $0.visits.count == shape.inputCount }) != false,
            (resting?.visits.max() ?? 0) <= stepCount
        else { throw .invalid(what: "rows that rest", offset: offset) }
        let values = try Self.readValues(shape, count: shape.weightsCapacity, from: &reader)
        guard !values.isEmpty else { throw .invalid(what: "weights", offset: offset) }
        weights = NetworkWeights(shape: shape, values: values)
        firstMoments = try Self.readValues(
            shape, count: shape.parameterCapacity, from: &reader)
        secondMoments = try Self.readValues(
            shape, count: shape.parameterCapacity, from: &reader)
        cuts = try Self.readValues(shape, count: shape.parameterCapacity, from: &reader)
    }

    private static func readValues(
        _ shape: NetworkShape, count: Int, from reader: inout StateReader
    ) throws(StateError) -> FloatBuffer {
        guard try reader.readBool() else { return FloatBuffer(count: 0) }
        var values = FloatBuffer(count: count)
        try shape.forEachIndex { index throws(StateError) in
            values[index] = try reader.readFloat()
        }
        return values
    }
}
