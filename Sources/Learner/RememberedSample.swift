import Features
import StateCoding

/// A sample that waits for its label: features as they came, and the prediction that was given.
struct RememberedSample: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        /// By feature; NaN is missing.
        case dense([Double])
        case entries([AdmittedBlock.Entry])
        case sparse(indices: [Int32], values: [Double], size: Int)
    }

    var content: Content
    var weight: Float
    /// Probabilities of the classes that were known, or numbers in the target's units. Empty when
    /// there was no model to ask.
    var answer: [Double]

    /// Copies a row out of its block.
    init(_ block: borrowing AdmittedBlock, row: Int, answer: [Double]) {
        switch block.rows[row].features {
        case .dense(let start, let count):
            content = .dense(Array(block.values[start..<start + count]))
        case .entries(let start, let count):
            content = .entries(Array(block.entries[start..<start + count]))
        case .sparse(let start, let valueStart, let count, let size):
            content = .sparse(
                indices: Array(block.indices[start..<start + count]),
                values: Array(block.values[valueStart..<valueStart + count]), size: size)
        case .remembered:
            preconditionFailure("a late label has no features to remember")
        }
        weight = block.rows[row].weight
        self.answer = answer
    }

    /// The sample with its label, as a block of one row.
    ///
    /// - Parameters:
    ///   - block: Where the label is.
    ///   - row: Its row there. Weights of sample and label are multiplied.
    func labelled(by block: borrowing AdmittedBlock, row: Int) -> AdmittedBlock {
        var result = AdmittedBlock()
        let features: AdmittedBlock.Features
        switch content {
        case .dense(let values):
            result.values = values
            features = .dense(start: 0, count: values.count)
        case .entries(let entries):
            result.entries = entries
            features = .entries(start: 0, count: entries.count)
        case .sparse(let indices, let values, let size):
            result.indices = indices
            result.values = values
            features = .sparse(start: 0, valueStart: 0, count: indices.count, size: size)
        }
        let label = block.rows[row]
        var target = label.target
        if case .values(let start, let count) = target {
            result.targets = Array(block.targets[start..<start + count])
            target = .values(start: 0, count: count)
        }
        // A product of finite weights may be too large.
        let weight = min(weight * label.weight, .greatestFiniteMagnitude)
        result.rows = [
            .init(
                features: features, target: target, weight: weight, time: label.time,
                identifier: label.identifier, index: 0)
        ]
        return result
    }
}

/// Each case has its byte for ever: checkpoints hold it.
extension RememberedSample: StateCodable {
    func encode(to writer: inout StateWriter) {
        switch content {
        case .dense(let values):
            writer.write(UInt8(0))
            writer.write(values)
        case .entries(let entries):
            writer.write(UInt8(1))
            writer.write(entries)
        case .sparse(let indices, let values, let size):
            writer.write(UInt8(2))
            writer.write(indices.map(Int.init))
            writer.write(values)
            writer.write(size)
        }
        writer.write(weight)
        writer.write(answer)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let start = reader.offset
        switch try reader.readUInt8() {
        case 0: content = .dense(try reader.readDoubles())
        case 1: content = .entries(try reader.readArray())
        case 2:
            let indices = try reader.readInts()
            let values = try reader.readDoubles()
            let size = try reader.readInt()
            guard values.count == indices.count, size <= Int(Int32.max),
                indices.allSatisfy({ (0..<max(size, 0)).contains($0) })
            else { throw .invalid(what: "sparse sample that waits for a label", offset: start) }
            content = .sparse(indices: indices.map { Int32($0) }, values: values, size: size)
        default:
            throw .invalid(what: "sample that waits for a label", offset: start)
        }
        weight = try reader.readFloat()
        answer = try reader.readDoubles()
    }
}
