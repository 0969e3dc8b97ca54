import Features
import Randomness
import Testing

@testable import WireFormat

/// Random samples, alike enough for the forms that ask for it.
struct SampleMaker {
    var generator: SeededGenerator

    mutating func text() -> String {
        let letters = Array("ab\"\\/\n\u{1}é€𝄞 {}[]:,")
        return String(
            (0..<generator.nextIndex(below: 6)).map { _ in
                letters[generator.nextIndex(below: letters.count)]
            })
    }

    mutating func number() -> Double {
        switch generator.nextIndex(below: 3) {
        case 0: return Double(generator.nextIndex(below: 100)) / 4
        case 1: return generator.nextNormal()
        default:
            let number = Double(bitPattern: generator.nextBits())
            return number.isFinite ? number : -0.0
        }
    }

    mutating func target() -> Target {
        switch generator.nextIndex(below: 6) {
        case 0: return .none
        case 1: return .label(.text(text()))
        case 2: return .label(.integer(Int64(bitPattern: generator.nextBits())))
        case 3: return .label(.boolean(generator.nextIndex(below: 2) == 0))
        case 4: return .number(number())
        default: return .vector([number(), number()])
        }
    }

    mutating func features() -> Sample.Features {
        switch generator.nextIndex(below: 3) {
        case 0: return .positional([number(), number(), number()])
        case 1:
            return .named([
                .init("a" + text(), .number(number())), .init("b" + text(), .category(text())),
                .init("c" + text(), .boolean(true)), .init("d" + text(), .missing),
            ])
        default: return .sparse(indices: [0, 5, 9], values: [number(), 0, number()], size: 10)
        }
    }

    mutating func sample() -> Sample {
        var sample = Sample(features(), target: target())
        if generator.nextIndex(below: 2) == 0 { sample.identifier = .text(text()) }
        if generator.nextIndex(below: 3) == 0 {
            sample.identifier = .integer(Int64(bitPattern: generator.nextBits()))
        }
        if generator.nextIndex(below: 2) == 0 { sample.time = number() }
        if generator.nextIndex(below: 2) == 0 { sample.weight = generator.nextUniform() }
        return sample
    }

    mutating func block(_ count: Int) -> SampleBlock {
        var block = SampleBlock()
        for _ in 0..<count { block.append(sample()) }
        return block
    }
}

@Suite struct SampleRoundTripTests {
    @Test("what the encoder writes as JSON, the decoder reads", arguments: 1...20)
    func readsBackJSON(seed: UInt64) throws {
        var maker = SampleMaker(generator: SeededGenerator(seed: seed))
        let block = maker.block(12)
        for form in [RequestEnvelope.Form.array, .lines] {
            let frames = try SampleEncoder(form: form).encode(block)
            let decoded = try decode(frames)
            #expect(decoded.block == block)
            #expect(decoded.envelope.sampleCount == 12)
        }
        for row in 0..<12 {
            let frames = try SampleEncoder(form: .object).encode(block, rows: row..<row + 1)
            let decoded = try decode(frames)
            #expect(decoded.block.rows.first?.target == block.rows[row].target)
            #expect(decoded.envelope.identifier == block.rows[row].identifier)
        }
    }

    @Test("what the encoder writes as buffers, the decoder reads", arguments: 1...20)
    func readsBackBuffers(seed: UInt64) throws {
        var maker = SampleMaker(generator: SeededGenerator(seed: seed))
        let kind = seed % 5
        var block = SampleBlock()
        for index in 0..<9 {
            var target = Target.none
            switch kind {
            case 0: target = .label(.text(["U", "D"][index % 2]))
            case 1: target = .label(.integer(Int64(index)))
            case 2: target = .label(.boolean(index % 2 == 0))
            case 3: target = index == 3 ? .none : .number(maker.number())
            default: target = .vector([maker.number(), 2])
            }
            block.append(
                Sample(
                    .positional([maker.number(), index == 4 ? .nan : 1]), target: target,
                    identifier: .integer(Int64(index)), time: maker.number(), weight: 0.5))
        }
        block.columnNames = ["a", "b\""]
        let decoded = try decode(try SampleEncoder(form: .buffers).encode(block))
        #expect(decoded.block.rows == block.rows)
        #expect(decoded.block.columnNames == block.columnNames)
        #expect(decoded.block.values.map(\.bitPattern) == block.values.map(\.bitPattern))
        let short = try decode(
            try SampleEncoder(form: .buffers, precision: .float32).encode(block, rows: 0..<1))
        #expect(short.block.values.first.map { Float($0) } == Float(block.values[0]))
    }

    @Test("an envelope goes along in every form")
    func carriesEnvelope() throws {
        var request = RequestEnvelope()
        request.producer = "p\""
        request.sequence = 9
        request.identifier = .text("r")
        var block = SampleBlock()
        block.append(Sample(.positional([1]), target: .number(0.5)))
        for form in [RequestEnvelope.Form.object, .array, .lines, .buffers] {
            let decoded = try decode(try SampleEncoder(form: form).encode(block, request: request))
            #expect(decoded.envelope.producer == "p\"")
            #expect(decoded.envelope.sequence == 9)
            #expect(decoded.envelope.identifier == .text("r"))
        }
        let hello = try decode([SampleEncoder.hello(producer: "p", lastAcknowledged: 3)])
        #expect(hello.envelope.hello == .init(lastAcknowledged: 3))
    }

    @Test("samples that differ in kind are no buffers")
    func refusesWhatBuffersCannotHold() {
        let one = Sample(.positional([1]), target: .number(1))
        let others = [
            Sample(.positional([1, 2]), target: .number(1)), Sample(.named([]), target: .number(1)),
            Sample(.positional([1]), target: .label(.integer(1))),
            Sample(.positional([1]), target: .vector([1, 2])),
            Sample(.positional([1]), target: .number(1), identifier: .text("a")),
            Sample(.positional([1]), target: .number(1), time: 1),
        ]
        for other in others {
            var block = SampleBlock()
            block.append(one)
            block.append(other)
            let refusal = #expect(throws: Refusal.self) {
                try SampleEncoder(form: .buffers).encode(block)
            }
            #expect(refusal?.code == .unsupported)
        }
    }

    @Test("mutated messages never crash, and leave whole rows or a refusal", arguments: 1...4)
    func survivesMutation(seed: UInt64) throws {
        var maker = SampleMaker(generator: SeededGenerator(seed: seed))
        var decoder = SampleDecoder(purpose: [.learn, .predict, .samples][Int(seed % 3)])
        var block = SampleBlock()
        for round in 0..<5_000 {
            var frames: [[UInt8]]
            let source = maker.block(3)
            switch round % 4 {
            case 0: frames = try SampleEncoder(form: .array).encode(source)
            case 1: frames = try SampleEncoder(form: .lines).encode(source)
            case 2: frames = try SampleEncoder(form: .object).encode(source, rows: 0..<1)
            default:
                frames = [
                    utf8(
                        #"{"x":{"dtype":"float32","shape":[2,2]},"y":{"dtype":"int32","shape":[2]}}"#
                    ),
                    [UInt8](repeating: 63, count: 16), [UInt8](repeating: 0, count: 8),
                ]
            }
            for _ in 0...maker.generator.nextIndex(below: 3) {
                let frame = maker.generator.nextIndex(below: frames.count)
                mutate(&frames[frame], using: &maker.generator)
            }
            guard let envelope = try? decoder.decode(frames, into: &block) else { continue }
            expectWhole(block, envelope)
        }
    }

    private func expectWhole(_ block: SampleBlock, _ envelope: RequestEnvelope) {
        let indices = (block.rows.map(\.index) + block.refusals.map(\.index)).sorted()
        #expect(indices == Array(0..<envelope.sampleCount))
        #expect(envelope.refusedIdentifiers.count == block.refusals.count)
        #expect(block.names.count == block.namedValues.count)
        for row in block.rows {
            #expect(row.weight >= 0 && row.weight.isFinite)
            switch row.shape {
            case .absent: break
            case .positional(let start, let count):
                #expect(count > 0 && start + count <= block.values.count)
                #expect(block.values[start..<start + count].allSatisfy { !$0.isInfinite })
            case .named(let start, let count):
                #expect(Set(block.names[start..<start + count]).count == count)
            case .sparse(let start, let valueStart, let count, let size):
                let indices = block.indices[start..<start + count]
                #expect(zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 })
                #expect(indices.allSatisfy { $0 >= 0 && $0 < size })
                #expect(valueStart + count <= block.values.count)
            }
        }
    }
}
