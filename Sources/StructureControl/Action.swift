/// What a controller may do between two samples. The cases' order is that of value tables and of
/// the value network's outputs; new ones go to the end.
public enum Action: String, CaseIterable, Sendable {
    case none
    /// Twice the units of the layer that the signals name.
    case widen
    /// Half the units of the layer that the signals name; under load fewer, as the load asks.
    case narrow
    /// One more hidden layer, which changes no output at first.
    case deepen
    /// One hidden layer less.
    case shallow
    /// New incoming weights for the units that contribute least.
    case refresh
    /// The wider network that was set aside under load comes back.
    case restore
    case addMember = "add_member"
    case retireMember = "retire_member"
    case replayMore = "replay_more"
    case replayLess = "replay_less"
    /// A larger share of the samples is learned: as large as there is room for.
    case trainMore = "train_more"
    /// A smaller share of the samples is learned: half as large, or as the load asks.
    case trainLess = "train_less"

    /// Place in ``allCases``.
    public var index: Int { Self.allCases.firstIndex(of: self)! }

    /// Whether the hidden layers change.
    public var isStructural: Bool {
        switch self {
        case .widen, .narrow, .deepen, .shallow, .refresh, .restore: true
        default: false
        }
    }

    /// Whether learning costs more afterwards.
    public var isGrowth: Bool {
        switch self {
        case .widen, .deepen, .restore, .addMember, .replayMore, .trainMore: true
        default: false
        }
    }

    /// Whether learning costs less afterwards.
    public var isRelief: Bool {
        switch self {
        case .narrow, .shallow, .retireMember, .replayLess, .trainLess: true
        default: false
        }
    }

    /// Trials whose outcome is remembered together.
    public var family: OutcomeFamily? {
        switch self {
        case .widen, .deepen, .restore: .growth
        case .narrow, .shallow: .shrinkage
        case .refresh: .refreshment
        default: nil
        }
    }
}

/// Actions whose trials are likely to end alike.
public enum OutcomeFamily: Int, CaseIterable, Sendable { case growth, shrinkage, refreshment }

/// A set of choices by their index, at most 32 of them.
public struct ChoiceSet: Equatable, Sendable {
    public private(set) var bits: UInt32

    public init(bits: UInt32 = 0) { self.bits = bits }

    /// The first `count` choices.
    public init(first count: Int) {
        precondition((0...32).contains(count), "\(count) choices do not fit in a set of 32")
        bits = count == 32 ? .max : (1 << UInt32(count)) - 1
    }

    public init(_ actions: [Action]) {
        bits = 0
        for action in actions { insert(action.index) }
    }

    public func contains(_ index: Int) -> Bool { bits & (1 << UInt32(index)) != 0 }
    public func contains(_ action: Action) -> Bool { contains(action.index) }
    public mutating func insert(_ index: Int) { bits |= 1 << UInt32(index) }
    public mutating func remove(_ action: Action) { bits &= ~(1 << UInt32(action.index)) }
    public var count: Int { bits.nonzeroBitCount }

    /// What is in both.
    public func intersection(_ other: ChoiceSet) -> ChoiceSet {
        ChoiceSet(bits: bits & other.bits)
    }

    /// The index of the choice at a rank among those that are in the set.
    func index(atRank rank: Int) -> Int {
        var rest = bits
        for _ in 0..<rank { rest &= rest - 1 }
        return rest.trailingZeroBitCount
    }

    /// The best choice of the set; the first of equals. The set must not be empty.
    func best(of values: ArraySlice<Float>) -> Int {
        precondition(bits != 0, "there is no choice")
        var best = bits.trailingZeroBitCount
        for index in best..<values.count where contains(index) {
            if values[values.startIndex + index] > values[values.startIndex + best] {
                best = index
            }
        }
        return best
    }
}
