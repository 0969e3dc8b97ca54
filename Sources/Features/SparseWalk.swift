/// A way through the pairs of one sparse row, whose indices rise.
struct SparseWalk {
    private let start: Int
    private let valueStart: Int
    private let count: Int
    private var place = 0

    /// - Parameters: As in ``AdmittedBlock/Features-swift.enum/sparse(start:valueStart:count:size:)``.
    init(start: Int, valueStart: Int, count: Int) {
        self.start = start
        self.valueStart = valueStart
        self.count = count
    }

    mutating func restart() { place = 0 }

    /// The next pair, if there is one.
    @inline(__always)
    mutating func next(in block: borrowing AdmittedBlock) -> (feature: Int, value: Double)? {
        guard place < count else { return nil }
        defer { place += 1 }
        return (Int(block.indices[start + place]), block.values[valueStart + place])
    }

    /// The number of a feature, zero where the row names none. Asked by rising feature.
    @inline(__always)
    mutating func value(of feature: Int, in block: borrowing AdmittedBlock) -> Double {
        while place < count, block.indices[start + place] < Int32(feature) { place += 1 }
        guard place < count, block.indices[start + place] == Int32(feature) else { return 0 }
        return block.values[valueStart + place]
    }
}
