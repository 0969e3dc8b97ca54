import StateCoding

/// What a policy sees: named numbers, each clipped to `[-1, 1]`.
public struct Observation: Equatable, Sendable {
    /// The numbers, in the order of ``Observation/values``.
    public enum Feature: Int, CaseIterable, Sendable {
        /// Demanded over allowed share of the processor, minus 1.
        case load
        /// Share of the queue that is full.
        case queue
        /// Lag over the largest allowed.
        case lag
        /// 99th percentile of the prediction time over the largest allowed, minus 1.
        case latency
        /// Resident memory over the largest allowed, minus 1.
        case memory
        /// Binary logarithm of the share that is learned, over 6.
        case trainShare
        /// Logarithm of the parameters over that of a million.
        case size
        /// Binary logarithm of the widest layer, over 12.
        case width
        /// Hidden layers over 8.
        case depth
        /// Slow mean of the loss over that of who knows nothing.
        case loss
        /// Logarithm of the fast over the slow mean of the loss.
        case trend
        /// Slope of the loss over the last ticks, in standard errors over 4.
        case slope
        /// Nearness of the last drift.
        case drift
        /// Samples since the last change of the structure, in thousands over 50.
        case rest
        /// Share of the gradient that only new units could follow.
        case growth
        /// Expected rise of the loss without the cheapest units, in tenths of a nat.
        case prune
        /// Share of the units that are silent.
        case dormant
        /// How the last trials ended: 1 kept, −1 reverted, fading.
        case growthOutcome, shrinkOutcome, refreshOutcome
        /// Members over the most that are allowed.
        case members
        /// Whether recent samples are learned again.
        case replay
        /// Whether a wider network was set aside.
        case parked
        /// Binary logarithm of the highest load of late, fading, over 6.
        case peak
        /// The longest lag of late over the largest allowed, fading.
        case peakLag
        /// Samples since the last overload, in thousands over 50.
        case calm
        /// Lag to be expected if nothing is done, over the largest allowed.
        case pressure
        /// How far the loss since the last tick lies above that before, over that of who knows nothing.
        case surprise
        /// How near the next peak of the load is, by the time that passed between those before it.
        case imminence
    }

    /// Names as they are published, in the order of ``values``.
    public static let names = [
        "load", "queue", "lag", "latency", "memory", "train_share", "size", "width", "depth",
        "loss", "trend", "slope", "drift", "rest", "growth_signal", "prune_signal",
        "dormant_share", "growth_outcome", "shrink_outcome", "refresh_outcome", "members",
        "replay", "parked", "peak", "peak_lag",
        "calm", "pressure", "surprise", "imminence",
    ]

    /// Shape `[Feature.allCases.count]`.
    public private(set) var values: [Float]

    /// Everything 0.
    public init() { values = [Float](repeating: 0, count: Feature.allCases.count) }

    public subscript(feature: Feature) -> Float {
        get { values[feature.rawValue] }
        // NaN is no number to act on.
        set { values[feature.rawValue] = newValue > -1 ? min(newValue, 1) : -1 }
    }

    /// Every number with its name.
    public var named: [(name: String, value: Double)] {
        zip(Self.names, values).map { ($0, Double($1)) }
    }

    /// Demanded over allowed share of the processor, at most 2.
    public var load: Float { self[.load] + 1 }

    /// Whether a budget is broken, or is going to be unless something is done. A peak of the load
    /// that ends before the lag comes near its limit is none: what relief would cost is saved.
    public var isOverloaded: Bool {
        isBusy && self[.pressure] > Self.tension || self[.queue] > 0.5 || self[.latency] > 0
            || self[.memory] > 0
    }

    /// Whether a peak is due that what is done now might not survive.
    public var isPeakDue: Bool { self[.imminence] > 0.5 && !isBusy }

    /// Whether there is no room for anything more.
    public var isBusy: Bool { load > Self.overload }

    /// The load from which on learning falls behind.
    public static let overload: Float = 0.9
    /// The expected share of the allowed lag from which on relief is due.
    public static let tension: Float = 0.7

    /// An observation with its values shuffled: what a placebo sees.
    public func rearranged(_ order: [Int]) -> Observation {
        var result = self
        for (place, origin) in order.enumerated() { result.values[place] = values[origin] }
        return result
    }
}

extension Observation: StateCodable {
    public func encode(to writer: inout StateWriter) { writer.write(values) }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        values = try reader.readFloats()
        guard values.count == Feature.allCases.count, values.allSatisfy({ $0.magnitude <= 1 })
        else { throw .invalid(what: "observation", offset: offset) }
    }
}
