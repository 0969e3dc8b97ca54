import StateCoding

/// What a model without any features would have scored on the same classes.
///
/// Both predict before they see the sample. At the first one neither knows a class: a miss.
public struct ClassBaselines: Equatable, Sendable {
    /// Samples so far.
    public private(set) var sampleCount = 0
    private var majorityHitCount = 0
    private var noChangeHitCount = 0
    /// Samples by class, shape `[classCount]`.
    private var counts: [Int] = []
    /// The most frequent class. Of equally frequent ones, the first that got there.
    private var majority = 0
    private var last = 0

    public init() {}

    /// Accuracy of always predicting the class that was most frequent so far. In `[0, 1]`.
    public var majorityAccuracy: Double {
        sampleCount > 0 ? Double(majorityHitCount) / Double(sampleCount) : 0
    }

    /// Accuracy of predicting that the class is that of the sample before. In `[0, 1]`.
    public var noChangeAccuracy: Double {
        sampleCount > 0 ? Double(noChangeHitCount) / Double(sampleCount) : 0
    }

    /// Scores both on one sample, then shows it to them.
    ///
    /// - Parameter actual: Index of the sample's class; new classes may appear at any time.
    public mutating func update(actual: Int) {
        precondition(actual >= 0, "a class index is never negative")
        while counts.count <= actual { counts.append(0) }
        if sampleCount > 0 {
            if actual == majority { majorityHitCount += 1 }
            if actual == last { noChangeHitCount += 1 }
        } else {
            majority = actual
        }
        sampleCount += 1
        counts[actual] += 1
        last = actual
        if counts[actual] > counts[majority] { majority = actual }
    }
}

extension ClassBaselines: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(sampleCount)
        writer.write(majorityHitCount)
        writer.write(noChangeHitCount)
        writer.write(counts)
        writer.write(majority)
        writer.write(last)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        sampleCount = try reader.readInt()
        majorityHitCount = try reader.readInt()
        noChangeHitCount = try reader.readInt()
        counts = try reader.readInts()
        majority = try reader.readInt()
        last = try reader.readInt()
        let known = 0..<max(1, counts.count)
        guard known ~= majority, known ~= last, (sampleCount > 0) == !counts.isEmpty else {
            throw .invalid(what: "class baseline", offset: reader.offset)
        }
    }
}
