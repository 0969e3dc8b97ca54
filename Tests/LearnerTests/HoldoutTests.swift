import Features
import Glibc
import Testing

@testable import Learner

@Suite("Samples held out of learning") struct HoldoutTests {
    @Test("are about the configured share", arguments: [0.01, 0.1, 0.5], [1, 2, 3] as [UInt64])
    func share(holdout: Double, seed: UInt64) {
        var run = Run {
            $0.makePlain(rate: 0.01)
            $0.learning.holdout = holdout
            $0.model.seed = seed
        }
        run.take(Streams.classes(5_000, seed: 1))
        // Five standard deviations of the binomial distribution.
        let deviation = (5_000 * holdout * (1 - holdout)).squareRoot()
        #expect((Double(run.learner.counts.heldOut) - 5_000 * holdout).magnitude < 5 * deviation)
        #expect(run.learner.counts.learned == 5_000)
    }

    @Test("reach neither weights nor statistics, and are scored")
    func neverLearned() throws {
        var run = Run {
            $0.makeSmall()
            $0.learning.holdout = 0.3
        }
        for sample in Streams.sums(500, seed: 2) {
            let before = run
            run.take([sample])
            if run.learner.counts.heldOut > before.learner.counts.heldOut {
                #expect(run.learner.lead?.network == before.learner.lead?.network)
                #expect(run.learner.encoder == before.learner.encoder)
                #expect(run.learner.scaler == before.learner.scaler)
            } else {
                #expect(run.learner.lead?.network != before.learner.lead?.network)
            }
        }
        let counts = run.learner.counts
        #expect(counts.heldOut > 100)
        #expect(run.learner.lead?.network.stepCount == 500 - counts.heldOut)
        #expect(run.learner.statistics(ofFeature: 0).count == 500 - counts.heldOut)
        guard case .regression(let total, _, _, _, _) = run.learner.report().quality else {
            Issue.record("the task is regression")
            return
        }
        #expect(total.sampleCount == 500)
    }

    /// Inputs are not scaled here, so the loss can be worked out from predictions.
    @Test("give the validation loss: the mean of −ln p over the newest 256", arguments: [2, 4])
    func classificationLoss(classCount: Int) throws {
        var run = Run {
            $0.makePlain(rate: 0.1)
            $0.learning.holdout = 0.5
        }
        #expect(run.learner.report().validationLoss == nil)
        var heldOut: [Sample] = []
        for sample in Streams.classes(800, seed: 3, classCount: classCount) {
            let count = run.learner.counts.heldOut
            run.take([sample])
            if run.learner.counts.heldOut > count { heldOut.append(sample) }
        }
        #expect(heldOut.count > 256)
        var sum = 0.0
        for sample in heldOut.suffix(256) {
            guard case .label(let label) = sample.target else { continue }
            let index = try #require(run.schema.classIndex(of: label))
            sum -= log(try run.prediction(sample.features)[index])
        }
        let report = run.learner.report()
        #expect(report.validationCount == 256)
        let loss = try #require(report.validationLoss)
        #expect((loss - sum / 256).magnitude < 1e-5)
    }

    @Test("give the validation loss of numbers: the mean squared error")
    func regressionLoss() throws {
        var run = Run {
            $0.makePlain(rate: 0.01)
            $0.learning.holdout = 0.5
        }
        var squares: [Sample] = []
        for sample in Streams.sums(300, seed: 4, noise: 1) {
            let count = run.learner.counts.heldOut
            run.take([sample])
            if run.learner.counts.heldOut > count { squares.append(sample) }
        }
        var sum = 0.0
        for sample in squares.suffix(256) {
            guard case .number(let target) = sample.target else { continue }
            let error = try run.prediction(sample.features)[0] - target
            sum += error * error
        }
        let loss = try #require(run.learner.report().validationLoss)
        #expect((loss - sum / Double(min(squares.count, 256))).magnitude < 1e-4 * loss)
    }

    @Test("stay of use when inputs come and go")
    func followColumns() throws {
        var run = Run {
            $0.makeSmall()
            $0.learning.holdout = 0.3
        }
        for sample in Streams.named(700, seed: 5) {
            run.take([sample])
            let inputCount = run.learner.encoder.inputCount
            #expect(
                run.learner.validation.samples.allSatisfy { $0.inputs.count == inputCount })
        }
        let loss = try #require(run.learner.report().validationLoss)
        // Undecided is ln 2.
        #expect(loss < log(2))
    }
}
