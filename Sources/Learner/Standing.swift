import StateCoding

/// How well a member has predicted lately, and how large a share in answers that earns it.
struct Standing: Equatable, Sendable {
    /// Costs of the samples so far, each discounted by its age.
    var recentLoss: Float = 0
    /// Its share in answers; the shares of all add up to 1.
    var weight: Float = 1
    /// Its losses beside the lead's, on the same samples.
    var paired = PairedLoss()
    /// Samples in a row in which its share was negligible.
    var idleCount = 0

    init() {}

    /// Its share in answers, where it is worth the time.
    var voice: Float { weight >= Committee.negligibleWeight ? weight : 0 }
}

/// The lead's loss minus a member's, sample by sample: what a paired test of the two needs.
public struct PairedLoss: Equatable, Sendable {
    /// Samples that both have predicted.
    public private(set) var count = 0
    /// Mean difference in nats, or in squared deviations of the target. Above 0 the member is
    /// better.
    public private(set) var mean = 0.0
    private var squares = 0.0

    public init() {}

    /// Variance of a single difference, without bias; 0 before the second one.
    public var variance: Double { count > 1 ? squares / Double(count - 1) : 0 }

    /// - Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares and
    ///   Products", Technometrics 4(3), 1962.
    mutating func add(_ difference: Double) {
        count += 1
        let before = mean
        mean += (difference - before) / Double(count)
        squares += (difference - before) * (difference - mean)
    }
}

extension PairedLoss: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(count)
        writer.write(mean)
        writer.write(squares)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        count = try reader.readInt()
        mean = try reader.readDouble()
        squares = try reader.readDouble()
    }
}

extension Standing: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(recentLoss)
        writer.write(weight)
        writer.write(paired)
        writer.write(idleCount)
    }

    init(from reader: inout StateReader) throws(StateError) {
        recentLoss = try reader.readFloat()
        weight = try reader.readFloat()
        paired = try reader.read()
        idleCount = try reader.readInt()
    }
}
