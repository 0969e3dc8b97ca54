import Features
import Glibc
import NeuralNetwork
import Randomness
import StateCoding

/// The networks beside the lead. All predict and learn each sample; an answer is the mean of what
/// they say, weighted by how well each, the lead included, has predicted lately.
///
/// Weights are `exp(−rate · L) / Σ`, where `L` is the sum of past costs, each discounted by
/// `memory` per sample since. A cost is the mean of the member's own loss (`−ln P(class)`, or the
/// squared error of the standardised target in units of what the whole committee's error usually
/// is) and of its share in the committee's.
///
/// - Source: Vovk, "Aggregating Strategies", COLT 1990 (log-loss, rate 1, no discount).
struct Committee: Equatable, Sendable {
    /// All but the lead.
    var others: [Member] = []
    /// The identifier of the next member.
    private(set) var nextIdentifier = 1
    /// Regression: running mean of the committee's squared error.
    var usualError: Float = 1
    var errorCount = 0

    /// A loss beyond this counts as this, so that one surprise decides nothing.
    static let largestLoss: Float = 5
    /// Shares below this are left out of answers.
    static let negligibleWeight: Float = 0.001
    /// Samples with a negligible share after which a member starts afresh.
    static let patience = 20_000
    /// How far behind the lead a member starts that has just come, or come back.
    static let handicap: Float = 32

    init() {}

    /// Whether anyone beside the lead predicts and learns.
    var isActive: Bool { others.indices.contains { others[$0].isAwake } }

    /// Whether anyone beside the lead has a share in answers.
    var isMixing: Bool { others.indices.contains { others[$0].isMixed } }

    mutating func takeIdentifier() -> Int {
        nextIdentifier += 1
        return nextIdentifier - 1
    }

    func index(of identifier: Int) -> Int? { others.firstIndex { $0.identifier == identifier } }

    mutating func follow(_ change: InputChange) {
        for index in others.indices { others[index].follow(change) }
    }

    mutating func follow(classCount: Int) {
        for index in others.indices { others[index].follow(classCount: classCount) }
    }

    /// Derives everyone's share from the recent losses.
    mutating func weigh(lead: inout Member, rate: Float) {
        var least = lead.standing.recentLoss
        // By index, here and elsewhere: a loop over the members would copy each of them.
        for index in others.indices where others[index].isMixed {
            least = min(least, others[index].standing.recentLoss)
        }
        var sum = expf(rate * (least - lead.standing.recentLoss))
        lead.standing.weight = sum
        for index in others.indices {
            let isMixed = others[index].isMixed
            let weight =
                isMixed ? expf(rate * (least - others[index].standing.recentLoss)) : 0
            others[index].standing.weight = weight
            sum += weight
        }
        lead.standing.weight /= sum
        for index in others.indices {
            others[index].standing.weight /= sum
            let isIdle =
                others[index].isMixed && others[index].standing.weight < Self.negligibleWeight
            others[index].standing.idleCount =
                isIdle ? others[index].standing.idleCount + 1 : 0
        }
    }
}

extension Committee: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(others)
        writer.write(nextIdentifier)
        writer.write(usualError)
        writer.write(errorCount)
    }

    init(from reader: inout StateReader) throws(StateError) {
        others = try reader.readArray()
        nextIdentifier = try reader.readInt()
        usualError = try reader.readFloat()
        errorCount = try reader.readInt()
    }
}
