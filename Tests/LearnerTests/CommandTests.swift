import Features
import NeuralNetwork
import Testing

@testable import Learner

@Suite("A command") struct CommandTests {
    private func trained() -> Run {
        var run = Run {
            $0.makeSmall()
            $0.learning.holdout = 0
        }
        run.take(Streams.classes(100, seed: 1))
        return run
    }

    @Test("is an event of its own")
    func counts() {
        var run = trained()
        #expect(run.learner.counts.events == 100)
        run.obey(.pause)
        run.obey(.resume)
        #expect(run.learner.counts.commands == 2)
        #expect(run.learner.counts.events == 102)
    }

    @Test("pauses and resumes, and predictions go on")
    func pause() throws {
        var run = trained()
        let before = try run.prediction(.positional([1, 2, 3]))
        run.obey(.pause)
        #expect(run.learner.isPaused && run.learner.report().isPaused)
        #expect(try run.prediction(.positional([1, 2, 3])) == before)
        run.obey(.resume)
        #expect(!run.learner.isPaused && !run.learner.report().isPaused)
    }

    @Test(
        "that changes the optimiser changes no weight",
        arguments: OptimizerConfiguration.Name.allCases)
    func optimizer(name: OptimizerConfiguration.Name) throws {
        var run = trained()
        let before = try run.prediction(.positional([1, 2, 3]))
        var optimizer = OptimizerConfiguration()
        optimizer.name = name
        optimizer.learningRate = 0.004
        run.obey(.setOptimizer(optimizer))
        #expect(try run.prediction(.positional([1, 2, 3])) == before)
        let report = run.learner.report()
        #expect(report.optimizer == optimizer)
        #expect(report.model?.learningRate == 0.004)
        run.take(Streams.classes(10, seed: 2))
        #expect(try run.prediction(.positional([1, 2, 3])) != before)
    }

    @Test("for an optimiser of another kind forgets its memory, of the same kind keeps it")
    func optimizerMemory() throws {
        var run = trained()
        let position = try #require(run.learner.lead?.network.positions.first)
        let memory = run.learner.lead?.network.secondMoment(at: position)
        #expect(memory.map { $0 > 0 } == true)
        var optimizer = run.learner.configuration.optimizer
        optimizer.learningRate = 0.01
        run.obey(.setOptimizer(optimizer))
        #expect(run.learner.lead?.network.secondMoment(at: position) == memory)
        optimizer.name = .adam
        run.obey(.setOptimizer(optimizer))
        #expect(run.learner.lead?.network.secondMoment(at: position) == 0)
    }

    @Test("that changes the schedule starts it from its first step")
    func schedule() throws {
        var run = trained()
        var schedule = ScheduleConfiguration()
        schedule.name = .inverseSquareRoot
        schedule.delta = 0.5
        run.obey(.setSchedule(schedule))
        let base = run.learner.configuration.optimizer.learningRate
        #expect(run.learner.report().model?.learningRate == base)
        run.take(Streams.classes(16, seed: 2))
        // 16 steps later: rate / √(1 + δ·16).
        let rate = try #require(run.learner.report().model?.learningRate)
        #expect((rate - base / 3).magnitude < 1e-9)
        #expect(run.learner.report().schedule == schedule)
    }

    @Test("before the first sample is what the first network is made with")
    func beforeTheFirstSample() throws {
        var run = Run { $0.makeSmall() }
        var optimizer = OptimizerConfiguration()
        optimizer.name = .adagrad
        optimizer.learningRate = 0.05
        run.obey(.setOptimizer(optimizer))
        var schedule = ScheduleConfiguration()
        schedule.name = .sawtooth
        run.obey(.setSchedule(schedule))
        run.take(Streams.classes(5, seed: 1))
        let lead = try #require(run.learner.lead)
        #expect(lead.network.optimizer == optimizer)
        #expect(lead.schedule.configuration == schedule)
    }
}
