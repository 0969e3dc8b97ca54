import StateCoding

/// How often something was true, over all times and over the newest ones.
struct WindowedShare: Equatable, Sendable {
    /// Outcomes in the windowed share once there were as many.
    let window: Int
    private(set) var count = 0
    private var trueCount = 0
    /// The newest outcomes; once there are ``window``, the oldest is at `count % window`.
    private var outcomes: [Bool] = []
    private var recentTrueCount = 0

    /// - Parameter window: At least 1.
    init(window: Int) {
        precondition(window >= 1, "a window of \(window) outcomes holds nothing")
        self.window = window
    }

    /// Over all outcomes. `nil` before the first.
    var total: Double? { count > 0 ? Double(trueCount) / Double(count) : nil }

    /// Over the newest ``window`` outcomes. `nil` before the first.
    var windowed: Double? {
        count > 0 ? Double(recentTrueCount) / Double(outcomes.count) : nil
    }

    mutating func add(_ outcome: Bool) {
        if outcomes.count < window {
            outcomes.append(outcome)
        } else {
            let oldest = count % window
            if outcomes[oldest] { recentTrueCount -= 1 }
            outcomes[oldest] = outcome
        }
        count += 1
        if outcome {
            trueCount += 1
            recentTrueCount += 1
        }
    }
}

extension WindowedShare: StateCodable {
    func encode(to writer: inout StateWriter) {
        for number in [window, count, trueCount] { writer.write(number) }
        for outcome in outcomes { writer.write(outcome) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        window = try reader.readInt()
        count = try reader.readInt()
        trueCount = try reader.readInt()
        let kept = min(window, count)
        guard window >= 1, count >= 0, (0...count).contains(trueCount),
            kept <= reader.remainingCount
        else { throw .invalid(what: "windowed share", offset: reader.offset) }
        for _ in 0..<kept { outcomes.append(try reader.readBool()) }
        recentTrueCount = outcomes.count { $0 }
    }
}
