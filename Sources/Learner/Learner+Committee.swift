import Features
import Glibc
import Kernels
import NeuralNetwork

/// Members that come and go. An operator's or a controller's change of the lead is tried on a twin,
/// which learns the same samples, and is kept by promotion.
extension Learner {
    /// Adds a network of its own, from fresh weights, with a share in answers as it earns one.
    ///
    /// - Returns: Its identifier; `nil` before the first labelled sample.
    @discardableResult
    public mutating func addMember(_ plan: MemberPlan) -> Int? {
        guard let lead else { return nil }
        let identifier = committee.takeIdentifier()
        var member = Member(
            identifier: identifier, role: .companion, plan: plan,
            network: makeNetwork(plan, like: lead.network), schedule: schedule(for: plan))
        member.standing.recentLoss = lead.standing.recentLoss + Committee.handicap
        member.isAwake = committee.others.count + 1 < allowance.members
        committee.others.append(member)
        return identifier
    }

    /// Adds a copy of the lead that learns from now on beside it and takes no part in answers.
    ///
    /// - Returns: Its identifier; `nil` before the first labelled sample.
    public mutating func addTwin() -> Int? {
        guard let lead else { return nil }
        let identifier = committee.takeIdentifier()
        committee.others.append(Member(copyOf: lead, identifier: identifier, role: .twin))
        return identifier
    }

    /// Takes a member out of the committee. The lead stays.
    ///
    /// - Returns: Whether there was such a member.
    @discardableResult
    public mutating func retire(member identifier: Int) -> Bool {
        guard let index = committee.index(of: identifier) else { return false }
        committee.others.remove(at: index)
        weighCommittee()
        return true
    }

    /// Makes a member the lead in place of the present one, which is retired.
    ///
    /// - Returns: Whether there was such a member.
    @discardableResult
    public mutating func promote(member identifier: Int) -> Bool {
        guard let index = committee.index(of: identifier) else { return false }
        var member = committee.others.remove(at: index)
        member.role = .lead
        member.isAwake = true
        lead = member
        for index in committee.others.indices {
            committee.others[index].standing.paired = PairedLoss()
        }
        weighCommittee()
        return true
    }

    /// The lead's loss minus a member's, since the member joined; `nil` when there is no such
    /// member. The lead has none.
    public func pairedLoss(ofMember identifier: Int) -> PairedLoss? {
        committee.index(of: identifier).map { committee.others[$0].standing.paired }
    }

    /// The networks, the lead first.
    public func memberReports() -> [MemberReport] {
        guard let lead else { return [] }
        return ([lead] + committee.others).map { member in
            MemberReport(
                identifier: member.identifier, role: member.role, isAwake: member.isAwake,
                hidden: member.network.hidden, weight: member.standing.weight,
                optimizer: member.network.optimizer.name, learningRate: member.learningRate,
                parameterCount: member.network.parameterCount, paired: member.standing.paired)
        }
    }

    /// Spends no more than is allowed from now on: of those beside the lead, the ones that weigh
    /// most go on. Who comes back has been away, and must earn its share anew.
    mutating func allow(_ allowance: Allowance) {
        self.allowance = allowance
        let ranked = committee.others.indices.filter { committee.others[$0].role != .twin }
            .sorted {
                let (a, b) = (committee.others[$0].standing, committee.others[$1].standing)
                return (a.recentLoss, $0) < (b.recentLoss, $1)
            }
        for (rank, index) in ranked.enumerated() {
            let isAwake = rank + 1 < allowance.members
            if isAwake, !committee.others[index].isAwake {
                committee.others[index].standing.recentLoss =
                    (lead?.standing.recentLoss ?? 0) + Committee.handicap
            }
            committee.others[index].isAwake = isAwake
        }
        weighCommittee()
    }

    mutating func weighCommittee() {
        guard hasLead else { return }
        committee.weigh(lead: &leads[0], rate: configuration.committee.rate)
    }
}

/// The committee at work.
extension Learner {
    /// Makes those that the configuration names, once there is a lead.
    ///
    /// - Parameter handicap: How far behind the lead they start.
    mutating func makeCommittee(handicap: Float = 0) {
        let count =
            (configuration.learning.committee ?? configuration.learning.maxCommittee) - 1
        let plans = configuration.committee.plans
        guard count > 0, !plans.isEmpty else { return }
        // Asked for by number, more than there are plans start from other weights.
        let total =
            configuration.learning.committee == nil ? min(count, plans.count) : count
        for index in 0..<total {
            addMember(plans[index % plans.count])
            committee.others[index].standing.recentLoss = handicap
        }
        weighCommittee()
    }

    mutating func makeNetwork(_ plan: MemberPlan, like lead: Network) -> Network {
        Network(
            inputCount: lead.inputCount, hidden: plan.hidden, outputCount: lead.outputCount,
            activation: plan.activation ?? lead.activation, loss: lead.loss,
            optimizer: plan.optimizer,
            generator: &weightGenerator)
    }

    func schedule(for plan: MemberPlan) -> Schedule {
        Schedule(configuration.schedule, baseRate: Double(plan.optimizer.learningRate))
    }

    /// A member that failed starts afresh, by the same plan and from other weights.
    mutating func restart(_ index: Int) {
        let old = committee.others[index]
        guard let lead, old.role == .companion else {
            committee.others[index].standing.idleCount = 0
            return
        }
        var fresh = Member(
            identifier: old.identifier, role: .companion, plan: old.plan,
            network: makeNetwork(old.plan, like: lead.network), schedule: schedule(for: old.plan))
        fresh.standing.recentLoss = lead.standing.recentLoss + Committee.handicap
        committee.others[index] = fresh
        counts.restarts += 1
    }

    /// Everyone but the lead learns the micro-batch; some learn samples of the past again.
    mutating func teachCommittee() {
        for index in committee.others.indices where committee.others[index].isAwake {
            let outcome = committee.others[index].learn(pending, using: &scratch.workspace)
            if !outcome.applied { restart(index) }
            committee.others[index].shrink(by: configuration.learning.shrink)
        }
    }

    /// Samples of the past are learned again by those who do so.
    mutating func replay(newCount: Int) {
        guard allowance.replays, replayMemory.count > 0 else { return }
        let asked = configuration.learning.replay
        if configuration.learning.committee == 1 {
            replayAlone(newCount: newCount)
            return
        }
        for index in committee.others.indices
        where committee.others[index].isAwake && committee.others[index].plan.replays > 0 {
            let share = asked ?? Double(committee.others[index].plan.replays)
            for _ in 0..<replayCount(share, newCount: newCount) {
                let slot = replayGenerator.nextIndex(below: replayMemory.count)
                committee.others[index].learnAgain(
                    slot, of: replayMemory, using: &scratch.workspace)
            }
        }
    }

    /// The lead, and twins on trial with the same samples.
    private mutating func replayAlone(newCount: Int) {
        func share(_ member: borrowing Member) -> Double {
            configuration.learning.replay ?? Double(member.plan.replays)
        }
        var most = share(leads[0])
        for member in committee.others where member.isAwake { most = max(most, share(member)) }
        guard most > 0 else { return }
        for round in 0..<replayCount(most, newCount: newCount) {
            let slot = replayGenerator.nextIndex(below: replayMemory.count)
            if share(leads[0]) * Double(newCount) > Double(round) {
                leads[0].learnAgain(slot, of: replayMemory, using: &scratch.workspace)
            }
            for index in committee.others.indices where committee.others[index].isAwake {
                guard share(committee.others[index]) * Double(newCount) > Double(round) else {
                    continue
                }
                committee.others[index].learnAgain(
                    slot, of: replayMemory, using: &scratch.workspace)
            }
        }
    }

    /// Whole replays for so many new samples; a fraction is drawn for.
    private mutating func replayCount(_ share: Double, newCount: Int) -> Int {
        let expected = share * Double(newCount)
        let whole = expected.rounded(.down)
        let isOneMore =
            expected > whole && replayGenerator.nextUniformDouble() < expected - whole
        return Int(whole) + (isOneMore ? 1 : 0)
    }

    /// Whether samples are kept to be learned again.
    var keepsSamples: Bool {
        // Without a call, which would be given a copy of the whole learner, for each sample.
        @inline(__always) get {
            if configuration.learning.replay == 0 { return false }
            if configuration.learning.committee != 1 { return true }
            return configuration.learning.replay != nil || configuration.control.policy != nil
        }
    }
}
