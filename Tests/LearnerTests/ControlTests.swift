import Features
import Randomness
import StructureControl
import Testing

@testable import Learner

/// The controller inside the learner: ticks in, changes of structure out.
@Suite struct ControlTests {
    /// Eight classes of four points each: more than two units can tell apart.
    private func points(_ count: Int, seed: UInt64) -> [Sample] {
        var concept = SeededGenerator(seed: 99)
        let points = (0..<32).map { _ in (0..<6).map { _ in concept.nextNormal() } }
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let point = generator.nextIndex(below: points.count)
            return Sample(
                points[point].map { $0 + 0.25 * generator.nextNormal() },
                .label(.integer(Int64(point % 8))))
        }
    }

    private func run(
        _ policy: PolicyName, hidden: [Int], change: (inout LearnerConfiguration) -> Void = { _ in }
    ) -> Run {
        Run {
            $0.makeSingle()
            $0.model.hidden = hidden
            $0.learning.holdout = 0.05
            $0.control.policy = policy
            change(&$0)
        }
    }

    private func tick(load: Double, lag: Double = 0) -> Event {
        .tick(
            Measurements(
                elapsedSeconds: 1, arrivedSamples: 500, serviceSeconds: load / 500,
                lagSeconds: lag))
    }

    /// Learns in stretches of 500 samples, a tick after each.
    private func go(_ run: inout Run, ticks: Int, load: Double, seed: UInt64 = 1) {
        let samples = points(ticks * 500, seed: seed)
        for start in stride(from: 0, to: samples.count, by: 500) {
            run.take(SampleBlock(samples[start..<start + 500]))
            run.learner.handle(tick(load: load), effects: &run.effects)
        }
    }

    private func adaptations(_ run: Run) -> [Adaptation] {
        run.effects.compactMap { effect in
            if case .adaptation(let adaptation) = effect { adaptation } else { nil }
        }
    }

    @Test("a network that is too small for its stream grows while there is room")
    func grows() throws {
        var run = run(.rules, hidden: [2])
        go(&run, ticks: 60, load: 0.1)
        let report = run.learner.report()
        #expect(report.hiddenWidths[0] >= 8)
        #expect(report.counts.structure == report.control.counts.kept)
        var still = self.run(.rules, hidden: [2]) { $0.control.policy = nil }
        go(&still, ticks: 60, load: 0.1)
        #expect(still.learner.report().hiddenWidths == [2])
        #expect(run.learner.accuracyTotal!.accuracy > still.learner.accuracyTotal!.accuracy + 0.05)
        // Each change is proposed first and then judged, with all that led to it.
        let told = adaptations(run)
        let first = try #require(told.first)
        #expect(first.stage == .proposed && first.operation.name == "grow")
        #expect(first.before.hidden == [2] && first.after.hidden == [4])
        let kept = try #require(told.first { $0.stage == .kept })
        #expect(kept.reason.contains("nats"))
        #expect(kept.observation != nil && kept.reward != nil && kept.by == .rules)
    }

    @Test("under load training is shed and the network narrowed; afterwards both come back")
    func shedsAndReturns() {
        // Wide enough for its width to matter.
        var run = run(.rules, hidden: [64])
        go(&run, ticks: 10, load: 0.2)
        #expect(run.learner.counts.shed == 0)
        go(&run, ticks: 12, load: 2, seed: 2)
        let low = run.learner.report()
        #expect(low.control.trainShare < 0.5)
        #expect(low.hiddenWidths[0] < 64)
        #expect(run.learner.counts.shed > 0)
        #expect(run.learner.counts.learned + run.learner.counts.shed == 22 * 500)
        go(&run, ticks: 60, load: 0.1, seed: 3)
        let high = run.learner.report()
        #expect(high.control.trainShare == 1)
        // The wider network is tried again; whether it stays is for the samples to say.
        #expect(high.hiddenWidths[0] >= low.hiddenWidths[0])
        #expect(adaptations(run).contains { $0.operation.name == "restore" })
    }

    /// A single network that may learn samples again.
    private func replaying(
        hidden: [Int] = [16], change: (inout LearnerConfiguration) -> Void = { _ in }
    ) -> Run {
        run(.rules, hidden: hidden) {
            change(&$0)
            $0.learning.replay = nil
            $0.control.allowed = ChoiceSet([
                .none, .replayMore, .replayLess, .trainMore, .trainLess,
            ])
        }
    }

    @Test("a single network learns samples again once that has shown its worth, but not under load")
    func replays() throws {
        var run = replaying()
        go(&run, ticks: 20, load: 0.1)
        let told = adaptations(run)
        #expect(told.prefix(2).map(\.stage) == [.proposed, .kept])
        // Whether it still helps is asked again, and it does.
        #expect(told.count { $0.stage == .kept } == 1)
        #expect(told.allSatisfy { $0.operation.name == "replay" })
        #expect(run.learner.replayingParameterCount == 4 * run.learner.lead!.network.parameterCount)
        #expect(run.learner.counts.structure == 0)
        var once = self.run(.rules, hidden: [16]) { $0.control.policy = nil }
        go(&once, ticks: 20, load: 0.1)
        #expect(run.learner.accuracyTotal!.accuracy > once.learner.accuracyTotal!.accuracy + 0.02)

        go(&run, ticks: 3, load: 3, seed: 2)
        #expect(run.learner.replayingParameterCount == 0)
        go(&run, ticks: 10, load: 0.1, seed: 3)
        #expect(run.learner.control.trainShare == 1)
        #expect(run.learner.replayingParameterCount > 0)
        let restored = try run.restored()
        #expect(restored.learner.stateBytes() == run.learner.stateBytes())
    }

    @Test("under a load that replay alone does not account for, training is shed in the same tick")
    func shedsAtOnce() {
        var run = replaying()
        go(&run, ticks: 20, load: 0.1)
        #expect(run.learner.replayingParameterCount > 0)
        go(&run, ticks: 1, load: 1.9, seed: 2)
        #expect(run.learner.replayingParameterCount == 0)
        #expect(run.learner.control.trainShare < 1)
        // And it is told.
        let operation = adaptations(run).last?.operation
        #expect(operation?.name == "replay")
        #expect(operation?.arguments.map(\.name) == ["on", "share"])
        #expect(operation?.arguments.last?.value == run.learner.control.trainShare)
    }

    /// What was right a moment ago is wrong now.
    @Test("where samples of the past mislead, the trial ends and nothing is learned again")
    func harmfulReplay() {
        var run = replaying { $0.drift.detector = .off }
        let samples = points(30_000, seed: 1).enumerated().map { index, sample in
            guard case .label(.integer(let label)) = sample.target else { return sample }
            let moved = (label + Int64(index / 1_500)) % 8
            return Sample(sample.features, .label(.integer(moved)))
        }
        for start in stride(from: 0, to: samples.count, by: 500) {
            run.take(SampleBlock(samples[start..<start + 500]))
            run.learner.handle(tick(load: 0.1), effects: &run.effects)
        }
        let told = adaptations(run)
        #expect(told.contains { $0.stage == .proposed && $0.operation.name == "replay" })
        #expect(run.learner.replayingParameterCount == 0)
    }

    @Test("after a drift a single network learns nothing again that came before it")
    func forgetsAtDrift() throws {
        var run = replaying()
        go(&run, ticks: 20, load: 0.1)
        let before = run.learner.replayMemory.count
        #expect(before > 5_000)
        let learnedBefore = run.learner.counts.learned
        // Other labels for the same points.
        let samples = points(4_000, seed: 2).map { sample in
            guard case .label(.integer(let label)) = sample.target else { return sample }
            return Sample(sample.features, .label(.integer((label + 3) % 8)))
        }
        for start in stride(from: 0, to: samples.count, by: 500) {
            run.take(SampleBlock(samples[start..<start + 500]))
            run.learner.handle(tick(load: 0.1), effects: &run.effects)
        }
        let drift = try #require(run.learner.counts.lastDriftSample)
        #expect(drift > 9_000)
        #expect(run.learner.replayMemory.count <= run.learner.counts.learned - learnedBefore)
    }

    @Test("a linear model has nothing to learn again", arguments: [1, 2])
    func linearModel(seed: UInt64) {
        var run = replaying(hidden: [])
        go(&run, ticks: 20, load: 0.1, seed: seed)
        #expect(adaptations(run).isEmpty)
    }

    @Test("observing, the controller says what it would do, and the learner is as without it")
    func observes() {
        var watched = run(.rules, hidden: [4]) { $0.control.mode = .observe }
        var alone = run(.rules, hidden: [4]) { $0.control.policy = nil }
        go(&watched, ticks: 30, load: 0.1)
        go(&alone, ticks: 30, load: 0.1)
        #expect(!adaptations(watched).isEmpty)
        #expect(adaptations(watched).allSatisfy { $0.stage == .proposed })
        #expect(watched.learner.lead == alone.learner.lead)
        #expect(watched.learner.counts.structure == 0)
    }

    @Test(
        "a learner restored in the middle of a trial goes on to the same bits",
        arguments: PolicyName.allCases)
    func restores(policy: PolicyName) throws {
        var run = run(policy, hidden: [4]) { $0.control.epsilon = 0.5 }
        go(&run, ticks: 12, load: 0.1)
        var tries = 0
        while run.learner.trialParameterCount == nil, tries < 200 {
            go(&run, ticks: 1, load: 0.1, seed: UInt64(10 + tries))
            tries += 1
        }
        #expect(run.learner.trialParameterCount != nil)
        var restored = try run.restored()
        go(&run, ticks: 20, load: 0.1, seed: 7)
        go(&restored, ticks: 20, load: 0.1, seed: 7)
        #expect(run.learner.stateBytes() == restored.learner.stateBytes())
    }

    @Test("switching the controller off ends a trial and sheds nothing any more")
    func switchesOff() {
        var run = run(.rules, hidden: [4])
        var tries = 0
        while run.learner.trialParameterCount == nil, tries < 100 {
            go(&run, ticks: 1, load: 0.1, seed: UInt64(tries))
            tries += 1
        }
        var control = run.learner.configuration.control
        control.policy = nil
        run.obey(.setControl(control))
        #expect(run.learner.trialParameterCount == nil)
        #expect(adaptations(run).last?.stage == .reverted)
        let decisions = run.learner.report().control.counts.decisions
        go(&run, ticks: 5, load: 3)
        #expect(run.learner.report().control.counts.decisions == decisions)
        #expect(run.learner.counts.shed == 0)
    }

    @Test("a budget of parameters is kept, whatever the policy draws", arguments: [1, 2, 3])
    func keepsTheBudget(seed: UInt64) {
        var run = run(.dqn, hidden: [4]) {
            $0.model.seed = seed
            $0.control.epsilon = 1
            $0.control.budget.maxParameters = 400
        }
        for step in 0..<40 {
            go(&run, ticks: 2, load: 0.1, seed: UInt64(step))
            #expect(run.learner.report().model!.parameterCount <= 400)
        }
    }
}
