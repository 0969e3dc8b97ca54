import StateCoding

/// Puts regression targets on the scale on which a network learns, and its outputs back.
///
/// Each output is standardised by its own running mean and deviation, with the same guard as the
/// features: one absurd target moves the scale by at most 1.8 % and is learned as one that stands
/// ``MomentsRule/plausibleDeviations`` away (6 with the default clip). With `clip` 0 nothing is
/// bounded.
public struct TargetScaler: Equatable, Sendable {
    /// Whether targets are standardised at all; else they pass as they are.
    public let isStandardising: Bool
    private let forgetting: Double
    private let clip: Double
    private var outputs: MomentsBank

    /// - Parameters:
    ///   - outputCount: Numbers in a target. At least 1.
    ///   - configuration: `scaling` (`none` leaves targets alone too), `forgetting` and `clip` are
    ///     used.
    public init(outputCount: Int, configuration: FeatureConfiguration) {
        self.init(
            outputCount: outputCount, isStandardising: configuration.scaling != .none,
            forgetting: configuration.forgetting, clip: configuration.clip)
    }

    private init(outputCount: Int, isStandardising: Bool, forgetting: Double, clip: Double) {
        self.isStandardising = isStandardising
        self.forgetting = forgetting
        self.clip = clip
        outputs = MomentsBank(rule: MomentsRule(forgetting: forgetting, clip: clip))
        for _ in 0..<outputCount { outputs.append() }
    }

    public var outputCount: Int { outputs.count }

    /// Targets that were too far out to enter the statistics unbounded.
    public var clippedCount: Int {
        var sum = 0
        for output in 0..<outputs.count { sum += outputs[output].clippedCount }
        return sum
    }

    /// Running mean of an output's targets.
    public func mean(ofOutput output: Int) -> Double { outputs[output].mean }

    /// Running population standard deviation of an output's targets.
    public func deviation(ofOutput output: Int) -> Double { outputs[output].deviation }

    /// Takes one target into the statistics.
    ///
    /// - Parameter target: Finite.
    public mutating func observe(_ target: Double, output: Int) {
        _ = outputs.observe(target, at: output)
    }

    /// The target as the network is to learn it, with the statistics as they are: finite, and with
    /// a clip never further from 0 than what counts as plausible. 0 while nothing has varied yet.
    public func standardise(_ target: Double, output: Int) -> Float {
        let limit = outputs.rule.isGuarded ? outputs.rule.plausibleDeviations : .infinity
        let largest = InputEncoder.largestInput
        guard isStandardising else { return Float(min(max(target, -largest), largest)) }
        let moments = outputs[output]
        if moments.deviation == 0 { return 0 }
        let scaled = (RunningMoments.bounded(target) - moments.mean) / moments.deviation
        let bound = min(limit, largest)
        return Float(min(max(scaled, -bound), bound))
    }

    /// What an output of the network means on the scale of the targets.
    public func restore(_ output: Float, output index: Int) -> Double {
        guard isStandardising else { return Double(output) }
        return outputs[index].mean + Double(output) * outputs[index].deviation
    }
}

extension TargetScaler: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(isStandardising)
        writer.write(forgetting)
        writer.write(clip)
        outputs.encode(to: &writer)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        isStandardising = try reader.readBool()
        forgetting = try reader.readDouble()
        clip = try reader.readDouble()
        let rule = MomentsRule(forgetting: forgetting, clip: clip)
        outputs = try MomentsBank(from: &reader, rule: rule)
    }
}
