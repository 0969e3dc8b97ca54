import Features
import Testing
import WireFormat

@Suite struct SampleEncoderFallbackTests {
    private static func block(_ samples: [Sample]) -> SampleBlock {
        var block = SampleBlock()
        for sample in samples { block.append(sample) }
        return block
    }

    private static let numbers = block([
        Sample(.positional([0.1, 2]), target: .number(1)),
        Sample(.positional([3, -4e-300]), target: .number(0.25)),
    ])
    private static let mixed = block([
        Sample(.positional([0.1, 2]), target: .label(.text("UP"))),
        Sample(.named([.init("a", .category("red"))]), target: .label(.text("DOWN"))),
    ])

    @Test("what buffers hold goes as buffers, and the rest as the fallback")
    func forms() throws {
        let encoder = SampleEncoder(form: .buffers, fallback: .lines)
        for (block, form) in [(Self.numbers, RequestEnvelope.Form.buffers), (Self.mixed, .array)] {
            var request = RequestEnvelope()
            request.producer = "p"
            request.sequence = 3
            var decoder = SampleDecoder(purpose: .learn)
            var decoded = SampleBlock()
            let envelope = try decoder.decode(
                try encoder.encode(block, request: request), into: &decoded)
            // A reader makes no difference between lines and an array behind a header.
            #expect((envelope.form == .buffers) == (form == .buffers))
            #expect(envelope.producer == "p" && envelope.sequence == 3)
            #expect(decoded.rows.map(\.target) == block.rows.map(\.target))
            #expect(decoded.rows.map(\.shape) == block.rows.map(\.shape))
            #expect(decoded.values == block.values)
            #expect(decoded.namedValues == block.namedValues)
        }
    }

    @Test("without a fallback, buffers refuse what they cannot hold")
    func refusal() {
        let error = #expect(throws: Refusal.self) {
            try SampleEncoder(form: .buffers).encode(Self.mixed)
        }
        #expect(error?.code == .unsupported)
    }
}
