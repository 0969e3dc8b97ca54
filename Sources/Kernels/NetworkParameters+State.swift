import StateCoding

extension NetworkShape: StateCodable {
    public func encode(to writer: inout StateWriter) { writer.write(unitCounts) }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let unitCounts = try reader.readInts()
        guard Self.isValid(unitCounts),
            Self.fits(unitCounts, byteCount: reader.remainingCount)
        else { throw .invalid(what: "units per layer", offset: offset) }
        self.init(unitCounts: unitCounts)
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
        for level in births { writer.write(level) }
        for blocks in [weights.blocks, firstMoments, secondMoments] {
            writer.write(!blocks.isEmpty)
            if !blocks.isEmpty {
                shape.forEachIndex { writer.write(blocks[value: $0]) }
            }
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let shape = try NetworkShape(from: &reader)
        let stepOffset = reader.offset
        stepCount = try reader.readInt()
        guard stepCount >= 0 else { throw .invalid(what: "a step count", offset: stepOffset) }
        weights = NetworkWeights(shape: shape)
        births = []
        for unitCount in shape.unitCounts {
            let offset = reader.offset
            let level = try reader.readInts()
            guard level.count == unitCount, (level.max() ?? 0) <= stepCount, (level.min() ?? 0) >= 0
            else { throw .invalid(what: "the ages of units", offset: offset) }
            births.append(level)
        }
        let offset = reader.offset
        weights.blocks = try Self.readBlocks(shape, from: &reader)
        guard !weights.blocks.isEmpty else { throw .invalid(what: "weights", offset: offset) }
        firstMoments = try Self.readBlocks(shape, from: &reader)
        secondMoments = try Self.readBlocks(shape, from: &reader)
    }

    private static func readBlocks(
        _ shape: NetworkShape, from reader: inout StateReader
    ) throws(StateError) -> [Lanes] {
        guard try reader.readBool() else { return [] }
        var blocks = [Lanes](repeating: .zero, count: shape.parameterBlockCount)
        try shape.forEachIndex { index throws(StateError) in
            blocks[value: index] = try reader.readFloat()
        }
        return blocks
    }
}
