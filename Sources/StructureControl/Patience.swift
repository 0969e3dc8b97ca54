import StateCoding

/// How long a change that was reverted is not tried again: on the same evidence it would end the same
/// way. Each further reversal doubles the time; a change that is kept, and a drift, end it.
struct Patience: Equatable, Sendable {
    /// Samples that each action has still to wait, and what its next reversal would cost it.
    private var left: [Int]
    private var next: [Int]

    /// Samples after the first reversal, and at most.
    static let shortest = 8_000
    static let longest = 1_024_000

    init() {
        left = [Int](repeating: 0, count: Action.allCases.count)
        next = [Int](repeating: Self.shortest, count: Action.allCases.count)
    }

    /// Whether an action is not to be tried yet.
    func bars(_ action: Action) -> Bool { left[action.index] > 0 }

    /// Samples have passed.
    ///
    /// - Parameter hasDrifted: Whether the stream changed in them: what did not help may help now.
    mutating func pass(samples: Int, hasDrifted: Bool) {
        guard !hasDrifted else {
            self = Patience()
            return
        }
        for index in left.indices where left[index] > 0 {
            left[index] = max(0, left[index] - samples)
        }
    }

    /// A trial has ended.
    mutating func note(_ action: Action, isKept: Bool) {
        guard isKept else {
            left[action.index] = next[action.index]
            next[action.index] = min(2 * next[action.index], Self.longest)
            return
        }
        next[action.index] = Self.shortest
    }
}

extension Patience: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(left)
        writer.write(next)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        left = try reader.readInts()
        next = try reader.readInts()
        let count = Action.allCases.count
        guard left.count == count, next.count == count, left.allSatisfy({ $0 >= 0 }),
            next.allSatisfy({ (Self.shortest...Self.longest).contains($0) })
        else { throw .invalid(what: "patience with reverted changes", offset: offset) }
    }
}
