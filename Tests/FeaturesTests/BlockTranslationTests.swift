import Randomness
import Testing

@testable import Features

/// A block that is carried over is the block that the other schema would have admitted.
@Suite struct BlockTranslationTests {
    private static func randomRows(
        _ generator: inout SeededGenerator, prefix: String
    ) -> [([(String, FeatureValue)], Target)] {
        (0..<generator.nextIndex(below: 5)).map { _ in
            var pairs: [(String, FeatureValue)] = []
            for name in 0..<6 where generator.nextIndex(below: 3) > 0 {
                let value: FeatureValue =
                    switch generator.nextIndex(below: 4) {
                    case 0: .missing
                    case 1: .boolean(generator.nextIndex(below: 2) == 0)
                    case 2: .category("\(prefix)\(generator.nextIndex(below: 9))")
                    default: .number(generator.nextNormal())
                    }
                // Some names are both senders', some are one's own.
                pairs.append((name < 3 ? "f\(name)" : "\(prefix)\(name)", value))
            }
            if pairs.isEmpty { pairs = [("f0", .number(1))] }
            let isLabelled = generator.nextIndex(below: 4) > 0
            let label = Label.text("\(prefix)\(generator.nextIndex(below: 3))")
            return (pairs, isLabelled ? .label(label) : .none)
        }
    }

    /// Rows as they are learned; how entries lie in the storage does not matter.
    private static func content(
        _ block: AdmittedBlock
    ) -> [([AdmittedBlock.Entry], AdmittedBlock.Target)] {
        block.rows.filter(\.isLabelled).map { row in
            guard case .entries(let start, let count) = row.features else { return ([], .none) }
            return (Array(block.entries[start..<start + count]), row.target)
        }
    }

    @Test("Without the samples of one sender, all is as if it had sent none", arguments: 1...20)
    func asIfItHadNeverBeen(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var recorded = SampleSchema()
        var alone = SampleSchema()
        var translation = BlockTranslation(from: recorded, to: alone)
        var follower = SampleSchema()
        for _ in 0..<40 {
            let isLeftOut = generator.nextIndex(below: 2) == 0
            let rows = Self.randomRows(&generator, prefix: isLeftOut ? "x" : "y")
            let block = recorded.admit(.named(rows))
            if isLeftOut {
                translation.skip(block)
                continue
            }
            let wanted = alone.admit(.named(rows))
            let found = translation.translate(block)
            #expect(translation.target == alone)
            let pairs = zip(Self.content(found), Self.content(wanted))
            #expect(found.rows.count == wanted.rows.count)
            for (left, right) in pairs { #expect(left.0 == right.0 && left.1 == right.1) }
            // Applied by a learner, the changes make the same schema.
            for placed in found.changes { follower.apply(placed.change) }
            #expect(follower == alone && translation.source == recorded)
        }
    }

    @Test("Positional rows stay as they are, and bring their form")
    func positional() {
        var recorded = SampleSchema()
        var translation = BlockTranslation(from: recorded, to: SampleSchema())
        translation.skip(recorded.admit(.positional([([1, 2], .label(.text("no")))])))
        let block = recorded.admit(
            .positional([([3, 4], .label(.text("yes"))), ([5, .nan], .label(.text("no")))]))
        let found = translation.translate(block)
        #expect(translation.target.form == .positional && translation.target.featureCount == 2)
        #expect(translation.target.classes == [.text("yes"), .text("no")])
        #expect(found.rows.map(\.target) == [.classIndex(0), .classIndex(1)])
        #expect(found.rows.map(\.features) == block.rows.map(\.features))
    }

    @Test("Columns of a buffer become named values where the other schema knows others")
    func columns() {
        var recorded = SampleSchema()
        _ = recorded.admit(.named([([("a", .number(1))], .number(0.5))]))
        var target = SampleSchema()
        _ = target.admit(.named([([("b", .number(1))], .number(0.5))]))
        var translation = BlockTranslation(from: recorded, to: target)
        let found = translation.translate(
            recorded.admit(.positional([([7], .number(1.5))])))
        #expect(translation.target.featureNames == ["b", "a"])
        #expect(found.entries == [.init(feature: 1, content: .number(7))])
    }

    @Test("The first rows of a block bring their own changes only", arguments: 0...3)
    func prefixes(count: Int) {
        var schema = SampleSchema()
        let block = schema.admit(
            .named((0..<3).map { ([("f\($0)", .number(1))], .label(.text("c\($0)"))) }))
        let part = block.prefix(count)
        #expect(part.rows.count == count)
        var follower = SampleSchema()
        for placed in part.changes { follower.apply(placed.change) }
        #expect(follower.featureCount == count && follower.classes.count == count)
    }
}
