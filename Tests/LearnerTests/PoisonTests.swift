import Features
import Randomness
import Testing

@testable import Learner

/// The table of poison: one bad sample among good ones, default configuration, beside an identical
/// run that never meets it.
@Suite("One poisonous sample") struct PoisonTests {
    struct Cell: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let a: Double
        let y: Double
        let isRefused: Bool

        init(_ description: String, a: Double = 0.5, y: Double = 1, isRefused: Bool = false) {
            testDescription = description
            self.a = a
            self.y = y
            self.isRefused = isRefused
        }
    }

    static let cells = [
        // A feature that is not a number is missing, as a message of buffers says it.
        Cell("a = NaN", a: .nan), Cell("a = ∞", a: .infinity, isRefused: true),
        Cell("a = −∞", a: -.infinity, isRefused: true), Cell("a = 1e38", a: 1e38),
        Cell("a = −1e38", a: -1e38), Cell("a = 1e6", a: 1e6), Cell("a = 1e300", a: 1e300),
        Cell("y = NaN", y: .nan, isRefused: true), Cell("y = ∞", y: .infinity, isRefused: true),
        Cell("y = 1e30", y: 1e30), Cell("y = −1e30", y: -1e30), Cell("y = 1e6", y: 1e6),
        Cell("y = 1e300", y: 1e300), Cell("both 1e38", a: 1e38, y: 1e38),
        Cell("y = 1e12", y: 1e12), Cell("a = 5e-324", a: .leastNonzeroMagnitude, y: 0.5),
    ]

    /// The runs that never meet a bad sample, by seed: after 1,000 samples, and 5,000 later.
    static let clean: [(after: Run, end: Run, rest: [Sample])] = [UInt64](1...3).map { seed in
        let stream = Streams.sums(6_000, seed: seed, noise: 0)
        var run = Run()
        run.take(SampleBlock(stream.prefix(1_000)))
        let after = run
        let rest = Array(stream.dropFirst(1_000))
        run.take(SampleBlock(rest))
        return (after, run, rest)
    }

    static func answer(_ run: Run) throws -> Double { try run.prediction(.positional([1, 1]))[0] }

    @Test("is what the run without it is compared to", arguments: 0..<3)
    func cleanRun(index: Int) throws {
        let run = Self.clean[index]
        let after = try Self.answer(run.after)
        let end = try Self.answer(run.end)
        #expect((after - 2).magnitude < 0.25, "\(after) after 1,000")
        #expect((end - 2).magnitude < 0.1, "\(end) at the end")
    }

    @Test(
        "moves no prediction by more than 0.1 at once, and leaves no mark", arguments: cells, 0..<3)
    func poison(cell: Cell, index: Int) throws {
        let clean = Self.clean[index]
        var run = clean.after
        let target: Target = .number(cell.y)
        let refusals = run.take(SampleBlock([Sample([cell.a, 0.5], target)]))
        #expect(refusals.isEmpty == !cell.isRefused)
        if cell.isRefused {
            #expect(run.learner.stateBytes() == clean.after.learner.stateBytes())
        }
        let after = try Self.answer(run) - Self.answer(clean.after)
        #expect(after.magnitude <= 0.1, "off by \(after) right after it")
        run.take(SampleBlock(clean.rest))
        let end = try Self.answer(run) - Self.answer(clean.end)
        #expect(end.magnitude <= 0.1, "off by \(end) at the end")
    }

    /// What is plausible is learned from: a wrong label moves the next answers, and is forgotten.
    @Test("flipped labels leave no mark", arguments: [1, 5], 0..<3)
    func flipped(count: Int, index: Int) throws {
        let clean = Self.clean[index]
        var run = clean.after
        run.take([Sample](repeating: Sample([2, 0.5], .number(-2.5)), count: count))
        run.take(SampleBlock(clean.rest))
        let end = try Self.answer(run) - Self.answer(clean.end)
        #expect(end.magnitude <= 0.1, "off by \(end) at the end")
    }

    @Test("a fifth of the labels flipped for 1,000 samples costs nothing later", arguments: 1...3)
    func flippedBurst(seed: Int) throws {
        let stream = Streams.classes(6_000, seed: UInt64(seed))
        var clean = Run()
        clean.take(SampleBlock(stream.prefix(3_000)))
        var run = clean
        var generator = SeededGenerator(seed: UInt64(seed) + 100)
        let burst = stream[3_000..<4_000].map { sample in
            guard generator.nextIndex(below: 5) == 0 else { return sample }
            let isFirst = sample.target == .label(.text("c0"))
            return Sample(sample.features, .label(.text(isFirst ? "c1" : "c0")))
        }
        run.take(SampleBlock(burst))
        clean.take(SampleBlock(stream[3_000..<4_000]))
        // The window of 1,000 samples ends where all of it came after a thousand good ones.
        run.take(SampleBlock(stream[4_000...]))
        clean.take(SampleBlock(stream[4_000...]))
        let (accuracy, unharmed) = (try Self.accuracy(run), try Self.accuracy(clean))
        #expect(accuracy >= unharmed - 0.005, "\(accuracy) instead of \(unharmed)")
    }

    static func accuracy(_ run: Run) throws -> Double {
        guard case .classification(_, let window, _, _, _) = run.learner.report().quality else {
            Issue.record("no classes")
            return 0
        }
        return window.accuracy
    }

    /// Sensors are exchanged, units change: what stays is the new scale and no outlier.
    @Test(
        "a feature that jumps to a new scale for good is followed", arguments: [1e3, -50.0])
    func newScale(factor: Double) throws {
        var run = Run()
        run.take(SampleBlock(Streams.sums(1_000, seed: 7, noise: 0)))
        let jumped = Streams.sums(6_000, seed: 8, noise: 0).map { sample in
            guard case .positional(let row) = sample.features else { return sample }
            return Sample([factor * row[0], row[1]], sample.target)
        }
        run.take(SampleBlock(jumped))
        let answer = try run.prediction(.positional([factor, 1]))[0]
        #expect((answer - 2).magnitude < 0.25, "\(answer) instead of 2")
    }

    @Test("a constant feature and one of denormals change nothing that can be seen")
    func constants() throws {
        var run = Run()
        for sample in Streams.sums(1_000, seed: 9, noise: 0) {
            guard case .positional(let row) = sample.features else { continue }
            let isEven = run.learner.counts.learned % 2 == 0
            let tiny = isEven ? Double.leastNonzeroMagnitude : -.leastNormalMagnitude / 8
            run.take([Sample(row + [1e9, tiny], sample.target)])
        }
        let answer = try run.prediction(.positional([1, 1, 1e9, .leastNonzeroMagnitude]))[0]
        #expect((answer - 2).magnitude < 0.25, "\(answer) instead of 2")
    }

    @Test(
        "five times in a row moves no prediction by more than 0.3 at once, and leaves no mark",
        arguments: cells.filter { !$0.isRefused }, 0..<3)
    func burst(cell: Cell, index: Int) throws {
        let clean = Self.clean[index]
        var run = clean.after
        let bad = Sample([cell.a, 0.5], .number(cell.y))
        run.take([Sample](repeating: bad, count: 5))
        let after = try Self.answer(run) - Self.answer(clean.after)
        #expect(after.magnitude <= 0.3, "off by \(after) right after it")
        run.take(SampleBlock(clean.rest))
        let end = try Self.answer(run) - Self.answer(clean.end)
        #expect(end.magnitude <= 0.1, "off by \(end) at the end")
    }
}
