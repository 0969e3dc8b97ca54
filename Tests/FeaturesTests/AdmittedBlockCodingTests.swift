import Randomness
import StateCoding
import TestSupport
import Testing

@testable import Features

/// What the learner reads of a block comes back from the journal's bytes.
@Suite struct AdmittedBlockCodingTests {
    @Test("Dense blocks come back, whatever their numbers, targets and details", arguments: 0..<40)
    func denseBlock(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func draw(_ bound: Int) -> Int { Int(generator.nextBits() % UInt64(bound)) }
        var block = AdmittedBlock()
        let width = 1 + draw(5)
        let isSingle = draw(2) == 0
        let kind = draw(4)
        for row in 0..<draw(9) {
            let gap = kind == 3 ? draw(2) : 0
            block.values += (0..<width + gap).map { _ in
                let number = Double(generator.nextUniform()) * (isSingle ? 1 : 1.1) - 0.5
                return number
            }
            let start = block.values.count - width
            var target = AdmittedBlock.Target.none
            if kind == 1 || (kind == 3 && draw(2) == 0) { target = .classIndex(draw(70_000)) }
            if kind == 2 || (kind == 3 && draw(3) == 0) {
                block.targets.append(Double(generator.nextUniform()))
                target = .values(start: block.targets.count - 1, count: 1)
            }
            block.rows.append(
                AdmittedBlock.Row(
                    features: .dense(start: start, count: width), target: target,
                    weight: kind == 3 ? generator.nextUniform() : 1,
                    time: kind == 3 && draw(2) == 0 ? 1.7e9 + Double(row) : nil,
                    identifier: kind == 3 ? .text("é\(row)") : nil,
                    index: kind == 3 ? 2 * row : row))
        }
        let copy = try value(AdmittedBlock.self, fromState: stateBytes(of: block))
        #expect(copy == block)
    }

    @Test("Late labels and remembered predictions come back")
    func lateLabels() throws {
        var labels = AdmittedBlock()
        labels.arrival = 1_700_000_000.25
        labels.targets = [4.5]
        labels.rows = [
            .init(
                features: .remembered, target: .values(start: 0, count: 1),
                identifier: .integer(-1), index: 0)
        ]
        #expect(try value(AdmittedBlock.self, fromState: stateBytes(of: labels)) == labels)

        var predictions = AdmittedBlock()
        predictions.isPrediction = true
        predictions.values = [1, 2]
        predictions.answers = [0.3, 0.7]
        predictions.rows = [
            .init(
                features: .dense(start: 0, count: 2), target: .none, identifier: .text("a"),
                index: 0)
        ]
        #expect(
            try value(AdmittedBlock.self, fromState: stateBytes(of: predictions)) == predictions)
        predictions.answers = []
        #expect(
            try value(AdmittedBlock.self, fromState: stateBytes(of: predictions)) == predictions)
    }

    @Test("Named, sparse and changing samples come back")
    func everyForm() throws {
        var block = AdmittedBlock()
        block.values = [0.1, 2, 1e300]
        block.indices = [0, 7, 9]
        block.targets = [1, 2, 3]
        block.entries = [
            .init(feature: 0, content: .number(-0.25)), .init(feature: 1, content: .category(3)),
            .init(feature: 70_000, content: .otherCategory), .init(feature: 2, content: .missing),
        ]
        block.changes = [
            .named, .positional(featureCount: 4), .feature(name: "a\u{0}ß"),
            .category(feature: 1, text: ""), .task(.classification), .task(.regression),
            .newClass(.text("UP")), .newClass(.integer(-3)), .newClass(.boolean(true)),
            .outputs(count: 2),
        ].map { PlacedChange(row: 1, change: $0) }
        block.rows = [
            .init(features: .entries(start: 0, count: 4), target: .classIndex(2), index: 0),
            .init(
                features: .sparse(start: 0, valueStart: 0, count: 3, size: 12),
                target: .values(start: 1, count: 2), identifier: .integer(-9), index: 1),
            .init(features: .dense(start: 0, count: 0), target: .none, index: 2),
        ]
        let copy = try value(AdmittedBlock.self, fromState: stateBytes(of: block))
        #expect(copy == block)
    }

    @Test("A missing number is missing again, in either precision", arguments: [1, 0.1])
    func missing(number: Double) throws {
        var block = AdmittedBlock()
        block.values = [number, .nan]
        block.rows = [.init(features: .dense(start: 0, count: 2), target: .none, index: 0)]
        let copy = try value(AdmittedBlock.self, fromState: stateBytes(of: block))
        #expect(copy.values[0] == number && copy.values[1].isNaN)
    }

    @Test("Sixty-four samples of eight single-precision numbers take about 36 bytes each")
    func isCompact() {
        var block = AdmittedBlock()
        block.values = (0..<512).map { Double(Float($0) / 7) }
        block.rows = (0..<64).map {
            .init(features: .dense(start: 8 * $0, count: 8), target: .classIndex(1), index: $0)
        }
        #expect(stateBytes(of: block).count < 64 * (8 * 4 + 4) + 100)
    }

    @Test("Bytes that end anywhere, or name places outside of the columns, are refused")
    func refusesDamage() throws {
        var block = AdmittedBlock()
        block.values = [1, 2]
        block.targets = [3]
        block.rows = [
            .init(
                features: .sparse(start: 0, valueStart: 0, count: 1, size: 3),
                target: .values(start: 0, count: 1), index: 0)
        ]
        block.indices = [2]
        let bytes = stateBytes(of: block)
        for count in bytes.indices {
            #expect(throws: StateError.self) {
                _ = try value(AdmittedBlock.self, fromState: Array(bytes[..<count]))
            }
        }
        // Every byte changed in turn: refused or read, never a trap, and never out of the columns.
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x81
            guard let read = try? value(AdmittedBlock.self, fromState: damaged) else { continue }
            for row in read.rows {
                if case .dense(let start, let count) = row.features {
                    #expect(start + count <= read.values.count)
                }
                if case .sparse(let start, let valueStart, let count, _) = row.features {
                    #expect(start + count <= read.indices.count)
                    #expect(valueStart + count <= read.values.count)
                }
                if case .values(let start, let count) = row.target {
                    #expect(start + count <= read.targets.count)
                }
            }
        }
    }
}
