import StateCoding

/// Adaptive windowing: a window that shrinks when its older part differs from its newer one.
///
/// The window is kept as an exponential histogram: row `r` holds at most ``bucketsPerRow`` buckets
/// of `2^r` numbers each, so `n` numbers take O(log n) memory. Semantics of River 0.26
/// (`drift.ADWIN`), which forgets the whole window after a detection.
///
/// - Source: Bifet, Gavaldà, "Learning from Time-Changing Data with Adaptive Windowing", SDM 2007,
///   the improved bound of section 3.1 and the histogram of section 3.2.
public struct ADWIN: ChangeDetector, Equatable, Sendable {
    /// Buckets of one size before the two oldest become one of the next size.
    private static let bucketsPerRow = 5
    /// Numbers between two checks.
    private static let checkInterval = 32
    /// Shorter parts are not compared.
    private static let shortestPart = 5.0
    /// The window that must have been exceeded before the first check.
    private static let gracePeriod = 10.0

    /// Confidence of a detection. In `(0, 1)`.
    private let delta: Double
    /// By size of the buckets; in a row the oldest comes first.
    private var rows: [[Bucket]] = [[]]
    private var width = 0.0
    private var total = 0.0
    /// Sum of squared distances from the mean of the window.
    private var scatter = 0.0
    private var tick = 0
    private var hasDetected = false

    public init(delta: Double = 0.002) { self.delta = delta }

    /// Mean of the window; 0 while it is empty.
    public var mean: Double { width == 0 ? 0 : total / width }

    /// Numbers in the window.
    public var count: Int { Int(width) }

    public mutating func update(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        if hasDetected { self = ADWIN(delta: delta) }
        insert(value)
        tick += 1
        if tick % Self.checkInterval == 0, width > Self.gracePeriod {
            while shrinks() { hasDetected = true }
        }
        return hasDetected
    }

    private mutating func insert(_ value: Double) {
        rows[0].append(Bucket(total: value, scatter: 0))
        width += 1
        if width > 1 {
            let distance = value - total / (width - 1)
            scatter += (width - 1) * distance * distance / width
        }
        total += value
        compress()
    }

    /// Merges the two oldest buckets of each row that holds one too many.
    private mutating func compress() {
        var row = 0
        while row < rows.count, rows[row].count > Self.bucketsPerRow {
            if row + 1 == rows.count { rows.append([]) }
            let size = Self.size(ofRow: row)
            let first = rows[row][0]
            let second = rows[row][1]
            let distance = first.total / size - second.total / size
            rows[row + 1].append(
                Bucket(
                    total: first.total + second.total,
                    scatter: first.scatter + second.scatter
                        + size * size * distance * distance / (size + size)))
            rows[row].removeFirst(2)
            row += 1
        }
    }

    /// Looks for a cut between two buckets whose sides differ, and drops the oldest bucket if there
    /// is one.
    private mutating func shrinks() -> Bool {
        // The bound's only logarithm is the same for every cut.
        let confidence = naturalLogarithm(2 * naturalLogarithm(width) / delta)
        let variance = scatter / width
        var olderCount = 0.0
        var olderTotal = 0.0
        var newerTotal = total
        for row in rows.indices.reversed() {
            let size = Self.size(ofRow: row)
            for position in rows[row].indices {
                olderCount += size
                olderTotal += rows[row][position].total
                newerTotal -= rows[row][position].total
                if row == 0, position == rows[row].count - 1 { return false }
                let newerCount = width - olderCount
                guard olderCount >= Self.shortestPart, newerCount >= Self.shortestPart else {
                    continue
                }
                let distance = olderTotal / olderCount - newerTotal / newerCount
                let inverse =
                    1 / (olderCount - Self.shortestPart + 1)
                    + 1 / (newerCount - Self.shortestPart + 1)
                let bound =
                    (2 * inverse * variance * confidence).squareRoot()
                    + 2.0 / 3 * confidence * inverse
                if distance.magnitude > bound {
                    dropOldest()
                    return true
                }
            }
        }
        return false
    }

    private mutating func dropOldest() {
        let row = rows.count - 1
        let size = Self.size(ofRow: row)
        let bucket = rows[row].removeFirst()
        width -= size
        total -= bucket.total
        let distance = bucket.total / size - total / width
        scatter -= bucket.scatter + size * width * distance * distance / (size + width)
        if rows[row].isEmpty, row > 0 { rows.removeLast() }
    }

    private static func size(ofRow row: Int) -> Double { Double(1 << row) }

    struct Bucket: Equatable, Sendable {
        let total: Double
        /// Sum of squared distances from the bucket's own mean.
        let scatter: Double
    }
}

extension ADWIN: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(delta)
        writer.write(rows.count)
        for row in rows { writer.write(row) }
        for value in [width, total, scatter] { writer.write(value) }
        writer.write(tick)
        writer.write(hasDetected)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        delta = try reader.readDouble()
        let count = try reader.readInt()
        guard (1...62).contains(count) else {
            throw .invalid(what: "window of the drift detector", offset: reader.offset)
        }
        rows = []
        for _ in 0..<count { rows.append(try reader.readArray()) }
        width = try reader.readDouble()
        total = try reader.readDouble()
        scatter = try reader.readDouble()
        tick = try reader.readInt()
        hasDetected = try reader.readBool()
    }
}

extension ADWIN.Bucket: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(total)
        writer.write(scatter)
    }

    init(from reader: inout StateReader) throws(StateError) {
        total = try reader.readDouble()
        scatter = try reader.readDouble()
    }
}
