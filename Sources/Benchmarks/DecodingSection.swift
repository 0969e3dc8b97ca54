import Features
import WireFormat

/// Nanoseconds per sample from a message's bytes to samples that the learner may have.
struct DecodingSection {
    let effort: Effort

    private static let featureCount = 50
    private static let messageCount = 64
    private static let batch = 64

    func run(into report: inout Report) throws {
        let stream = SyntheticStream(
            featureCount: Self.featureCount, rowCount: Self.messageCount * Self.batch)
        let json: [(String, RequestEnvelope.Form, (Range<Int>) -> SampleBlock, Int)] = [
            ("JSON object, array of numbers", .object, stream.positional, 1),
            ("JSON object, named values", .object, stream.named, 1),
            ("JSON array of 64, arrays of numbers", .array, stream.positional, Self.batch),
            ("NDJSON of 64, arrays of numbers", .lines, stream.positional, Self.batch),
        ]
        for (name, form, block, size) in json {
            try measure(name, SampleEncoder(form: form), block, size, into: &report)
        }
        for (precision, size) in [
            (BufferDtype.float32, 1), (.float32, Self.batch), (.float64, Self.batch),
        ] {
            try measure(
                "buffers of \(size), \(precision.rawValue)",
                SampleEncoder(form: .buffers, precision: precision), stream.positional, size,
                into: &report)
        }
    }

    private func measure(
        _ name: String, _ encoder: SampleEncoder, _ block: (Range<Int>) -> SampleBlock, _ size: Int,
        into report: inout Report
    ) throws {
        var bench = DecodingBench()
        for index in 0..<Self.messageCount {
            bench.messages.append(try encoder.encode(block(index * size..<(index + 1) * size)))
        }
        var refusal: Refusal?
        let messages = Stopwatch.nanosecondsPerOperation(effort) { count in
            do throws(Refusal) {
                try bench.decode(count)
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
        report.add(
            .decoding, name, .nanosecondsPerSample, messages.map { $0 / Double(size) })
    }
}

private struct DecodingBench {
    var messages: [[[UInt8]]] = []
    private var decoder = SampleDecoder(purpose: .samples)
    private var schema = SampleSchema(
        features: FeatureConfiguration(), target: TargetConfiguration())
    private var block = SampleBlock()

    /// Decodes and admits so many messages.
    mutating func decode(_ count: Int) throws(Refusal) {
        for step in 0..<count {
            _ = try decoder.decode(messages[step % messages.count], into: &block)
            let admitted = schema.admit(takingNumbersOf: &block)
            precondition(admitted.refusals.isEmpty, "a sample of the benchmark was refused")
        }
    }
}
