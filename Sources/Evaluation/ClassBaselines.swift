import StateCoding

/// What guessing classes without features achieves on the same samples, each guess made before the
/// label is known. The first sample is a miss for both.
public struct ClassBaselines: Equatable, Sendable {
    private var samples = 0
    private var counts: [Int] = []
    /// -1 before the first label.
    private var majority = -1
    private var last = -1
    private var majorityHits = 0
    private var noChangeHits = 0

    public init() {}

    /// Accuracy of guessing the most frequent class so far; of equals the one with the lower index.
    public var majorityAccuracy: Double { share(majorityHits) }

    /// Accuracy of guessing the last label again.
    public var noChangeAccuracy: Double { share(noChangeHits) }

    /// Lets both guess, then shows them the label.
    public mutating func update(truth: Int) {
        if majority == truth { majorityHits += 1 }
        if last == truth { noChangeHits += 1 }
        samples += 1
        while counts.count <= truth { counts.append(0) }
        counts[truth] += 1
        let isAhead =
            majority < 0 || counts[truth] > counts[majority]
            || (counts[truth] == counts[majority] && truth < majority)
        if isAhead { majority = truth }
        last = truth
    }

    private func share(_ hits: Int) -> Double {
        samples == 0 ? 0 : Double(hits) / Double(samples)
    }
}

extension ClassBaselines: StateCodable {
    public func encode(to writer: inout StateWriter) {
        for value in [samples, majority, last, majorityHits, noChangeHits] { writer.write(value) }
        writer.write(counts)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        samples = try reader.readInt()
        majority = try reader.readInt()
        last = try reader.readInt()
        majorityHits = try reader.readInt()
        noChangeHits = try reader.readInt()
        counts = try reader.readInts()
        guard majority < counts.count else {
            throw .invalid(what: "most frequent class", offset: reader.offset)
        }
    }
}
