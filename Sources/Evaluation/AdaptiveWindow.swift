import Glibc
import StateCoding

/// ADWIN: keeps a window of the stream until its older and its newer part differ in their mean.
///
/// The window is a histogram of buckets that double in size with age, at most five of each size,
/// so memory and the cost of a check grow with the logarithm of its width. A check is made every
/// 32 numbers. Parameters and firing are those of River 0.26's `drift.ADWIN`, which forgets the
/// whole window when it fires.
///
/// - Source: Bifet, Gavaldà, "Learning from Time-Changing Data with Adaptive Windowing", SDM 2007.
struct AdaptiveWindow: DriftTest, Equatable, Sendable {
    private static let checkInterval = 32
    private static let shortestPart = 5
    /// One more than the buckets that a row keeps: the sixth sets off a merge.
    private static let rowCapacity = 6

    let delta: Double
    /// Mean of the newer part minus mean of the older part when the test fired last.
    private(set) var statistic = 0.0

    /// Numbers in the window.
    private(set) var width = 0
    private var total = 0.0
    /// Sum of squared distances from the window's mean.
    private var squares = 0.0
    /// Sum of the numbers in each bucket, shape `[rows, rowCapacity]`; a bucket of row `r` holds
    /// 2ʳ numbers, the oldest comes first, places beyond a row's count hold 0.
    private var bucketTotals: [Double] = []
    /// Buckets in use, shape `[rows]`; the newest numbers are in row 0.
    private var bucketCounts: [Int] = []

    /// - Parameter delta: Probability of a false alarm, in `(0, 1)`.
    init(delta: Double) {
        precondition(delta > 0 && delta < 1, "ADWIN needs a delta in (0, 1), not \(delta)")
        self.delta = delta
    }

    mutating func update(_ value: Double) -> Bool {
        insert(value)
        guard width % Self.checkInterval == 0, let difference = significantDifference() else {
            return false
        }
        clear()
        statistic = difference
        return true
    }

    private mutating func insert(_ value: Double) {
        if width > 0 {
            let distance = value - total / Double(width)
            squares += Double(width) * distance * distance / Double(width + 1)
        }
        width += 1
        total += value
        append(value, row: 0)
        var row = 0
        while bucketCounts[row] == Self.rowCapacity {
            append(removeOldestPair(row: row), row: row + 1)
            row += 1
        }
    }

    private mutating func append(_ bucketTotal: Double, row: Int) {
        if row == bucketCounts.count {
            bucketCounts.append(0)
            for _ in 0..<Self.rowCapacity { bucketTotals.append(0) }
        }
        bucketTotals[row * Self.rowCapacity + bucketCounts[row]] = bucketTotal
        bucketCounts[row] += 1
    }

    /// Takes the two oldest buckets out of a full row and returns the sum of their numbers.
    private mutating func removeOldestPair(row: Int) -> Double {
        let start = row * Self.rowCapacity
        let end = start + Self.rowCapacity
        let pair = bucketTotals[start] + bucketTotals[start + 1]
        for place in start..<end - 2 { bucketTotals[place] = bucketTotals[place + 2] }
        bucketTotals[end - 2] = 0
        bucketTotals[end - 1] = 0
        bucketCounts[row] -= 2
        return pair
    }

    /// Cuts the window between any two buckets, oldest first.
    ///
    /// - Returns: By how much the newer part's mean exceeds the older part's, at the cut where the
    ///   two differ the most beyond chance; `nil` if they do so at none.
    /// - Source: The paper's ε_cut with the window's variance, its equation 3.1.
    private func significantDifference() -> Double? {
        // The C library's `log` differs in its last bit between machines; `logf`, far coarser, is
        // exact enough for a bound on probability.
        let confidence = Double(logf(2 * logf(Float(width)) / Float(delta)))
        let variance = squares / Double(width)
        var olderCount = 0
        var olderTotal = 0.0
        var largestExcess = 0.0
        var found: Double?
        for row in bucketCounts.indices.reversed() {
            for place in 0..<bucketCounts[row] {
                olderCount += 1 << row
                olderTotal += bucketTotals[row * Self.rowCapacity + place]
                let newerCount = width - olderCount
                guard olderCount >= Self.shortestPart, newerCount >= Self.shortestPart else {
                    continue
                }
                let share =
                    1 / Double(olderCount - Self.shortestPart + 1)
                    + 1 / Double(newerCount - Self.shortestPart + 1)
                let limit =
                    (2 * share * variance * confidence).squareRoot()
                    + 2.0 / 3.0 * confidence * share
                let difference =
                    (total - olderTotal) / Double(newerCount) - olderTotal / Double(olderCount)
                guard abs(difference) - limit > largestExcess else { continue }
                largestExcess = abs(difference) - limit
                found = difference
            }
        }
        return found
    }

    private mutating func clear() {
        width = 0
        total = 0
        squares = 0
        bucketTotals.removeAll(keepingCapacity: true)
        bucketCounts.removeAll(keepingCapacity: true)
    }
}

extension AdaptiveWindow: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(delta)
        writer.write(statistic)
        writer.write(width)
        writer.write(total)
        writer.write(squares)
        writer.write(bucketTotals)
        writer.write(bucketCounts)
    }

    init(from reader: inout StateReader) throws(StateError) {
        delta = try reader.readDouble()
        statistic = try reader.readDouble()
        width = try reader.readInt()
        total = try reader.readDouble()
        squares = try reader.readDouble()
        bucketTotals = try reader.readDoubles()
        bucketCounts = try reader.readInts()
        // 58 rows already hold more numbers than an `Int` can count in five buckets each.
        guard delta > 0, delta < 1, bucketCounts.count <= 58,
            bucketTotals.count == bucketCounts.count * Self.rowCapacity,
            bucketCounts.allSatisfy({ 0..<Self.rowCapacity ~= $0 }),
            width == bucketCounts.indices.reduce(0, { $0 + bucketCounts[$1] << $1 })
        else { throw .invalid(what: "ADWIN window", offset: reader.offset) }
    }
}
