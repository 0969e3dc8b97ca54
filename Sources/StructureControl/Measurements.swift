import StateCoding

/// What the machine shows at a tick. The only way in which time and load reach the controller.
public struct Measurements: Equatable, Sendable {
    /// Time since the last tick. Above 0.
    public var elapsedSeconds: Double
    /// Samples that arrived since the last tick, learned or not yet.
    public var arrivedSamples: Int
    /// Time that one sample took, mean since the last tick; 0 when there was none.
    public var serviceSeconds: Double
    /// Share of the queue that is full, in `[0, 1]`.
    public var queueFill: Double
    /// How long the sample that was learned last had waited.
    public var lagSeconds: Double
    /// Share of one core that the process used.
    public var cpuFraction: Double
    /// Resident memory.
    public var memoryBytes: Int
    public var predictP99Microseconds: Double

    public init(
        elapsedSeconds: Double, arrivedSamples: Int, serviceSeconds: Double, queueFill: Double = 0,
        lagSeconds: Double = 0, cpuFraction: Double = 0, memoryBytes: Int = 0,
        predictP99Microseconds: Double = 0
    ) {
        self.elapsedSeconds = elapsedSeconds
        self.arrivedSamples = arrivedSamples
        self.serviceSeconds = serviceSeconds
        self.queueFill = queueFill
        self.lagSeconds = lagSeconds
        self.cpuFraction = cpuFraction
        self.memoryBytes = memoryBytes
        self.predictP99Microseconds = predictP99Microseconds
    }

    /// Samples per second.
    public var arrivalRate: Double {
        elapsedSeconds > 0 ? Double(arrivedSamples) / elapsedSeconds : 0
    }

    /// Arrival rate times service time: the share of one core that the stream asks for.
    public var demand: Double {
        elapsedSeconds > 0 ? serviceSeconds * Double(arrivedSamples) / elapsedSeconds : 0
    }
}

extension Measurements: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(elapsedSeconds)
        writer.write(arrivedSamples)
        writer.write(serviceSeconds)
        writer.write(queueFill)
        writer.write(lagSeconds)
        writer.write(cpuFraction)
        writer.write(memoryBytes)
        writer.write(predictP99Microseconds)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        elapsedSeconds = try reader.readDouble()
        arrivedSamples = try reader.readInt()
        serviceSeconds = try reader.readDouble()
        queueFill = try reader.readDouble()
        lagSeconds = try reader.readDouble()
        cpuFraction = try reader.readDouble()
        memoryBytes = try reader.readInt()
        predictP99Microseconds = try reader.readDouble()
    }
}

/// What the learner says of itself at a tick: numbers, never the network.
public struct LearnerFacts: Equatable, Sendable {
    /// Labelled samples so far.
    public var sampleCount = 0
    /// Widths of the lead's hidden layers.
    public var hidden: [Int] = []
    public var parameterCount = 0
    /// Parameters after ``Action/widen``; after ``Action/deepen``.
    public var widenedParameterCount = 0
    public var deepenedParameterCount = 0
    /// Parameters of all networks that learn, the lead's among them.
    public var totalParameterCount = 0
    /// Parameters that learn a sample of the past again, per new sample.
    public var replayedParameterCount = 0
    /// Work of a sample besides its weights, in parameters: as measured, where it was.
    public var fixedWork = Shield.usualFixedWork
    /// Networks that learn side by side, and how many there are with those that sleep.
    public var memberCount = 1
    public var memberTotal = 1
    /// Whether recent samples are learned again.
    public var isReplaying = false
    /// Whether learning more or fewer of them again is tried like a change of structure: where it is
    /// the lead that does it, and has not just given it up under load.
    public var isReplayTried = false
    /// Whether it was given up under load.
    public var hasShedReplay = false
    /// What ``replayedParameterCount`` would be after ``Action/replayMore``, of such a lead.
    public var replayedAfterMore = 0
    /// Share of the samples that is learned, in `(0, 1]`.
    public var trainShare = 1.0
    /// Mean loss since the last tick; `nil` without a sample.
    public var meanLoss: Double?
    /// Loss of who knows nothing: `ln classes`, or 1 for standardised numbers. Above 0.
    public var lossScale = 1.0
    public var samplesSinceDrift = Int.max
    /// Share of the gradient that only new units could follow, in `[0, 1]`.
    public var growthSignal = 0.0
    /// Expected rise of the loss without the cheapest tenth of the units, in nats.
    public var pruneSignal = 0.0
    /// Share of the hidden units that are all but silent, in `[0, 1]`.
    public var dormantShare = 0.0
    /// Steps left out since the last tick because they were not finite.
    public var refusedSteps = 0
    /// Whether a wider network was set aside, and its parameters.
    public var hasParked = false
    public var parkedParameterCount = 0
    /// What the learner can carry out, of changes of structure, members and replay.
    public var possible = ChoiceSet([.widen, .narrow, .deepen, .shallow, .refresh, .restore])

    public init() {}
}

/// What learning may cost; `nil` is no limit.
public struct ControlBudget: Equatable, Sendable {
    /// Share of one core. Above 0.
    public var cpuFraction = 1.0
    public var memoryBytes: Int?
    public var predictP99Microseconds: Double?
    public var maxParameters: Int?
    /// How far learning may fall behind the stream. Above 0.
    public var maxLagSeconds = 1.0

    public init() {}
}

/// Bounds of the architecture.
public struct ControlLimits: Equatable, Sendable {
    /// Narrowest and widest hidden layer. From 1.
    public var minUnits = 2
    public var maxUnits = 4_096
    public var maxLayers = 6

    public init() {}
}

extension ControlBudget: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(cpuFraction)
        writer.write(memoryBytes ?? -1)
        writer.write(predictP99Microseconds ?? -1)
        writer.write(maxParameters ?? -1)
        writer.write(maxLagSeconds)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        cpuFraction = try reader.readDouble()
        let memory = try reader.readInt()
        memoryBytes = memory < 0 ? nil : memory
        let latency = try reader.readDouble()
        predictP99Microseconds = latency < 0 ? nil : latency
        let parameters = try reader.readInt()
        maxParameters = parameters < 0 ? nil : parameters
        maxLagSeconds = try reader.readDouble()
    }
}
