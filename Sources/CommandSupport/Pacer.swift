import Features

/// Says which samples of a file may go out by now.
///
/// Knows no clock: the caller tells the time that has passed.
public struct Pacer: Sendable {
    public enum Pace: Equatable, Sendable {
        case unlimited
        /// Samples per second; above 0.
        case rate(Double)
        /// As far apart as the samples' own times, so many times faster; above 0.
        case eventTime(speedup: Double)
    }

    public enum Decision: Equatable, Sendable {
        /// So many rows, at least one.
        case send(Int)
        case wait(seconds: Double)
        /// The first row has no event time to go by.
        case timeMissing
    }

    private let pace: Pace
    private let messageLimit: Int
    private var sentCount = 0
    private var firstTime: Double?
    /// The latest event time so far: samples out of order do not turn time back.
    private var latestTime = -Double.infinity

    /// Messages per second that a rate is divided into, at most.
    private static let messagesPerSecond = 100.0

    /// - Parameter messageLimit: Most rows of one message. At least 1.
    public init(_ pace: Pace, messageLimit: Int) {
        precondition(messageLimit >= 1, "a message of \(messageLimit) samples")
        self.pace = pace
        self.messageLimit = messageLimit
    }

    /// Decides about the next rows, which count as sent when they may go out.
    ///
    /// - Parameters:
    ///   - rows: What is left to send; at least one row.
    ///   - elapsed: Seconds since the first row was sent, or since the start.
    public mutating func next(
        _ rows: ArraySlice<SampleBlock.Row>, elapsed: Double
    ) -> Decision {
        precondition(!rows.isEmpty, "nothing is left to be sent")
        let decision: Decision =
            switch pace {
            case .unlimited: .send(min(messageLimit, rows.count))
            case .rate(let rate): byRate(rows, rate, elapsed)
            case .eventTime(let speedup): byTime(rows, speedup, elapsed)
            }
        if case .send(let count) = decision { sentCount += count }
        return decision
    }

    private func byRate(
        _ rows: ArraySlice<SampleBlock.Row>, _ rate: Double, _ elapsed: Double
    ) -> Decision {
        let perMessage = Int(min(Double(messageLimit), max(1, rate / Self.messagesPerSecond)))
        let count = min(perMessage, rows.count)
        // A message goes out when its last sample is due.
        let due = Double(sentCount + count - 1) / rate
        guard due <= elapsed else { return .wait(seconds: due - elapsed) }
        // After a pause of the daemon's, what has become due goes out in full messages.
        let dueCount = min(Double(messageLimit), elapsed * rate - Double(sentCount) + 1)
        return .send(max(count, min(Int(dueCount), rows.count)))
    }

    private mutating func byTime(
        _ rows: ArraySlice<SampleBlock.Row>, _ speedup: Double, _ elapsed: Double
    ) -> Decision {
        guard let time = rows[rows.startIndex].time else { return .timeMissing }
        let start = firstTime ?? time
        firstTime = start
        let due = (max(latestTime, time) - start) / speedup
        guard due <= elapsed else { return .wait(seconds: due - elapsed) }
        var count = 0
        for row in rows.prefix(messageLimit) {
            guard let time = row.time, (max(latestTime, time) - start) / speedup <= elapsed else {
                break
            }
            latestTime = max(latestTime, time)
            count += 1
        }
        return .send(count)
    }
}
