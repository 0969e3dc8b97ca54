import Features
import Randomness
import Testing

@testable import Learner

@Suite("Inputs that come and go") struct ColumnTests {
    /// The network has one input per column of the encoder, after every single sample.
    private func expectAgreement(_ run: Run) {
        #expect(run.learner.lead?.network.inputCount == run.learner.encoder.columns.count)
    }

    private func indicatorCount(_ run: Run) -> Int {
        run.learner.encoder.columns.count {
            if case .indicator = $0 { true } else { false }
        }
    }

    /// An hour of 24 values shows itself as such; once a 33rd value comes it is a quantity.
    @Test("appear for a number of few values, vanish when they are many, and the net follows")
    func indicators() {
        var run = Run {
            $0.makeSmall()
            $0.learning.holdout = 0.1
            $0.learning.batch = 3
        }
        var generator = SeededGenerator(seed: 1)
        func sample(values: Int) -> Sample {
            let hour = Double(generator.nextIndex(below: values))
            return Sample([hour, generator.nextNormal()], .number(hour > 11 ? 1 : -1))
        }
        for _ in 0..<400 {
            run.take([sample(values: 24)])
            expectAgreement(run)
        }
        #expect(indicatorCount(run) == 24)
        for _ in 0..<400 {
            run.take([sample(values: 60)])
            expectAgreement(run)
        }
        #expect(indicatorCount(run) == 0)
        #expect(run.learner.encoder.inputCount == 2)
        #expect(run.learner.counts.refusedSteps == 0)
    }

    @Test("agree with the net for named features of every kind", arguments: [1, 2, 3] as [UInt64])
    func namedFeatures(seed: UInt64) {
        var run = Run {
            $0.makeSmall()
            $0.learning.holdout = 0.2
        }
        for sample in Streams.named(800, seed: seed) {
            run.take([sample])
            expectAgreement(run)
        }
        // x, hour and its 24 values, three colours, and late as true or false.
        #expect(run.learner.encoder.inputCount == 1 + 1 + 24 + 3 + 2)
    }

    @Test("hold the last targets, newest first, when the history is on", arguments: [1, 2, 5])
    func numericHistory(length: Int) throws {
        var run = Run {
            $0.makePlain(rate: 0.001)
            $0.features.targetHistory = length
            $0.learning.holdout = 0.2
        }
        let targets = (0..<50).map { Double($0) / 10 }
        for (index, target) in targets.enumerated() {
            run.take([Sample([1], .number(target))])
            expectAgreement(run)
            var scratch = Scratch()
            scratch.prepare(inputCount: run.learner.encoder.inputCount, outputCount: 1)
            let block = run.schema.resolve(SampleBlock([Sample([1], .none)]))
            scratch.encode(block, row: 0, with: run.learner.encoder)
            for lag in 0..<min(length, index + 1) {
                let column = try #require(
                    run.learner.encoder.columns.firstIndex(of: .pastNumber(lag: lag, output: 0)))
                #expect(scratch.inputs[column] == Float(targets[index - lag]))
            }
        }
    }

    /// Without the target before, nothing can be known of the next: it is its square-wave opposite.
    @Test("of past classes let a stream be learned that only its history explains")
    func classHistory() throws {
        var accuracies: [Double] = []
        for length in [0, 2] {
            var run = Run {
                $0.makeSmall()
                $0.features.targetHistory = length
            }
            var generator = SeededGenerator(seed: 2)
            // Two of a kind, then two of the other: the last two tell the next.
            for index in 0..<2_000 {
                let label = Int64(index / 2 % 2)
                run.take([Sample([generator.nextNormal()], .label(.integer(label)))])
                expectAgreement(run)
            }
            guard case .classification(_, let window, _, _, _) = run.learner.report().quality
            else { continue }
            accuracies.append(window.accuracy)
        }
        #expect(accuracies[0] < 0.6)
        #expect(accuracies[1] > 0.99)
    }
}
