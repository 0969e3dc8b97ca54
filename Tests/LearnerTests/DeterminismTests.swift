import Features
import Randomness
import Testing

@testable import Learner

@Suite("A learner's state") struct DeterminismTests {
    enum Kind: String, CaseIterable {
        case classes, growingClasses, numbers, pairs, named, history, batches

        func samples(_ count: Int, seed: UInt64) -> [Sample] {
            switch self {
            case .classes, .batches: Streams.classes(count, seed: seed)
            case .growingClasses: Streams.classes(count, seed: seed, classCount: 5)
            case .numbers, .history: Streams.sums(count, seed: seed)
            case .pairs: Streams.pairs(count, seed: seed)
            case .named: Streams.named(count, seed: seed)
            }
        }

        func adjust(_ configuration: inout LearnerConfiguration) {
            configuration.makeSmall()
            configuration.learning.holdout = 0.05
            if self == .history { configuration.features.targetHistory = 3 }
            if self == .batches { configuration.learning.batch = 7 }
        }
    }

    @Test("is the same for the same events", arguments: Kind.allCases, [1, 2] as [UInt64])
    func sameEvents(kind: Kind, seed: UInt64) {
        let samples = kind.samples(600, seed: seed)
        var first = Run(kind.adjust)
        var second = Run(kind.adjust)
        first.take(samples)
        second.take(samples)
        #expect(first.learner.stateBytes() == second.learner.stateBytes())
        #expect(first.effects == second.effects)
    }

    @Test("differs after other events", arguments: Kind.allCases)
    func otherEvents(kind: Kind) {
        var first = Run(kind.adjust)
        var second = Run(kind.adjust)
        first.take(kind.samples(50, seed: 1))
        second.take(kind.samples(50, seed: 2))
        #expect(first.learner.stateBytes() != second.learner.stateBytes())
    }

    @Test("does not depend on where blocks end", arguments: Kind.allCases, [1, 2] as [UInt64])
    func blockBoundaries(kind: Kind, seed: UInt64) {
        let samples = kind.samples(600, seed: seed)
        var single = Run(kind.adjust)
        single.take(samples)
        var generator = SeededGenerator(seed: seed)
        var cut = Run(kind.adjust)
        var start = 0
        while start < samples.count {
            let end = min(samples.count, start + 1 + generator.nextIndex(below: 90))
            cut.take(SampleBlock(samples[start..<end]))
            start = end
        }
        #expect(single.learner.stateBytes() == cut.learner.stateBytes())
        #expect(single.effects == cut.effects)
    }

    @Test("goes on bit for bit after a restart, wherever it happens", arguments: Kind.allCases)
    func roundTrip(kind: Kind) throws {
        let samples = kind.samples(600, seed: 3)
        // Before anything; before and after classes and columns appear; amid a micro-batch.
        for cut in [0, 1, 2, 5, 40, 199, 201, 350, 599] {
            var run = Run(kind.adjust)
            run.take(samples[..<cut])
            var copy = try run.restored()
            #expect(copy.learner.stateBytes() == run.learner.stateBytes(), "after \(cut)")
            run.take(samples[cut...])
            copy.take(samples[cut...])
            #expect(copy.learner.stateBytes() == run.learner.stateBytes(), "after \(cut)")
        }
    }

    @Test("goes on bit for bit after a restart behind commands")
    func roundTripAfterCommands() throws {
        let samples = Streams.classes(400, seed: 4)
        var run = Run { $0.makeSmall() }
        run.take(samples[..<200])
        var optimizer = run.learner.configuration.optimizer
        optimizer.name = .adam
        run.obey(.setOptimizer(optimizer))
        var schedule = run.learner.configuration.schedule
        schedule.name = .inverseSquareRoot
        run.obey(.setSchedule(schedule))
        run.obey(.pause)
        run.take(samples[200..<250])
        var copy = try run.restored()
        run.take(samples[250...])
        copy.take(samples[250...])
        #expect(copy.learner.stateBytes() == run.learner.stateBytes())
        #expect(copy.learner.isPaused)
    }

    @Test("damaged in any one place is refused or read, never a trap", arguments: Kind.allCases)
    func damage(kind: Kind) throws {
        var run = Run(kind.adjust)
        run.take(kind.samples(60, seed: 5))
        let bytes = run.learner.stateBytes()
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<400 {
            var damaged = bytes
            damaged[generator.nextIndex(below: bytes.count)] ^=
                UInt8(1 << generator.nextIndex(below: 8))
            _ = try? Learner(configuration: run.learner.configuration, stateBytes: damaged)
        }
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
            #expect(throws: (any Error).self) {
                try Learner(
                    configuration: run.learner.configuration,
                    stateBytes: Array(bytes[..<count]))
            }
        }
    }

    @Test("is not changed by predictions and reports", arguments: Kind.allCases)
    func predictionsChangeNothing(kind: Kind) throws {
        let samples = kind.samples(300, seed: 7)
        var run = Run(kind.adjust)
        run.take(samples[..<250])
        let before = run.learner.stateBytes()
        for sample in samples[250...] { _ = try run.prediction(sample.features) }
        _ = run.learner.report()
        #expect(run.learner.stateBytes() == before)
    }

    @Test(
        "changes by a count and nothing else when a sample has no label", arguments: Kind.allCases)
    func unlabelledChangeNothing(kind: Kind) throws {
        let samples = kind.samples(300, seed: 8)
        var run = Run(kind.adjust)
        run.take(samples[..<250])
        var plain = run
        let wild = Sample(.named([("never seen", .category("x"))]), .none)
        for sample in samples[250...] { run.take([Sample(sample.features, .none)]) }
        let wildRefusals = run.take(SampleBlock([wild]))
        #expect(run.learner.counts.unlabelled == 51 - wildRefusals.count)
        // The one figure that says how many there were.
        run.learner.counts.unlabelled = 0
        #expect(run.learner.stateBytes() == plain.learner.stateBytes())
        run.take(samples[250...])
        plain.take(samples[250...])
        #expect(run.learner.stateBytes() == plain.learner.stateBytes())
    }

    @Test("has a part in a snapshot that stays as it was", arguments: Kind.allCases)
    func snapshotIsolation(kind: Kind) throws {
        let samples = kind.samples(500, seed: 9)
        var run = Run(kind.adjust)
        run.take(samples[..<250])
        let predictor = try #require(run.learner.predictor())
        let before = samples.map { predictor.answer($0.features) }
        run.take(samples[250...])
        #expect(samples.map { predictor.answer($0.features) } == before)
        #expect(predictor.sampleCount == 250)
        let newer = try #require(run.learner.predictor())
        #expect(samples.map { newer.answer($0.features) } != before)
        #expect(newer.sampleCount == 500)
    }
}
