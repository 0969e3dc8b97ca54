import Glibc
import Randomness
import StateCoding

/// Q(λ) over a table, for decisions that last different times.
///
/// Each value's step is `max(0.005, n^−0.7)` in its n-th visit, which forgets a wrong start sooner
/// than `1/n` and is calmer in the end than a constant; a table that starts high makes every choice
/// worth a try. Traces are cut at a choice that was not the best (Watkins).
///
/// - Source: Sutton, Barto, "Reinforcement Learning", 2nd edition, 6.5, 12.10; Sutton, Precup,
///   Singh, "Between MDPs and semi-MDPs", AIJ 1999, eq. 10; Even-Dar, Mansour, "Learning Rates for
///   Q-learning", JMLR 2003, for the step.
public struct TableLearner: Equatable, Sendable {
    public let stateCount: Int
    public let choiceCount: Int
    /// Shape `[stateCount, choiceCount]`.
    public private(set) var values: [Float]
    /// Visits of each value, shape as ``values``.
    private var visits: [Int]
    /// What earlier choices still earn, newest last, at most ``traceCapacity``.
    private var traces: [Trace] = []

    private struct Trace: Equatable, Sendable {
        var cell: Int
        var weight: Float
    }

    private static let traceCapacity = 20
    private static let lambda: Float = 0.8
    private static let leastStep: Float = 0.005
    private static let stepExponent: Float = -0.7

    /// - Parameter start: Every value at first; above what can be earned, all choices get tried.
    public init(stateCount: Int, choiceCount: Int, start: Float) {
        precondition(stateCount >= 1 && (1...32).contains(choiceCount), "a table needs cells")
        self.stateCount = stateCount
        self.choiceCount = choiceCount
        values = [Float](repeating: start, count: stateCount * choiceCount)
        visits = [Int](repeating: 0, count: stateCount * choiceCount)
    }

    /// The values of a state's choices.
    public func values(of state: Int) -> ArraySlice<Float> {
        values[state * choiceCount..<(state + 1) * choiceCount]
    }

    /// Learns from one decision.
    ///
    /// - Parameters:
    ///   - reward: What it earned while it lasted, discounted.
    ///   - discount: What the next state counts for: the discount to the power of the duration.
    ///   - next: The state in which it ended; `nil` when nothing comes after.
    ///   - wasBest: Whether the choice was the one of the highest value.
    public mutating func learn(
        state: Int, choice: Int, reward: Float, discount: Float, next: Int?, legal: ChoiceSet,
        wasBest: Bool
    ) {
        if !wasBest { traces.removeAll(keepingCapacity: true) }
        let cell = state * choiceCount + choice
        var target = reward
        if let next {
            let nextValues = values(of: next)
            target += discount * nextValues[nextValues.startIndex + legal.best(of: nextValues)]
        }
        let error = target - values[cell]
        visits[cell] += 1
        traces.removeAll { $0.cell == cell }
        if traces.count == Self.traceCapacity { traces.removeFirst() }
        traces.append(Trace(cell: cell, weight: 1))
        for index in traces.indices {
            let cell = traces[index].cell
            let visitCount = Float(max(1, visits[cell]))
            let step = max(Self.leastStep, powf(visitCount, Self.stepExponent))
            values[cell] += step * traces[index].weight * error
            traces[index].weight *= discount * Self.lambda
        }
        if next == nil { traces.removeAll(keepingCapacity: true) }
    }
}

extension TableLearner: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(stateCount)
        writer.write(choiceCount)
        writer.write(values)
        writer.write(visits)
        writer.write(traces.map(\.cell))
        writer.write(traces.map(\.weight))
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        stateCount = try reader.readInt()
        choiceCount = try reader.readInt()
        values = try reader.readFloats()
        visits = try reader.readInts()
        let cells = try reader.readInts()
        let weights = try reader.readFloats()
        let cellCount = values.count
        guard (1...32).contains(choiceCount), stateCount >= 1, stateCount <= cellCount,
            cellCount == stateCount * choiceCount, visits.count == cellCount,
            cells.count == weights.count, cells.allSatisfy({ (0..<cellCount).contains($0) })
        else { throw .invalid(what: "value table", offset: offset) }
        traces = zip(cells, weights).map { Trace(cell: $0, weight: $1) }
    }
}
