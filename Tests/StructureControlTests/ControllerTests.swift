import StructureControl
import TestSupport
import Testing

@Suite struct ControllerTests {
    private func facts(hidden: [Int] = [16]) -> LearnerFacts {
        var facts = LearnerFacts()
        facts.hidden = hidden
        facts.parameterCount = 500
        facts.widenedParameterCount = 1_000
        facts.deepenedParameterCount = 800
        facts.totalParameterCount = 500
        facts.meanLoss = 0.5
        return facts
    }

    private func measurements(load: Double, lag: Double = 0) -> Measurements {
        Measurements(
            elapsedSeconds: 1, arrivedSamples: 1_000, serviceSeconds: load / 1_000, lagSeconds: lag)
    }

    private func controller(
        _ policy: PolicyName, change: (inout ControlConfiguration) -> Void = { _ in }
    ) -> StructureController {
        var configuration = ControlConfiguration()
        configuration.policy = policy
        configuration.epsilon = 0.2
        change(&configuration)
        return StructureController(configuration: configuration, seed: 5)
    }

    /// Ticks a controller and notes what it decides; immediate decisions count as done.
    private func run(
        _ controller: inout StructureController, ticks: Int, load: (Int) -> Double,
        facts: LearnerFacts
    ) -> [Action] {
        var actions: [Action] = []
        var facts = facts
        for tick in 0..<ticks {
            facts.sampleCount += 1_000
            guard let decision = controller.tick(measurements(load: load(tick)), facts: facts)
            else { continue }
            actions.append(decision.action)
            if decision.action == .trainLess { facts.trainShare /= 2 }
            if decision.action == .trainMore { facts.trainShare *= 2 }
            controller.noteDone(changesStructure: false)
        }
        return actions
    }

    @Test("rules do nothing while the load swings between calm and full")
    func hysteresis() {
        var controller = controller(.rules)
        var facts = facts()
        facts.growthSignal = 0.9
        let actions = run(
            &controller, ticks: 60, load: { $0 % 2 == 0 ? 0.85 : 0.35 }, facts: facts)
        #expect(actions.isEmpty)
        #expect(controller.counts.decisions == 60)
    }

    @Test("rules shed at once under load, and take back when there is room, not before")
    func reliefAndReturn() {
        var controller = controller(.rules)
        #expect(run(&controller, ticks: 2, load: { _ in 1.2 }, facts: facts()).first == .trainLess)
        var facts = facts()
        facts.trainShare = 0.5
        #expect(run(&controller, ticks: 2, load: { _ in 0.7 }, facts: facts).isEmpty)
        #expect(run(&controller, ticks: 1, load: { _ in 0.3 }, facts: facts) == [.trainMore])
    }

    @Test(
        "no policy grows under load or beyond a budget, whatever it draws",
        arguments: PolicyName.allCases)
    func shieldForbidsGrowth(policy: PolicyName) {
        var overloaded = controller(policy) { $0.epsilon = 1 }
        let actions = run(&overloaded, ticks: 300, load: { _ in 1.3 }, facts: facts())
        #expect(!actions.isEmpty)
        #expect(!actions.contains { $0.isGrowth })

        var bounded = controller(policy) {
            $0.epsilon = 1
            $0.budget.maxParameters = 600
        }
        var facts = facts()
        facts.growthSignal = 0.9
        let others = run(&bounded, ticks: 300, load: { _ in 0.2 }, facts: facts)
        #expect(!others.contains(.widen) && !others.contains(.deepen))
    }

    @Test("a policy that waits too long under load is overruled by the rules")
    func shieldOrders() {
        // Learned to do nothing: every other value is far below.
        var table = TableLearner(
            stateCount: Observation.stateCount, choiceCount: Action.allCases.count, start: -10)
        for state in 0..<Observation.stateCount {
            for _ in 0..<3 {
                table.learn(
                    state: state, choice: Action.none.index, reward: 5, discount: 0, next: nil,
                    legal: ChoiceSet([.none]), wasBest: true)
            }
        }
        var configuration = ControlConfiguration()
        configuration.policy = .qLearning
        configuration.epsilon = 0
        configuration.isLearning = false
        var controller = StructureController(
            configuration: configuration, policy: .qLearning(table), seed: 1)
        // An eighth of the limit more each second: at the fourth, as many more would reach it.
        for tick in 1...4 {
            let decision = controller.tick(measurements(load: 1.125), facts: facts())
            #expect((decision == nil) == (tick < 4))
            if let decision {
                #expect(decision.by == .rules && decision.action == .trainLess)
            }
        }
        // Lag near its limit is not waited for.
        let late = controller.tick(measurements(load: 0.95, lag: 0.9), facts: facts())
        #expect(late?.action == .trainLess)
    }

    @Test("a peak that ends before the lag is near its limit costs nothing")
    func peakPasses() {
        var controller = controller(.rules)
        // A quarter of the limit in each burst, made up for in the calm after it.
        let load: (Int) -> Double = { $0 % 4 == 0 ? 1.15 : 0.5 }
        #expect(run(&controller, ticks: 40, load: load, facts: facts()).isEmpty)
    }

    @Test("relief that would not relieve is not taken: a tiny network is not what takes the time")
    func uselessRelief() {
        var tiny = facts(hidden: [4])
        (tiny.parameterCount, tiny.totalParameterCount) = (40, 40)
        var controller = controller(.rules)
        #expect(run(&controller, ticks: 20, load: { _ in 1.2 }, facts: tiny).isEmpty)
    }

    @Test(
        "a reverted change waits, twice as long each time; a drift ends the wait",
        arguments: [false, true])
    func refractoryTime(drifts: Bool) {
        var controller = controller(.rules)
        var facts = facts()
        facts.growthSignal = 0.9
        facts.samplesSinceDrift = 0
        var waits: [Int] = []
        for trial in 0..<3 {
            var ticks = 0
            while true {
                facts.sampleCount += 1_000
                facts.samplesSinceDrift += 1_000
                // The stream changes at the tenth tick of the last wait.
                if drifts, trial == 2, ticks == 10 { facts.samplesSinceDrift = 0 }
                let decision = controller.tick(measurements(load: 0.2), facts: facts)
                ticks += 1
                if decision?.action == .widen { break }
                #expect(ticks < 200)
            }
            waits.append(ticks)
            controller.beginTrial(window: 600, price: 0.001, cost: 1)
            var verdict = Trial.Verdict.wait
            while verdict == .wait {
                verdict = controller.compare(changed: 0.6, incumbent: 0.5)
            }
            #expect(verdict == .revert)
            _ = controller.concludeTrial(isKept: false, lossScale: 0.7)
            facts.possible = ChoiceSet([.widen])
        }
        // Eight thousand samples are eight ticks, and sixteen after the next.
        #expect(waits[1] == 8)
        #expect(waits[2] == (drifts ? 11 : 16))
    }

    @Test("where there is next to no loss left, nothing grows")
    func nothingToWin() {
        var controller = controller(.qLearning) { $0.epsilon = 1 }
        var facts = facts()
        facts.meanLoss = 0.0001
        facts.growthSignal = 0.9
        let actions = run(&controller, ticks: 200, load: { _ in 0.1 }, facts: facts)
        #expect(!actions.contains(.widen) && !actions.contains(.deepen))
    }

    @Test("a change of structure is tried out, judged, kept and explained")
    func trialIsKept() throws {
        var controller = controller(.rules)
        var facts = facts()
        facts.growthSignal = 0.9
        var decision: ControlDecision?
        while decision == nil { decision = controller.tick(measurements(load: 0.2), facts: facts) }
        guard case .tryOut(let window, let price) = decision!.kind else {
            Issue.record("\(decision!.kind) is no trial")
            return
        }
        #expect(decision!.action == .widen)
        controller.beginTrial(window: window, price: price, cost: 1_000)
        #expect(controller.tick(measurements(load: 0.2), facts: facts) == nil)
        var verdict = Trial.Verdict.wait
        while verdict == .wait { verdict = controller.compare(changed: 0.4, incumbent: 0.5) }
        #expect(verdict == .keep)
        let concluded = controller.concludeTrial(isKept: true, lossScale: 0.7)
        let outcome = try #require(concluded)
        #expect(outcome.kind == .keep)
        #expect(outcome.reason.contains("brought +0.100 nats"))
        #expect(controller.counts.kept == 1)
        #expect(controller.trial == nil)
    }

    @Test("a trial is given up when the load leaves no room for a twin")
    func trialIsAbandoned() {
        var controller = controller(.rules)
        var facts = facts()
        facts.growthSignal = 0.9
        while controller.tick(measurements(load: 0.2), facts: facts) == nil {}
        controller.beginTrial(window: 5_000, price: 0, cost: 1_000)
        #expect(controller.tick(measurements(load: 0.95), facts: facts)?.kind == .abandon)
    }

    @Test("observing, a controller says what it would do and asks for nothing")
    func observing() {
        var controller = controller(.rules) { $0.mode = .observe }
        let decision = controller.tick(measurements(load: 1.5), facts: facts())
        #expect(decision?.kind == .propose)
        #expect(decision?.action == .trainLess)
    }

    @Test(
        "equal numbers give equal decisions, and a restored controller goes on as it was",
        arguments: PolicyName.allCases)
    func determinism(policy: PolicyName) throws {
        var first = controller(policy)
        var second = controller(policy)
        let load: (Int) -> Double = { $0 % 40 < 25 ? 0.3 : 1.4 }
        let before = run(&first, ticks: 120, load: load, facts: facts())
        #expect(before == run(&second, ticks: 120, load: load, facts: facts()))
        #expect(first == second)
        var restored: StructureController = try value(fromState: stateBytes(of: first))
        #expect(restored == first)
        let after = run(&first, ticks: 60, load: load, facts: facts())
        #expect(after == run(&restored, ticks: 60, load: load, facts: facts()))
        #expect(stateBytes(of: restored) == stateBytes(of: first))
    }

    @Test("prices of a budget rise while it is broken and fall again")
    func dualAscent() {
        var reward = Reward()
        let start = reward.prices
        for _ in 0..<50 {
            _ = reward.earn(measurements(load: 2, lag: 2), facts: facts(), budget: ControlBudget())
        }
        #expect(reward.prices[0] > start[0] && reward.prices[1] > start[1])
        #expect(reward.prices[2] <= start[2])
        let high = reward.prices
        for _ in 0..<50 {
            _ = reward.earn(measurements(load: 0.2), facts: facts(), budget: ControlBudget())
        }
        #expect(reward.prices[0] < high[0] && reward.prices[1] < high[1])
    }

    @Test("every number of an observation has a name, and stays within its bounds")
    func observationIsBounded() {
        #expect(Observation.names.count == Observation.Feature.allCases.count)
        #expect(Set(Observation.names).count == Observation.names.count)
        var observation = Observation()
        observation[.load] = .infinity
        observation[.trend] = .nan
        #expect(observation[.load] == 1 && observation[.trend] == -1)
        #expect((0..<Observation.stateCount).contains(observation.state))
    }
}
