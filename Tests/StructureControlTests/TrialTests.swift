import Randomness
import StructureControl
import Testing

@Suite struct TrialTests {
    /// Draws with mean 0, told by name.
    static let noises = ["normal", "skewed", "coin"]

    private func draw(_ noise: String, _ generator: inout SeededGenerator) -> Double {
        switch noise {
        case "normal": return 0.12 * generator.nextNormal()
        // Rarely large, mostly a little negative.
        case "skewed": return generator.nextUniformDouble() < 0.05 ? 0.76 : -0.04
        default: return generator.nextUniformDouble() < 0.5 ? 0.9 : -0.9
        }
    }

    @Test(
        "looking after every sample, a true null hypothesis is refuted in at most 5 % of runs",
        arguments: noises)
    func falseAlarms(noise: String) {
        var generator = SeededGenerator(seed: 17)
        let runs = 1_000
        var alarms = 0
        for _ in 0..<runs {
            var test = SequentialTest(line: 0, bound: 1)
            var isRefuted = false
            for _ in 0..<1_500 {
                test.add(draw(noise, &generator))
                if test.isRefuted(level: 0.05) {
                    isRefuted = true
                    break
                }
            }
            if isRefuted { alarms += 1 }
        }
        // Three standard deviations of a binomial above 5 %.
        #expect(Double(alarms) / Double(runs) <= 0.05 + 3 * (0.05 * 0.95 / 1_000).squareRoot())
    }

    @Test("0.014 nats among a deviation of 0.12 are found within 2,500 samples in 80 % of runs")
    func power() {
        var generator = SeededGenerator(seed: 4)
        var found = 0
        for _ in 0..<300 {
            var test = SequentialTest(line: 0, bound: 1)
            for _ in 0..<2_500 where !test.isRefuted(level: 0.05) {
                test.add(0.014 + draw("normal", &generator))
            }
            if test.isRefuted(level: 0.05) { found += 1 }
        }
        #expect(found >= 240)
    }

    private func verdict(
        _ action: Action, price: Double, window: Int, effect: Double, seed: UInt64
    ) -> (Trial.Verdict, Int) {
        var generator = SeededGenerator(seed: seed)
        var trial = Trial(action: action, window: window, price: price)
        var verdict = Trial.Verdict.wait
        while verdict == .wait {
            verdict = trial.compare(
                changed: 0.5 + effect + 0.12 * generator.nextNormal(), incumbent: 0.5)
        }
        return (verdict, trial.count)
    }

    @Test("what harms is reverted early", arguments: [1, 2, 3, 4, 5])
    func harmIsReverted(seed: UInt64) {
        let (result, count) = verdict(
            .narrow, price: -0.002, window: 20_000, effect: 0.1, seed: seed)
        #expect(result == .revert)
        #expect(count < 1_000)
    }

    @Test("what helps is kept early", arguments: [1, 2, 3, 4, 5])
    func benefitIsKept(seed: UInt64) {
        let (result, count) = verdict(
            .widen, price: 0.0005, window: 20_000, effect: -0.05, seed: seed)
        #expect(result == .keep)
        #expect(count < 2_000)
    }

    @Test("a growth that brings nothing is undone at the end of its window")
    func uselessGrowthIsUndone() {
        var trial = Trial(action: .widen, window: 500, price: 0.001)
        for _ in 0..<499 { #expect(trial.compare(changed: 0.5, incumbent: 0.5) == .wait) }
        #expect(trial.compare(changed: 0.5, incumbent: 0.5) == .revert)
    }

    @Test("a shrinkage that costs nothing is kept")
    func freeShrinkageIsKept() {
        var trial = Trial(action: .narrow, window: 500, price: -0.002)
        var verdict = Trial.Verdict.wait
        while verdict == .wait { verdict = trial.compare(changed: 0.5, incumbent: 0.5) }
        #expect(verdict == .keep)
    }

    @Test("a loss that is not a number speaks against the change")
    func notANumberReverts() {
        var trial = Trial(action: .widen, window: 5_000, price: 0.001)
        var verdict = Trial.Verdict.wait
        while verdict == .wait { verdict = trial.compare(changed: .nan, incumbent: 0.5) }
        #expect(verdict == .revert)
        #expect(trial.gain == -1)
    }
}
