import StateCoding

/// One change of structure on probation: a changed twin learns beside the incumbent, and both are
/// charged for the same samples.
public struct Trial: Equatable, Sendable {
    public enum Verdict: Equatable, Sendable { case wait, keep, revert }

    public let action: Action
    /// Most samples before a verdict.
    public let window: Int
    /// What the change must bring, in nats per sample; negative: what it may cost.
    public let price: Double
    /// Samples judged so far.
    public private(set) var count = 0
    /// Mean of incumbent's loss minus twin's loss over all samples, and over the second half.
    public private(set) var gain = 0.0
    public private(set) var lateGain = 0.0
    private var lateCount = 0
    private var squareSum = 0.0
    /// What a sample of it costs, in parameters.
    var cost = 0
    private var harm: SequentialTest
    private var benefit: SequentialTest

    /// Probability with which a harmless change is reverted, or a useless one kept, early.
    public static let level = 0.05
    /// Differences of losses are clipped to so many nats.
    public static let bound = 1.0
    /// Samples before a verdict can fall, whatever they say.
    public static let leastCount = 100

    public init(action: Action, window: Int, price: Double) {
        precondition(window >= 1, "a trial over \(window) samples shows nothing")
        self.action = action
        self.window = window
        self.price = min(max(price, -Self.bound / 2), Self.bound / 2)
        // Growth may cost nothing on the way; what saves may cost as much as its price says.
        harm = SequentialTest(line: max(0, -self.price), bound: Self.bound)
        benefit = SequentialTest(line: self.price, bound: Self.bound)
    }

    /// Accounts for one sample on which both were charged.
    ///
    /// - Parameters:
    ///   - changed: The twin's loss, in nats.
    ///   - incumbent: The loss of the network that it is to replace.
    public mutating func compare(changed: Double, incumbent: Double) -> Verdict {
        let difference = changed - incumbent
        harm.add(difference)
        benefit.add(-difference)
        let clipped = difference < Self.bound ? max(difference, -Self.bound) : Self.bound
        count += 1
        gain -= (clipped + gain) / Double(count)
        squareSum += clipped * clipped
        if count > window / 2 {
            lateCount += 1
            lateGain -= (clipped + lateGain) / Double(lateCount)
        }
        guard count >= Self.leastCount else { return .wait }
        if harm.isRefuted(level: Self.level) { return .revert }
        if benefit.isRefuted(level: Self.level) { return .keep }
        guard count >= window else { return .wait }
        // New units need time, so a growth is judged by what it brings at the end. All must be more
        // than noise: coins' tosses would blow the network up, or wear it down.
        return brought - standardError >= price ? .keep : .revert
    }

    /// Of ``brought``.
    private var standardError: Double {
        let variance = max(0, squareSum / Double(max(1, count)) - gain * gain)
        let judged = price > 0 && lateCount > 0 ? lateCount : count
        return (variance / Double(max(1, judged))).squareRoot()
    }

    /// What the change has brought, in nats per sample: where new units need time, by what it
    /// brought in the end, if it came to that.
    public var brought: Double { price > 0 && lateCount > 0 ? lateGain : gain }

    /// How strongly the samples speak against "it does no harm" and against "it brings nothing".
    public var evidence: (harm: Double, benefit: Double) { (harm.capital, benefit.capital) }
}

extension Trial: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(action)
        writer.write(window)
        writer.write(price)
        writer.write(count)
        writer.write(gain)
        writer.write(lateGain)
        writer.write(lateCount)
        writer.write(squareSum)
        writer.write(cost)
        writer.write(harm)
        writer.write(benefit)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        action = try reader.read()
        window = try reader.readInt()
        price = try reader.readDouble()
        count = try reader.readInt()
        gain = try reader.readDouble()
        lateGain = try reader.readDouble()
        lateCount = try reader.readInt()
        squareSum = try reader.readDouble()
        cost = try reader.readInt()
        harm = try reader.read()
        benefit = try reader.read()
        guard window >= 1, count >= 0, lateCount >= 0 else {
            throw .invalid(what: "trial", offset: reader.offset)
        }
    }
}

extension Action: StateCodable {
    public func encode(to writer: inout StateWriter) { writer.write(UInt8(index)) }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let index = Int(try reader.readUInt8())
        guard index < Self.allCases.count else { throw .invalid(what: "action", offset: offset) }
        self = Self.allCases[index]
    }
}
