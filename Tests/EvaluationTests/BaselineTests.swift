import Testing

@testable import Evaluation

@Suite struct BaselineTests {
    @Test("both class baselines guess before they see the label")
    func guessesClasses() throws {
        var baselines = ClassBaselines()
        #expect(baselines.majorityAccuracy == 0 && baselines.noChangeAccuracy == 0)
        // Majority guesses -, 0, 0, 0, 0 (a tie), 1: right at the second and the last.
        // No change guesses -, 0, 0, 1, 1, 1: wrong at the first and the third.
        for truth in [0, 0, 1, 1, 1, 1] { baselines.update(truth: truth) }
        #expect(baselines.majorityAccuracy == 2.0 / 6)
        #expect(baselines.noChangeAccuracy == 4.0 / 6)
        #expect(try restored(baselines) == baselines)
    }

    @Test("of equally frequent classes the lower index is the majority")
    func breaksTies() {
        var baselines = ClassBaselines()
        // After 1, 0 both were met once: the guess is 0, and it is right.
        for truth in [1, 0, 0] { baselines.update(truth: truth) }
        #expect(baselines.majorityAccuracy == 1.0 / 3)
    }

    @Test("both number baselines guess before they see the target, and 0 at first")
    func guessesNumbers() throws {
        var baselines = NumberBaselines(outputCount: 1)
        // Errors of the mean: 4, |8 - 4|, |0 - 6|; of no change: 4, 4, 8.
        for truth in [[4.0], [8], [0]] { baselines.update(truth: truth.span) }
        #expect(abs(baselines.meanError - 14.0 / 3) < 1e-15)
        #expect(abs(baselines.noChangeError - 16.0 / 3) < 1e-15)
        #expect(try restored(baselines) == baselines)

        var two = NumberBaselines(outputCount: 2)
        two.update(truth: [2.0, 4.0].span)
        #expect(two.meanError == 3)
    }
}
