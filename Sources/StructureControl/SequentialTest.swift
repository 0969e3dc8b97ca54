import StateCoding

/// Whether the mean of bounded numbers lies above a line, told at any time.
///
/// A gambler bets on each number before it comes; if the mean given the past is never above the
/// line, the capital is a supermartingale that starts at 1, so that it ever reaches `1/α` has a
/// probability of at most α however often one looks. The stake is the empirical mean over the
/// second moment, which maximises the growth of the capital to second order.
///
/// - Source: Waudby-Smith, Ramdas, "Estimating means of bounded random variables by betting",
///   JRSS B 2024, section 4 and appendix B.3 (aGRAPA); Ville's inequality.
public struct SequentialTest: Equatable, Sendable {
    /// The line of the null hypothesis: `E[number | past] ≤ line`.
    public let line: Double
    /// Numbers are clipped to `±bound`. Above ``line``'s magnitude.
    public let bound: Double
    /// How much a stake of 1 has become. The larger, the less believable the null hypothesis.
    public private(set) var capital = 1.0
    public private(set) var count = 0
    private var sum = 0.0
    private var squareSum = 0.0

    public init(line: Double, bound: Double) {
        precondition(bound > line.magnitude, "numbers within ±\(bound) never cross \(line)")
        self.line = line
        self.bound = bound
    }

    /// Whether the null hypothesis is refuted at a level, now.
    public func isRefuted(level: Double) -> Bool { capital >= 1 / level }

    /// Bets, then takes the number in. NaN counts as the bound against which the test guards.
    public mutating func add(_ number: Double) {
        let clipped = number < bound ? max(number, -bound) : bound
        let range = bound + line.magnitude
        let excess = (clipped - line) / range
        // Two pseudo-observations, so that the first stakes are small.
        let weight = Double(count) + 2
        let meanSoFar = sum / weight
        let squareSoFar = (squareSum + 0.25) / weight
        let stake = min(max(meanSoFar / squareSoFar, 0), 0.5)
        // The cap keeps a certain verdict finite; it is far beyond any level that is asked for.
        capital = min(capital * (1 + stake * excess), 1e12)
        count += 1
        sum += excess
        squareSum += excess * excess
    }
}

extension SequentialTest: StateCodable {
    public func encode(to writer: inout StateWriter) {
        for number in [line, bound, capital, sum, squareSum] { writer.write(number) }
        writer.write(count)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        line = try reader.readDouble()
        bound = try reader.readDouble()
        capital = try reader.readDouble()
        sum = try reader.readDouble()
        squareSum = try reader.readDouble()
        count = try reader.readInt()
        guard bound > line.magnitude, capital >= 0, squareSum >= 0, count >= 0 else {
            throw .invalid(what: "sequential test", offset: offset)
        }
    }
}
