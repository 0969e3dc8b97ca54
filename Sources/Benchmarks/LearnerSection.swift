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
            measure("\(name), positional", hidden, stream.positional, stream, into: &report)
            measure("\(name), named", hidden, stream.named, stream, into: &report)
        }
    }

    private func measure(
        _ name: String, _ hidden: [Int], _ block: (Range<Int>) -> SampleBlock,
        _ stream: SyntheticStream, into report: inout Report
    ) {
        var configuration = LearnerConfiguration()
        configuration.model.hidden = hidden
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
