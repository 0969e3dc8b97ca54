import Features
import Learner

/// Nanoseconds per sample of the learner, from admitted samples.
struct LearnerSection {
    let effort: Effort

    private static let blockRowCount = 64
    private static let blockCount = 32

    func run(into report: inout Report) {
        for (featureCount, hidden) in [(8, []), (8, [32]), (8, [64, 64]), (50, [128, 64])] {
            let stream = SyntheticStream(
                featureCount: featureCount, rowCount: Self.blockRowCount * Self.blockCount)
            let name = "\(featureCount) features, hidden \(hidden)"
            var configuration = LearnerConfiguration()
            configuration.model.hidden = hidden
            measure("\(name), positional", configuration, stream.positional, stream, into: &report)
            measure("\(name), named", configuration, stream.named, stream, into: &report)
        }
        // Ten names per sample: what they cost follows from the ten, not from the buckets.
        let words = SyntheticStream(
            featureCount: 10, rowCount: Self.blockRowCount * Self.blockCount)
        for bucketCount in [1_024, 4_096, 16_384] {
            var configuration = LearnerConfiguration()
            configuration.model.hidden = [64]
            configuration.learning.committee = 1
            configuration.learning.replay = 0
            configuration.features.maxFeatures = 1
            configuration.features.hashing = bucketCount
            measure(
                "10 of 20,000 names in \(bucketCount) buckets, one network, hidden [64]",
                configuration, words.words, words, into: &report)
        }
    }

    private func measure(
        _ name: String, _ configuration: LearnerConfiguration,
        _ block: (Range<Int>) -> SampleBlock, _ stream: SyntheticStream,
        into report: inout Report
    ) {
        var learner = Learner(configuration: configuration)
        var schema = learner.schema
        var effects: [Effect] = []
        var events: [Event] = []
        for start in stride(from: 0, to: stream.rowCount, by: Self.blockRowCount) {
            let admitted = schema.admit(block(start..<start + Self.blockRowCount))
            learner.handle(.samples(admitted), effects: &effects)
            // What told the schema something new would be told twice.
            if admitted.changes.isEmpty { events.append(.samples(admitted)) }
        }
        var next = 0
        let blocks = Stopwatch.nanosecondsPerOperation(effort) { count in
            for _ in 0..<count {
                learner.handle(events[next], effects: &effects)
                effects.removeAll(keepingCapacity: true)
                next = (next + 1) % events.count
            }
        }
        report.add(
            .learner, name, .nanosecondsPerSample, blocks.map { $0 / Double(Self.blockRowCount) })
    }
}
