import Testing

@testable import StructureControl

@Suite("How long peaks of the load last") struct PeakLengthTests {
    /// Peaks of so many ticks of 0.1 s each, with a calm tick behind each but the last.
    private func after(_ ticks: [Int], load: Double = 2) -> PeakLength {
        var length = PeakLength()
        for (index, count) in ticks.enumerated() {
            for _ in 0..<count { length.note(rate: 1_000, load: load, elapsedSeconds: 0.1) }
            guard index < ticks.count - 1 else { break }
            length.note(rate: 10, load: 0.02, elapsedSeconds: 0.1)
        }
        return length
    }

    @Test("nobody knows before the first: two thousand samples, and no more than two seconds")
    func unknown() {
        #expect(PeakLength().remaining(rate: 100_000) == 0.02)
        #expect(PeakLength().remaining(rate: 10) == 2)
    }

    @Test("none is taken to be shorter than half of the allowed lag")
    func least() {
        #expect(PeakLength().remaining(rate: 100_000, maxLagSeconds: 1) == 0.5)
        #expect(PeakLength().remaining(rate: 1_000, maxLagSeconds: 1) == 2)
    }

    @Test("what the ones before took is expected of the next, less what has passed of it")
    func asBefore() {
        #expect(abs(after([10, 3]).remaining(rate: 100_000) - 0.7) < 1e-9)
        #expect(abs(after([10, 0]).remaining(rate: 100_000) - 1) < 1e-9)
    }

    @Test("one that lasts longer than usual is expected to last as long again")
    func longer() {
        #expect(abs(after([2, 6]).remaining(rate: 100_000) - 0.6) < 1e-9)
    }

    @Test("a longer peak counts at once, a shorter one by half")
    func mean() {
        #expect(abs(after([4, 10, 0]).remaining(rate: 100_000) - 1) < 1e-9)
        #expect(abs(after([10, 4, 0]).remaining(rate: 100_000) - 0.7) < 1e-9)
    }

    @Test("a peak goes on while samples come as fast, whatever relief has made of the load")
    func relieved() {
        var length = after([5])
        for _ in 0..<5 { length.note(rate: 900, load: 0.7, elapsedSeconds: 0.1) }
        length.note(rate: 10, load: 0.01, elapsedSeconds: 0.1)
        #expect(abs(length.remaining(rate: 100_000) - 1) < 1e-9)
    }

    @Test("a peak is over when the machine is faster again, however fast samples come")
    func fasterMachine() {
        var length = after([5])
        for _ in 0..<9 { length.note(rate: 1_000, load: 0.5, elapsedSeconds: 0.1) }
        #expect(abs(length.remaining(rate: 100_000) - 0.5) < 1e-9)
    }

    /// Quiet for two seconds, a peak, and quiet again for so many tenths.
    private func quiet(_ tenths: Int, onset: Double = 2) -> PeakLength {
        var length = PeakLength()
        for _ in 0..<20 { length.note(rate: 10, load: 0.1, elapsedSeconds: 0.1) }
        length.note(rate: 1_000, load: onset, elapsedSeconds: 0.1)
        for _ in 0..<4 { length.note(rate: 1_000, load: 2, elapsedSeconds: 0.1) }
        for _ in 0..<tenths { length.note(rate: 10, load: 0.1, elapsedSeconds: 0.1) }
        return length
    }

    @Test(
        "a peak is due in the last tenth of the usual time between two, and as long after it",
        arguments: [(17, 0.0), (19, 0.5), (20, 1), (21, 1), (23, 0)])
    func due(tenths: Int, imminence: Double) {
        #expect(abs(quiet(tenths).imminence - imminence) < 1e-6)
    }

    @Test("a peak that rises slowly may come without notice")
    func slow() {
        #expect(quiet(20, onset: 1.1).imminence == 0)
    }

    @Test("one that came in the middle of a tick is as steep as the next tick shows it")
    func midTick() {
        var length = PeakLength()
        for _ in 0..<20 { length.note(rate: 10, load: 0.1, elapsedSeconds: 0.1) }
        length.note(rate: 200, load: 1.1, elapsedSeconds: 0.1)
        // What is done against it keeps the load down.
        for _ in 0..<4 { length.note(rate: 1_000, load: 1.2, elapsedSeconds: 0.1) }
        for _ in 0..<20 { length.note(rate: 10, load: 0.1, elapsedSeconds: 0.1) }
        #expect(length.imminence == 1)
    }

    @Test("nothing is due before the first peak, nor while one lasts")
    func notDue() {
        var length = PeakLength()
        for _ in 0..<20 {
            length.note(rate: 10, load: 0.1, elapsedSeconds: 0.1)
            #expect(length.imminence == 0)
        }
        length.note(rate: 1_000, load: 2, elapsedSeconds: 0.1)
        #expect(length.imminence == 0)
    }

    @Test("what there is time for is no peak")
    func noPeak() {
        #expect(after([10, 0], load: 0.9).remaining(rate: 100_000) == 0.02)
    }
}

@Suite("What is to be done under load") struct ReliefTests {
    private var facts: LearnerFacts {
        var facts = LearnerFacts()
        facts.hidden = [64]
        facts.parameterCount = 4_000
        facts.totalParameterCount = 4_000
        facts.fixedWork = 1_000
        return facts
    }

    /// Work of a sample, in parameters: all predict, a share is learned at three times as much.
    private func work(_ parameters: Double, share: Double) -> Double {
        1_000 + parameters * (0.25 + 0.75 * share)
    }

    @Test(
        "a peak that is expected to end leaves the lag at three fifths of what is allowed",
        arguments: [0.0, 0.2, 0.4], [0.5, 2, 8])
    func spendsTheLag(lag: Double, foresight: Double) {
        let load = Shield.reliefLoad(lag: lag, foresight: foresight)
        #expect(abs(lag + (load - 1) * foresight - 0.6) < 1e-9)
    }

    @Test(
        "beyond that the lag is to fall, and all is never given up for it", arguments: [0.7, 1, 5])
    func letsTheLagFall(lag: Double) {
        let load = Shield.reliefLoad(lag: lag, foresight: 1)
        #expect(load < 1 && load >= 0.85)
    }

    @Test("less training brings the load to where it is to be", arguments: [1.2, 1.5])
    func share(load: Double) {
        let share = Shield.trainShare(
            after: .trainLess, load: load, lag: 0.6, foresight: 1, facts: facts)
        #expect(share < 0.75 && share > Shield.leastShare)
        let after = load * work(4_000, share: share) / work(4_000, share: 1)
        #expect(abs(after - 1) < 1e-9)
    }

    @Test("a narrower network learns what there is time for, and the wider one that took over less")
    func narrower() {
        let relief = Shield.relief(seen(), load: 2, foresight: 1, facts: facts)
        let size = Int(relief.width * 4_000)
        let after = 2 * work(Double(size), share: relief.share(parameters: size))
        #expect(abs(after / work(4_000, share: 1) - 1) < 0.01)
        #expect(relief.share(parameters: size) == 1)
        #expect(relief.share(parameters: 2 * size) < 1)
    }

    @Test("where the loss has risen, width is given up before samples")
    func risen() {
        let known = Shield.relief(seen(trend: 0), load: 10, foresight: 1, facts: facts)
        let unknown = Shield.relief(seen(trend: 0.7), load: 10, foresight: 1, facts: facts)
        #expect(unknown.width < known.width)
    }

    private func seen(trend: Float = 0) -> Observation {
        var seen = Observation()
        seen[.lag] = 0.6
        seen[.trend] = trend
        return seen
    }
}
