import Features
import Kernels
import Testing

@testable import Learner

@Suite("Classes that come with the stream") struct ClassGrowthTests {
    private func sample(_ values: [Double], _ label: Int64) -> Sample {
        Sample(values, .label(.integer(label)))
    }

    private func trainedOnTwo(_ adjust: (inout LearnerConfiguration) -> Void = { _ in }) -> Run {
        var run = Run {
            $0.makeSmall()
            $0.learning.holdout = 0
            adjust(&$0)
        }
        run.take(Streams.classes(300, seed: 1))
        return run
    }

    @Test("one class is all that can be predicted while one is known")
    func oneClass() throws {
        var run = Run { $0.makeSmall() }
        run.take([sample([1, 2, 3], 7)])
        #expect(try run.prediction(.positional([1, 2, 3])).count == 1)
        #expect(run.learner.schema.classes == [.integer(7)])
    }

    @Test("two classes share one logit, and their probabilities add up to one")
    func twoClasses() throws {
        let run = trainedOnTwo()
        #expect(run.learner.lead?.network.loss == .logistic)
        #expect(run.learner.lead?.network.outputCount == 1)
        #expect(run.learner.report().model?.outputCount == 2)
        for sample in Streams.classes(50, seed: 2) {
            let answer = try run.prediction(sample.features)
            #expect(answer.count == 2)
            #expect((answer[0] + answer[1] - 1).magnitude < 1e-6)
        }
    }

    /// A sample of no weight brings the class and moves nothing else. Of a single network the odds
    /// stay to the rounding; a mixture's move by what its members think of the new class.
    @Test(
        "a third class turns the nets into a softmax that keeps order and odds of the others",
        arguments: [(1, 1e-5), (8, 0.02)])
    func thirdClass(members: Int, tolerance: Double) throws {
        var run = trainedOnTwo { $0.learning.committee = members }
        let probes = Streams.classes(50, seed: 3).map(\.features)
        let before = try probes.map { try run.prediction($0) }
        let classes = run.learner.schema.classes

        run.take([Sample([0, 0, 0], .label(.text("third")), weight: 0)])
        #expect(run.learner.lead?.network.loss == .crossEntropy)
        #expect(run.learner.lead?.network.outputCount == 3)
        #expect(run.learner.schema.classes == classes + [.text("third")])
        for (probe, old) in zip(probes, before) {
            let new = try run.prediction(probe)
            #expect(new.count == 3)
            #expect((new.reduce(0, +) - 1).magnitude < 1e-5)
            #expect(new[2] > 0)
            #expect((new[1] / (new[0] + new[1]) - old[1]).magnitude < tolerance)
        }
    }

    @Test("every further class gets an output of its own", arguments: [3, 4, 10])
    func manyClasses(count: Int) throws {
        var run = Run { $0.makeSmall() }
        run.take((0..<count).map { sample([Double($0), 0, 1], Int64(100 - $0)) })
        #expect(run.learner.schema.classes == (0..<count).map { .integer(Int64(100 - $0)) })
        #expect(try run.prediction(.positional([0, 0, 0])).count == count)
    }

    @Test("a class first met in a held-out sample has its place in predictions", arguments: 1...20)
    func heldOutClass(seed: Int) throws {
        var run = Run {
            $0.makeSmall()
            $0.learning.holdout = 0.7
            $0.model.seed = UInt64(seed)
        }
        for index in 0..<60 {
            run.take([sample([Double(index % 5), 1], Int64(index % 6))])
            let predictor = try #require(run.learner.predictor())
            let answer = predictor.answer(.positional([1, 1]))
            #expect(answer.count == predictor.valueCount)
            #expect(answer.count == run.learner.schema.classes.count)
        }
        #expect(run.learner.counts.heldOut > 0)
    }

    @Test("a class first met in a sample of no weight has its place in predictions")
    func weightlessClass() throws {
        var run = trainedOnTwo()
        run.take([Sample([1, 2, 3], .label(.text("third")), weight: 0)])
        #expect(try run.prediction(.positional([1, 2, 3])).count == 3)
        // More of the same, so that an index into missing outputs would show.
        run.take([Sample([1, 2, 3], .label(.text("fourth")), weight: 0)])
        run.take([sample([1, 2, 3], 5)])
        #expect(try run.prediction(.positional([1, 2, 3])).count == 5)
    }

    @Test("configured classes keep their order, whatever comes first")
    func configuredClasses() throws {
        var run = Run {
            $0.makeSmall()
            $0.target.classes = [.text("c1"), .text("c0"), .text("c2")]
        }
        run.take(Streams.classes(400, seed: 4))
        #expect(run.learner.schema.classes == [.text("c1"), .text("c0"), .text("c2")])
        // Far on one side of the plane it is the class of that side.
        let answer = try run.prediction(.positional([4, -4, 0]))
        #expect(answer[0] > 0.5 && answer.count == 3)
    }
}
