import StateCoding

/// A block in bytes, as the journal keeps it.
///
/// Columns, so that a block of numbers costs a few copies: what all rows have in common is written
/// once, and numbers that are exact in single precision take four bytes. Refused samples are
/// left out, since nothing is learned from them.
extension AdmittedBlock: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(UInt32(rows.count))
        writer.writeNumbers(values)
        writer.writeNumbers(targets)
        writer.write(UInt32(indices.count))
        for index in indices { writer.write(UInt32(bitPattern: index)) }
        writer.write(entries)
        writer.write(changes)
        encodeFeatures(to: &writer)
        encodeTargets(to: &writer)
        encodeDetails(to: &writer)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init()
        // The layouts below tell at least one byte per row, or the columns hold the rows.
        let count = Int(try reader.readUInt32())
        values = try reader.readNumbers()
        targets = try reader.readNumbers()
        let indexCount = Int(try reader.readUInt32())
        guard indexCount <= reader.remainingCount / 4 else {
            throw .truncated(what: "sparse indices", offset: reader.offset)
        }
        for _ in 0..<indexCount { indices.append(Int32(bitPattern: try reader.readUInt32())) }
        entries = try reader.readArray()
        changes = try reader.readArray()
        let start = reader.offset
        guard changes.allSatisfy({ (0...count).contains($0.row) }) else {
            throw .invalid(what: "place of a change of the schema", offset: start)
        }
        try decodeFeatures(count: count, from: &reader)
        try decodeTargets(from: &reader)
        try decodeDetails(from: &reader)
    }
}

// MARK: - Features

extension AdmittedBlock {
    /// Numbers per row, when every row is as many numbers behind those of the row before.
    private var denseWidth: Int? {
        guard case .dense(0, let width) = rows.first?.features, width > 0 else { return nil }
        for index in rows.indices {
            guard case .dense(index * width, width) = rows[index].features else { return nil }
        }
        return width
    }

    private func encodeFeatures(to writer: inout StateWriter) {
        if let denseWidth {
            writer.write(UInt8(1))
            writer.write(UInt32(denseWidth))
            return
        }
        writer.write(UInt8(0))
        for row in rows {
            switch row.features {
            case .dense(let start, let count): writer.writePlaces(0, [start, count])
            case .entries(let start, let count): writer.writePlaces(1, [start, count])
            case .sparse(let start, let valueStart, let count, let size):
                writer.writePlaces(2, [start, valueStart, count, size])
            case .remembered: writer.writePlaces(3, [0, 0])
            }
        }
    }

    private mutating func decodeFeatures(
        count: Int, from reader: inout StateReader
    ) throws(StateError) {
        let isUniform = try reader.readUInt8() == 1
        if isUniform {
            let width = try reader.readPlace()
            // Of rows without a number there could be any number.
            guard width >= 1, count <= values.count / width else {
                throw .invalid(what: "numbers of the rows", offset: reader.offset)
            }
            rows.reserveCapacity(count)
            for index in 0..<count {
                rows.append(
                    Row(
                        features: .dense(start: index * width, count: width), target: .none,
                        index: index))
            }
            return
        }
        guard count <= reader.remainingCount / 9 else {
            throw .truncated(what: "features of the rows", offset: reader.offset)
        }
        for index in 0..<count {
            let features = try decodeRowFeatures(from: &reader)
            rows.append(Row(features: features, target: .none, index: index))
        }
    }

    private func decodeRowFeatures(
        from reader: inout StateReader
    ) throws(StateError) -> Features {
        let tag = try reader.readUInt8()
        let start = try reader.readPlace()
        switch tag {
        case 0:
            let count = try reader.readPlace()
            guard start + count <= values.count else { break }
            return .dense(start: start, count: count)
        case 1:
            let count = try reader.readPlace()
            guard start + count <= entries.count else { break }
            return .entries(start: start, count: count)
        case 2:
            let valueStart = try reader.readPlace()
            let count = try reader.readPlace()
            let size = try reader.readPlace()
            guard start + count <= indices.count, valueStart + count <= values.count else { break }
            return .sparse(start: start, valueStart: valueStart, count: count, size: size)
        case 3:
            guard start == 0, try reader.readPlace() == 0 else { break }
            return .remembered
        default:
            break
        }
        throw .invalid(what: "features of a row", offset: reader.offset)
    }
}

// MARK: - Targets

extension AdmittedBlock {
    /// How the targets of a block are written.
    private enum TargetLayout: UInt8 {
        case none, classes, singleNumbers, mixed
    }

    private var targetLayout: TargetLayout {
        var couldBe: TargetLayout?
        for index in rows.indices {
            let layout: TargetLayout
            switch rows[index].target {
            case .none: layout = .none
            case .classIndex: layout = .classes
            case .values(index, 1): layout = .singleNumbers
            case .values: return .mixed
            }
            if couldBe ?? layout != layout { return .mixed }
            couldBe = layout
        }
        return couldBe ?? .none
    }

    private func encodeTargets(to writer: inout StateWriter) {
        let layout = targetLayout
        writer.write(layout.rawValue)
        guard layout == .classes || layout == .mixed else { return }
        for row in rows {
            switch row.target {
            case .none: writer.write(UInt8(0))
            case .classIndex(let index):
                if layout == .classes {
                    writer.write(UInt32(index))
                } else {
                    writer.writePlaces(1, [index])
                }
            case .values(let start, let count): writer.writePlaces(2, [start, count])
            }
        }
    }

    private mutating func decodeTargets(from reader: inout StateReader) throws(StateError) {
        guard let layout = TargetLayout(rawValue: try reader.readUInt8()) else {
            throw .invalid(what: "targets of the rows", offset: reader.offset)
        }
        for index in rows.indices {
            switch layout {
            case .none: break
            case .classes: rows[index].target = .classIndex(try reader.readPlace())
            case .singleNumbers: rows[index].target = .values(start: index, count: 1)
            case .mixed: rows[index].target = try decodeTarget(from: &reader)
            }
            if case .values(let start, let count) = rows[index].target,
                start + count > targets.count
            {
                throw .invalid(what: "target of a row", offset: reader.offset)
            }
        }
    }

    private func decodeTarget(from reader: inout StateReader) throws(StateError) -> Target {
        switch try reader.readUInt8() {
        case 0: return .none
        case 1: return .classIndex(try reader.readPlace())
        case 2: return .values(start: try reader.readPlace(), count: try reader.readPlace())
        default: throw .invalid(what: "target of a row", offset: reader.offset)
        }
    }
}

// MARK: - What few rows have

extension AdmittedBlock {
    private func encodeDetails(to writer: inout StateWriter) {
        writer.write(arrival)
        writer.write(isPrediction)
        if isPrediction { writer.writeNumbers(answers) }
        let hasWeights = rows.contains { $0.weight != 1 }
        let hasTimes = rows.contains { $0.time != nil }
        let hasIdentifiers = rows.contains { $0.identifier != nil }
        let hasIndices = rows.indices.contains { rows[$0].index != $0 }
        for flag in [hasWeights, hasTimes, hasIdentifiers, hasIndices] { writer.write(flag) }
        if hasWeights { writer.write(rows.map(\.weight)) }
        for row in rows where hasTimes {
            writer.write(row.time != nil)
            if let time = row.time { writer.write(time) }
        }
        for row in rows where hasIdentifiers { writer.write(row.identifier) }
        for row in rows where hasIndices { writer.write(UInt32(row.index)) }
    }

    private mutating func decodeDetails(from reader: inout StateReader) throws(StateError) {
        arrival = try reader.readDouble()
        isPrediction = try reader.readBool()
        if isPrediction { answers = try reader.readNumbers() }
        guard arrival.isFinite, rows.isEmpty || answers.count % rows.count == 0 else {
            throw .invalid(what: "answers of a prediction", offset: reader.offset)
        }
        let hasWeights = try reader.readBool()
        let hasTimes = try reader.readBool()
        let hasIdentifiers = try reader.readBool()
        let hasIndices = try reader.readBool()
        if hasWeights {
            let weights = try reader.readFloats()
            guard weights.count == rows.count else {
                throw .invalid(what: "weights of the rows", offset: reader.offset)
            }
            for index in rows.indices { rows[index].weight = weights[index] }
        }
        for index in rows.indices where hasTimes {
            rows[index].time = try reader.readBool() ? try reader.readDouble() : nil
        }
        for index in rows.indices where hasIdentifiers {
            rows[index].identifier = try reader.readOptional()
        }
        for index in rows.indices where hasIndices {
            rows[index].index = try reader.readPlace()
        }
    }
}

extension StateWriter {
    /// Writes numbers in single precision when nothing is lost by it. A NaN stands for a missing
    /// number and comes back as some NaN.
    fileprivate mutating func writeNumbers(_ numbers: [Double]) {
        let areSingle = numbers.allSatisfy { Double(Float($0)) == $0 || $0.isNaN }
        write(areSingle)
        if areSingle { write(numbers.map { Float($0) }) } else { write(numbers) }
    }

    fileprivate mutating func writePlaces(_ tag: UInt8, _ places: [Int]) {
        write(tag)
        for place in places { write(UInt32(place)) }
    }
}

extension StateReader {
    fileprivate mutating func readNumbers() throws(StateError) -> [Double] {
        guard try readBool() else { return try readDoubles() }
        return try readFloats().map { Double($0) }
    }

    fileprivate mutating func readPlace() throws(StateError) -> Int { Int(try readUInt32()) }
}
