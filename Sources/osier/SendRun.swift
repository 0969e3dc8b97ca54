import CommandSupport
import Features
import Foundation

/// Sends the blocks of a file at their pace, and counts.
struct SendRun {
    /// The user pressed Ctrl-C.
    struct Interrupted: Error {}

    let progress: Progress
    private(set) var sentCount = 0
    /// Samples of the present pass over the file.
    private(set) var passCount = 0
    /// Rows of the file that are no samples.
    var unreadableCount = 0

    private let delivery: any SampleDelivery
    private let pace: Pacer.Pace
    private let batch: Int
    private let limit: Int?
    private let interruption: Interruption
    private var pacer: Pacer
    private var passStart = ContinuousClock.now

    /// - Parameter limit: Most samples of all passes together.
    init(
        _ delivery: any SampleDelivery, pace: Pacer.Pace, batch: Int, limit: Int?,
        progress: Progress, interruption: Interruption
    ) {
        self.delivery = delivery
        self.pace = pace
        self.batch = batch
        self.limit = limit
        self.progress = progress
        self.interruption = interruption
        pacer = Pacer(pace, messageLimit: batch)
    }

    var isComplete: Bool { limit.map { sentCount >= $0 } ?? false }

    /// The times of a file begin anew with each pass.
    mutating func beginPass() {
        pacer = Pacer(pace, messageLimit: batch)
        passStart = .now
        passCount = 0
    }

    /// Sends a block, up to the limit.
    ///
    /// - Throws: ``Interrupted``, or what the delivery does.
    mutating func send(_ block: SampleBlock) throws {
        let left = limit.map { $0 - sentCount } ?? .max
        let end = min(block.rows.count, left)
        var position = 0
        while position < end {
            if interruption.isRequested { throw Interrupted() }
            let elapsed = (ContinuousClock.now - passStart) / .seconds(1)
            switch pacer.next(block.rows[position..<end], elapsed: elapsed) {
            case .send(let count):
                try delivery.send(block, rows: position..<position + count)
                position += count
                sentCount += count
                passCount += count
            case .wait(let seconds):
                // In pieces, so that Ctrl-C is noticed.
                Thread.sleep(forTimeInterval: min(seconds, 0.1))
            case .timeMissing:
                progress.clear()
                StandardError.write(
                    "osier: sample \(sentCount + 1) has no event time \"t\", which --speedup "
                        + "goes by; use --rate")
                throw ExitStatus.failure
            }
        }
    }
}
