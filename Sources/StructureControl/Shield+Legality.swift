/// What the shield lets a policy choose from.
extension Shield {
    func legalActions(
        _ observation: Observation, facts: LearnerFacts, budget: ControlBudget,
        limits: ControlLimits, measurements: Measurements
    ) -> ChoiceSet {
        var legal = ChoiceSet([.none])
        let isOverloaded = observation.isOverloaded
        let load = measurements.demand / budget.cpuFraction
        let canCut = canCut(observation, load: load, facts: facts, limits: limits)
        // Never give up what there is room for, nor what a peak that passes would leave.
        if isOverloaded || load > 1 && observation[.pressure] > Self.wariness {
            if facts.isReplaying { legal.insert(Action.replayLess.index) }
            if facts.memberCount > 1 { legal.insert(Action.retireMember.index) }
            // What would not be enough is left to a narrower network, which sheds besides.
            let rest = load * (1 - Self.saving(facts))
            let isEnough = rest < 1 && !Self.hasMuchToLearn(observation)
            if Self.saving(facts) > Self.leastSaving, isEnough || !canCut {
                legal.insert(Action.trainLess.index)
            }
        }
        if observation.isPeakDue, facts.trainShare >= 1, Self.saving(facts) > Self.leastSaving {
            legal.insert(Action.trainLess.index)
        }
        let share = Self.trainShare(after: .trainMore, load: load, facts: facts)
        if !isOverloaded, !observation.isBusy, !observation.isPeakDue,
            share >= min(1, 1.25 * facts.trainShare),
            share > facts.trainShare
        {
            legal.insert(Action.trainMore.index)
        }
        if facts.trainShare >= 1, load < 0.4, !isOverloaded, !observation.isPeakDue {
            if facts.possible.contains(.addMember) { legal.insert(Action.addMember.index) }
            if facts.possible.contains(.replayMore), !facts.isReplayTried {
                legal.insert(Action.replayMore.index)
            }
        }
        guard !facts.hidden.isEmpty else { return legal }
        if isOverloaded || observation.isBusy {
            // Act first; the wider network is set aside and comes back in a trial.
            if canCut { legal.insert(Action.narrow.index) }
        } else if !observation.isPeakDue {
            addTrials(
                to: &legal, observation, load: load, facts: facts, budget: budget,
                limits: limits, measurements: measurements)
        }
        return legal
    }

    /// Whether a narrower network at once would relieve anybody: a backlog alone drains by itself,
    /// and what is cut away comes back later.
    private func canCut(
        _ observation: Observation, load: Double, facts: LearnerFacts, limits: ControlLimits
    ) -> Bool {
        let isTooSlow =
            (load > 1 || load > 0.85 && observation[.lag] > 0.5)
            && Double(facts.parameterCount) > Self.leastWork(observation)
            || observation[.memory] > 0 || observation[.latency] > 0
        return isTooSlow && canNarrow(facts, limits: limits)
    }

    /// Whether what a sample takes could be cut back in time, should the highest rate of late come again:
    /// what waits until the next ticks have shown it must not break the limit of the lag. Nor may a
    /// lump of samples take much of it, whatever the rate was.
    ///
    /// - Parameter work: Of a sample, in parameters.
    private func survivesPeak(
        _ work: Double, measurements: Measurements, facts: LearnerFacts, budget: ControlBudget
    ) -> Bool {
        let present =
            Self.work(facts, share: facts.trainShare)
            + Self.updateShare * Double(facts.replayedParameterCount)
        let service = measurements.serviceSeconds * work / present / budget.cpuFraction
        let excess = max(0, peak.rate * service - 1)
        return excess * peak.noticeSeconds < Self.caution * budget.maxLagSeconds
            && service * Self.lump.samples < Self.lump.share * budget.maxLagSeconds
    }

    /// So many samples may come at once, and may take such a share of the allowed lag.
    private static let lump = (samples: 100.0, share: 0.2)

    private func canNarrow(_ facts: LearnerFacts, limits: ControlLimits) -> Bool {
        (facts.hidden.max() ?? 0) / 2 >= limits.minUnits && facts.possible.contains(.narrow)
    }

    private func addTrials(
        to legal: inout ChoiceSet, _ observation: Observation, load: Double,
        facts: LearnerFacts, budget: ControlBudget,
        limits: ControlLimits, measurements: Measurements
    ) {
        // A twin runs only where there is room for it and its cost is covered.
        func fits(_ parameters: Int, after: Double, window: Double) -> Bool {
            let work = Double(facts.totalParameterCount) + facts.fixedWork
            let more = (Double(parameters) + facts.fixedWork / 4) / work
            let memory = Double(measurements.memoryBytes) + 16 * Double(parameters)
            return load * (1 + more) < 0.85 && credit >= Double(parameters) * window
                && observation[.lag] < 0.5
                && parameters <= budget.maxParameters ?? .max
                && (parameters <= facts.parameterCount
                    || survivesPeak(
                        facts.fixedWork + after, measurements: measurements, facts: facts,
                        budget: budget))
                && memory <= budget.memoryBytes.map(Double.init) ?? .infinity
                && facts.trainShare >= 1 && facts.refusedSteps == 0
        }
        // Where there is next to no loss left, there is nothing to grow for.
        let isWorthIt = (facts.meanLoss ?? facts.lossScale) > Self.floor * facts.lossScale
        // Who learns samples again does so with more parameters, too.
        let perParameter =
            1 + Self.updateShare * Double(facts.replayedParameterCount)
            / Double(max(1, facts.totalParameterCount))
        func allow(
            _ action: Action, _ parameters: Int, after: Double? = nil, _ isPossible: Bool
        ) {
            // What comes back is tried once, shows soon what it is worth, and pays the rest back.
            let window =
                action == .restore
                ? -.infinity : Double(TrialPlan(action, facts: facts, load: load).window)
            let isAble = facts.possible.contains(action) || action == .replayLess
            let work = after ?? perParameter * Double(parameters)
            if isPossible, isAble, fits(parameters, after: work, window: window) {
                legal.insert(action.index)
            }
        }
        allow(
            .widen, facts.widenedParameterCount,
            isWorthIt && facts.hidden.min()! * 2 <= limits.maxUnits)
        // What is smaller saves nothing that anybody needs while there is room.
        let saves = load > Self.thrift
        allow(.narrow, facts.parameterCount, canNarrow(facts, limits: limits) && saves)
        allow(
            .deepen, facts.deepenedParameterCount,
            isWorthIt && facts.hidden.count < limits.maxLayers)
        allow(.shallow, facts.parameterCount, facts.hidden.count > 1 && saves)
        allow(.refresh, facts.parameterCount, facts.dormantShare > 0.05)
        allow(.restore, facts.parkedParameterCount, facts.hasParked)
        guard facts.isReplayTried else { return }
        let again = Self.updateShare * Double(facts.replayedAfterMore)
        allow(
            .replayMore, facts.parameterCount + facts.replayedAfterMore,
            after: Double(facts.parameterCount) + again, isWorthIt)
        if facts.isReplaying { allow(.replayLess, facts.parameterCount, true) }
    }
}
