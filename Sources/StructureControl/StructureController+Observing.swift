import Glibc

/// What a tick's measurements and the learner's facts make of an observation.
extension StructureController {
    /// Samples come in lumps, which say nothing of a rate: it is a mean over a tenth of the allowed lag,
    /// unless the lag shows that it is more than a lump.
    func smoothed(_ measurements: Measurements) -> Measurements {
        let limit = configuration.budget.maxLagSeconds
        guard let before = latest, before.elapsedSeconds > 0, measurements.elapsedSeconds > 0,
            measurements.lagSeconds - before.lagSeconds < Self.lump * limit
        else { return measurements }
        let time = limit / 10
        let weight = measurements.elapsedSeconds / (measurements.elapsedSeconds + time)
        var smoothed = measurements
        let rate =
            before.arrivalRate + weight * (measurements.arrivalRate - before.arrivalRate)
        smoothed.arrivedSamples = Int((rate * measurements.elapsedSeconds).rounded())
        return smoothed
    }

    /// Keeps what a sample has cost, unless part of it was a trial's or left out.
    mutating func noteServiceTime(_ measurements: Measurements, facts: LearnerFacts) {
        guard trial == nil, facts.trainShare >= 1 else { return }
        serviceTimes.record(
            measurements.serviceSeconds, samples: measurements.arrivedSamples,
            architecture: ServiceTimes.Architecture(
                hidden: facts.hidden, members: facts.memberCount, isReplaying: facts.isReplaying),
            parameterCount: facts.totalParameterCount + facts.replayedParameterCount * 3 / 4)
    }

    /// Adds what was used of the processor beyond what is allowed, or makes up for it.
    mutating func owe(_ measurements: Measurements, load: Double) {
        let limit = 2 * configuration.budget.maxLagSeconds
        debt = min(max(debt + (load - 1) * measurements.elapsedSeconds, 0), limit)
    }

    /// How long the load is expected to last as it is, over the largest allowed lag.
    public var foresight: Double {
        let limit = configuration.budget.maxLagSeconds
        return peakLength.remaining(rate: latest?.arrivalRate ?? 0, maxLagSeconds: limit) / limit
    }

    /// Demanded over allowed share of the processor, as the last tick has shown it; where a peak is due,
    /// as it would be at the highest rate of late.
    public var load: Double {
        guard let latest, let observation else { return 0 }
        let present = latest.demand / configuration.budget.cpuFraction
        guard observation.isPeakDue else { return present }
        let due = shield.peak.rate * latest.serviceSeconds / configuration.budget.cpuFraction
        return max(present, due)
    }

    func observe(
        _ measurements: Measurements, facts: LearnerFacts, lag: Double
    ) -> Observation {
        let budget = configuration.budget
        var seen = Observation()
        seen[.load] = Float(measurements.demand / budget.cpuFraction) - 1
        seen[.queue] = Float(measurements.queueFill)
        seen[.lag] = Float(lag)
        let excess = max(0, measurements.demand / budget.cpuFraction - 1)
        seen[.pressure] = Float(lag + excess * foresight)
        if let limit = budget.predictP99Microseconds, limit > 0 {
            seen[.latency] = Float(measurements.predictP99Microseconds / limit) - 1
        }
        if let limit = budget.memoryBytes, limit > 0 {
            seen[.memory] = Float(Double(measurements.memoryBytes) / Double(limit)) - 1
        } else {
            seen[.memory] = -1
        }
        if budget.predictP99Microseconds == nil { seen[.latency] = -1 }
        seen[.trainShare] = log2f(Float(facts.trainShare)) / 6
        seen[.size] = logf(Float(max(facts.parameterCount, 1))) / 13.8
        seen[.width] = log2f(Float(max(facts.hidden.max() ?? 1, 1))) / 12
        seen[.depth] = Float(facts.hidden.count) / 8
        seen[.loss] = Float((losses.slow ?? facts.lossScale) / facts.lossScale)
        seen[.trend] = losses.trend
        seen[.imminence] = Float(peakLength.imminence)
        seen[.surprise] = Float(losses.rise / facts.lossScale)
        seen[.slope] = losses.slope / 4
        seen[.drift] = 1 / (1 + Float(facts.samplesSinceDrift) / 2_000)
        seen[.rest] = Float(rest / 50)
        seen[.growth] = Float(facts.growthSignal)
        seen[.prune] = Float(10 * facts.pruneSignal)
        seen[.dormant] = Float(facts.dormantShare)
        seen[.growthOutcome] = Float(outcomes[OutcomeFamily.growth.rawValue])
        seen[.shrinkOutcome] = Float(outcomes[OutcomeFamily.shrinkage.rawValue])
        seen[.refreshOutcome] = Float(outcomes[OutcomeFamily.refreshment.rawValue])
        seen[.members] = Float(facts.memberCount) / Float(max(facts.memberTotal, 1))
        seen[.replay] = facts.isReplaying ? 1 : 0
        seen[.parked] = facts.hasParked ? 1 : 0
        seen[.peak] = log2f(Float(max(peakLoad, 1e-3))) / 6
        seen[.peakLag] = Float(peakLag)
        return seen
    }
}
