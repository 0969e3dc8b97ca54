import Randomness
import StateCoding
import Testing

@testable import Features

@Suite struct SchemaAgreementTests {
    static let seeds = [UInt64](1...20)

    /// A message of good and bad rows: named or positional, of every kind of value and target.
    static func randomBlock(_ generator: inout SeededGenerator) -> SampleBlock {
        var block = SampleBlock()
        let isNamed = generator.nextIndex(below: 8) > 0
        for index in 0..<generator.nextIndex(below: 6) {
            let target = randomTarget(&generator)
            if isNamed {
                var pairs: [(String, FeatureValue)] = []
                let first = generator.nextIndex(below: 30)
                for step in 0..<generator.nextIndex(below: 6) {
                    pairs.append(("f\((first * 7 + step * 11) % 40)", randomValue(&generator)))
                }
                block.appendNamed(pairs, target, index: index)
            } else {
                let values = (0..<generator.nextIndex(below: 5)).map { _ in
                    generator.nextIndex(below: 9) == 0 ? .infinity : generator.nextNormal()
                }
                block.appendPositional(values, target, index: index)
            }
        }
        return block
    }

    static func randomValue(_ generator: inout SeededGenerator) -> FeatureValue {
        switch generator.nextIndex(below: 12) {
        case 0: .missing
        case 1: .number(.infinity)
        case 2: .boolean(generator.nextIndex(below: 2) == 0)
        case 3...5: .category("c\(generator.nextIndex(below: 400))")
        default: .number(generator.nextNormal())
        }
    }

    static func randomTarget(_ generator: inout SeededGenerator) -> Target {
        switch generator.nextIndex(below: 10) {
        case 0...2: .none
        case 3: .number(generator.nextNormal())
        case 4: .vector([1, 2])
        case 5: .label(.boolean(true))
        case 6: .label(.text("t\(generator.nextIndex(below: 12))"))
        default: .label(.integer(Int64(generator.nextIndex(below: 12))))
        }
    }

    @Test("a second schema that makes the recorded changes stays equal", arguments: seeds)
    func applyFollowsAdmit(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let adjust = { (features: inout FeatureConfiguration, target: inout TargetConfiguration) in
            features.maxFeatures = 20 + Int(seed % 3) * 10
            features.hashing = seed % 2 == 0 ? 64 : 0
            target.maxClasses = 9
        }
        var admitting = SampleSchema(adjust)
        var learning = SampleSchema(adjust)
        for _ in 0..<300 {
            let block = Self.randomBlock(&generator)
            let admitted = admitting.admit(block)
            // A refused row leaves no entry behind.
            let entryCounts = admitted.rows.map { entries($0, admitted).count }
            #expect(admitted.entries.count == entryCounts.reduce(0, +))
            var next = 0
            for row in admitted.rows.indices {
                while next < admitted.changes.count, admitted.changes[next].row == row {
                    learning.apply(admitted.changes[next].change)
                    next += 1
                }
                // Every index in the row is known to the schema as it stands at the row.
                expectKnown(admitted, row: row, in: learning)
            }
            #expect(next == admitted.changes.count)
            #expect(learning == admitting)
        }
        #expect(stateBytes(learning) == stateBytes(admitting))
        #expect(try restored(learning) == learning)
    }

    private func expectKnown(_ block: AdmittedBlock, row: Int, in schema: SampleSchema) {
        if case .classIndex(let index) = block.rows[row].target {
            #expect(index < schema.classes.count)
        }
        guard case .entries(let start, let count) = block.rows[row].features else { return }
        for entry in block.entries[start..<start + count] {
            let feature = Int(entry.feature)
            #expect(feature >= 0)
            if feature >= schema.bucketBase {
                #expect(feature < schema.bucketBase + schema.bucketCount)
            } else {
                #expect(feature < schema.featureCount)
                if case .category(let index) = entry.content, index < SampleSchema.categoryLimit {
                    #expect(index < schema.categories(ofFeature: feature).count)
                }
            }
        }
    }

    @Test("refused and unlabelled samples leave the schema as it was", arguments: seeds)
    func refusalsChangeNothing(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var schema = SampleSchema { features, target in
            features.maxFeatures = 25
            target.maxClasses = 6
        }
        for _ in 0..<300 {
            let block = Self.randomBlock(&generator)
            var alone = schema
            let before = stateBytes(schema)
            for row in block.rows {
                var single = block
                single.rows = [row]
                let admitted = alone.admit(single)
                let isTaken = admitted.refusals.isEmpty && row.isLabelled
                if !isTaken { #expect(admitted.changes.isEmpty) }
                #expect(admitted.rows.count + admitted.refusals.count == 1)
            }
            _ = schema.resolve(block)
            #expect(stateBytes(schema) == before)
            // Row by row or all at once, the schema ends the same.
            _ = schema.admit(block)
            #expect(schema == alone)
        }
    }

    @Test("messages of one sample each, joined, are the message of all of them", arguments: seeds)
    func joining(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var block = Self.randomBlock(&generator)
            if generator.nextIndex(below: 4) == 0 {
                block = .sparse([(2, 0.5), (7, -1)], size: 9, .label(.integer(1)))
            }
            var joined = SampleBlock()
            for row in block.rows {
                joined.append(single: Self.single(row, of: block), index: row.index)
            }
            #expect(joined == block)
            // Behind others, so that nothing begins at 0: the same samples again.
            for row in block.rows {
                joined.append(single: Self.single(row, of: block), index: row.index)
            }
            var twice = SampleSchema()
            let once = (twice.admit(block), twice.admit(block))
            var schema = SampleSchema()
            let admitted = schema.admit(joined)
            #expect(schema == twice)
            #expect(admitted.rows.count == once.0.rows.count + once.1.rows.count)
            #expect(
                admitted.refusals.map(\.refusal)
                    == (once.0.refusals + once.1.refusals).map(\.refusal))
        }
    }

    /// A row as a message of its own.
    private static func single(_ row: SampleBlock.Row, of block: SampleBlock) -> SampleBlock {
        switch row.shape {
        case .positional(let start, let count):
            return .positional([(Array(block.values[start..<start + count]), row.target)])
        case .named(let start, let count):
            let pairs = zip(block.names, block.namedValues).dropFirst(start).prefix(count)
            return .named([(pairs.map { ($0, $1) }, row.target)])
        case .sparse, .absent:
            return block
        }
    }

    @Test("a prediction resolves to what the same admitted sample resolved to", arguments: seeds)
    func resolveAgreesWithAdmit(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var schema = SampleSchema()
        for _ in 0..<200 {
            let block = Self.randomBlock(&generator)
            _ = schema.admit(block)
            let known = schema.admit(block)
            let resolved = schema.resolve(block)
            for row in known.rows where row.isLabelled {
                let twin = resolved.rows.first { $0.index == row.index }
                #expect(twin.map { entries($0, resolved) } == entries(row, known))
            }
        }
    }

    private func entries(_ row: AdmittedBlock.Row, _ block: AdmittedBlock) -> [AdmittedBlock.Entry]
    {
        guard case .entries(let start, let count) = row.features else { return [] }
        return Array(block.entries[start..<start + count])
    }

    @Test("damaged state is refused and never traps", arguments: [UInt64](1...8))
    func survivesDamage(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var schema = SampleSchema()
        for _ in 0..<20 { _ = schema.admit(Self.randomBlock(&generator)) }
        let bytes = stateBytes(schema)
        for length in 0..<bytes.count {
            var reader = StateReader(bytes: Array(bytes.prefix(length)))
            #expect(throws: StateError.self) { try reader.read(SampleSchema.self) }
        }
    }
}
