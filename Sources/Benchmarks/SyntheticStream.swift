import Features
import Randomness

/// Samples of numeric features, normal and independent, of two classes that a plane parts.
struct SyntheticStream {
    /// Shape `[rows, features]`, row by row.
    let values: [Double]
    /// 0 or 1 for each row.
    let labels: [Int64]
    let featureCount: Int

    /// Features of what the Python sender sends.
    static let sentFeatureCount = 10

    init(featureCount: Int, rowCount: Int, seed: UInt64 = 1) {
        var generator = SeededGenerator(seed: seed)
        var values: [Double] = []
        var labels: [Int64] = []
        for _ in 0..<rowCount {
            // Four decimals, as measurements come in text.
            let row = (0..<featureCount).map { _ in
                (generator.nextNormal() * 10_000).rounded() / 10_000
            }
            values += row
            labels.append(row.reduce(0, +) > 0 ? 1 : 0)
        }
        self.values = values
        self.labels = labels
        self.featureCount = featureCount
    }

    var rowCount: Int { labels.count }

    /// Rows as a message of positional samples holds them.
    func positional(_ rows: Range<Int>) -> SampleBlock {
        var block = SampleBlock()
        for (index, row) in rows.enumerated() {
            block.rows.append(
                .init(
                    shape: .positional(start: index * featureCount, count: featureCount),
                    target: .label(.integer(labels[row])), index: index))
        }
        block.values = Array(
            values[rows.lowerBound * featureCount..<rows.upperBound * featureCount])
        return block
    }

    /// Rows as a message of named samples holds them.
    func named(_ rows: Range<Int>) -> SampleBlock {
        var block = SampleBlock()
        for (index, row) in rows.enumerated() {
            block.rows.append(
                .init(
                    shape: .named(start: index * featureCount, count: featureCount),
                    target: .label(.integer(labels[row])), index: index))
            for feature in 0..<featureCount {
                block.names.append("sensor_\(feature)")
                block.namedValues.append(.number(values[row * featureCount + feature]))
            }
        }
        return block
    }

    /// Rows as texts: each value stands for one of 20,000 words, which is in the sample.
    func words(_ rows: Range<Int>) -> SampleBlock {
        var block = SampleBlock()
        for (index, row) in rows.enumerated() {
            var words: Set<Int> = []
            for value in values[row * featureCount..<(row + 1) * featureCount] {
                words.insert(Int((value * 10_000).rounded().magnitude) % 20_000)
            }
            block.rows.append(
                .init(
                    shape: .named(start: block.names.count, count: words.count),
                    target: .label(.integer(labels[row])), index: index))
            for word in words.sorted() {
                block.names.append("word_\(word)")
                block.namedValues.append(.number(1))
            }
        }
        return block
    }
}
