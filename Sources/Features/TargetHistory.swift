import StateCoding

/// The last targets of a stream, kept to be inputs of the next sample.
struct TargetHistory: Equatable, Sendable {
    /// Targets kept.
    let length: Int
    /// Class indices, or rows of standardised numbers; the newest first.
    private(set) var classes: [Int] = []
    private(set) var numbers: [[Float]] = []
    /// Column of class `c` at lag `l`: `[c · length + l]`; -1 when there is none.
    var classColumns: [Int32] = []
    /// Column of output `o` at lag `l`: `[o · length + l]`.
    var numberColumns: [Int32] = []

    init(length: Int) { self.length = length }

    mutating func push(classIndex: Int) {
        classes.insert(classIndex, at: 0)
        if classes.count > length { classes.removeLast() }
    }

    mutating func push(_ values: [Float]) {
        numbers.insert(values, at: 0)
        if numbers.count > length { numbers.removeLast() }
    }

    func encode(into input: inout MutableSpan<Float>) {
        for lag in classes.indices {
            let position = classes[lag] * length + lag
            guard position < classColumns.count, classColumns[position] >= 0 else { continue }
            input[Int(classColumns[position])] = 1
        }
        for lag in numbers.indices {
            for output in numbers[lag].indices {
                let position = output * length + lag
                guard position < numberColumns.count, numberColumns[position] >= 0 else { continue }
                input[Int(numberColumns[position])] = numbers[lag][output]
            }
        }
    }
}

extension TargetHistory: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(length)
        writer.write(classes)
        writer.write(numbers.count)
        for values in numbers { writer.write(values) }
        writer.write(classColumns.count)
        writer.write(numberColumns.count)
    }

    /// The columns follow from the encoder's own list of them.
    init(from reader: inout StateReader) throws(StateError) {
        length = try reader.readInt()
        classes = try reader.readInts()
        let count = try reader.readInt()
        guard length >= 0, classes.allSatisfy({ $0 >= 0 }), count <= length else {
            throw .invalid(what: "target history", offset: reader.offset)
        }
        for _ in 0..<max(count, 0) { numbers.append(try reader.readFloats()) }
        let columnCounts = [try reader.readInt(), try reader.readInt()]
        for columnCount in columnCounts where !(0...InputEncoder.stateLimit).contains(columnCount) {
            throw .invalid(what: "target history", offset: reader.offset)
        }
        // Every class that was met has a column or a note that it has none.
        guard classes.allSatisfy({ $0 < columnCounts[0] / max(length, 1) }) else {
            throw .invalid(what: "class in the target history", offset: reader.offset)
        }
        classColumns = [Int32](repeating: -1, count: columnCounts[0])
        numberColumns = [Int32](repeating: -1, count: columnCounts[1])
    }
}
