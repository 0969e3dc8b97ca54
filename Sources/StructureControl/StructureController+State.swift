import Randomness
import StateCoding

extension StructureController: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(configuration)
        writer.write(policy)
        writer.write(counts)
        writer.write(observation)
        writer.write(lastAction)
        writer.write(lastReward != nil)
        writer.write(lastReward ?? 0)
        writer.write(shield)
        writer.write(reward)
        writer.write(losses)
        writer.write(serviceTimes)
        writer.write(outcomes)
        writer.write(rest)
        writer.write(peakLoad)
        writer.write(peakLag)
        writer.write(calm)
        writer.write(peakLength)
        writer.write(debt)
        writer.write(latest)
        writer.write(latestWeight)
        writer.write(patience)
        writer.write(driftAge)
        writer.write(potential != nil)
        writer.write(potential ?? 0)
        writer.write(lastSampleCount)
        writer.write(open)
        writer.write(baseline)
        writer.write(generator)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        configuration = try reader.read()
        policy = try reader.readOptional()
        counts = try reader.read()
        observation = try reader.readOptional()
        lastAction = try reader.readOptional()
        let hasReward = try reader.readBool()
        let lastReward = try reader.readDouble()
        self.lastReward = hasReward ? lastReward : nil
        shield = try reader.read()
        reward = try reader.read()
        losses = try reader.read()
        serviceTimes = try reader.read()
        outcomes = try reader.readDoubles()
        rest = try reader.readDouble()
        peakLoad = try reader.readDouble()
        peakLag = try reader.readDouble()
        calm = try reader.readDouble()
        peakLength = try reader.read()
        debt = try reader.readDouble()
        latest = try reader.readOptional()
        latestWeight = try reader.readDouble()
        patience = try reader.read()
        driftAge = try reader.readInt()
        let hasPotential = try reader.readBool()
        let potential = try reader.readDouble()
        self.potential = hasPotential ? potential : nil
        lastSampleCount = try reader.readInt()
        open = try reader.readOptional()
        baseline = try reader.read()
        generator = try reader.read()
        guard policy?.name == configuration.policy,
            outcomes.count == OutcomeFamily.allCases.count
        else { throw .invalid(what: "controller", offset: offset) }
    }
}

extension ControlCounts: StateCodable {
    public func encode(to writer: inout StateWriter) {
        for count in [decisions, kept, reverted] { writer.write(count) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        decisions = try reader.readInt()
        kept = try reader.readInt()
        reverted = try reader.readInt()
    }
}
