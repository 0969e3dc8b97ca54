import Features
import Foundation

/// Features of predictions that are to be kept for a late label, on their way from the predictor
/// to the learner, with what was answered.
struct RememberedPredictions: Sendable {
    /// Rows without a target, each with an identifier.
    let block: SampleBlock
    /// Shape `[block.rows, answerCount]`; empty when there was no model.
    let answers: [Double]
    private let answerCount: Int
    /// ``SampleBlock/Row/index`` of each row of ``answers``.
    private let indices: [Int]

    /// Features of predictions that no model could answer yet.
    ///
    /// - Returns: `nil` when none of them is to be kept.
    init?(unanswered block: SampleBlock) {
        self.init(block, indices: [], answers: [], answerCount: 0) { _ in true }
    }

    /// - Parameters:
    ///   - block: The request.
    ///   - resolved: Its rows that were answered.
    ///   - answers: Shape `[resolved.rows, answerCount]`.
    /// - Returns: `nil` when none of them is to be kept.
    init?(_ block: SampleBlock, resolved: AdmittedBlock, answers: [Double], answerCount: Int) {
        let indices = resolved.rows.map(\.index)
        var next = 0
        self.init(block, indices: indices, answers: answers, answerCount: answerCount) { row in
            while next < indices.count, indices[next] < row.index { next += 1 }
            return next < indices.count && indices[next] == row.index
        }
    }

    private init?(
        _ block: SampleBlock, indices: [Int], answers: [Double], answerCount: Int,
        isAnswered: (SampleBlock.Row) -> Bool
    ) {
        var kept = block
        kept.refusals = []
        kept.rows = block.rows.filter {
            isAnswered($0) && $0.isRemembered && $0.identifier != nil
        }
        if kept.rows.isEmpty { return nil }
        for row in kept.rows.indices {
            kept.rows[row].target = .none
            kept.rows[row].weight = 1
        }
        self.block = kept
        self.answers = answers
        self.answerCount = answerCount
        self.indices = indices
    }

    /// The answers to some of the rows, in their order.
    func answers(to rows: [AdmittedBlock.Row]) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(rows.count * answerCount)
        var next = 0
        for row in rows {
            while next < indices.count, indices[next] < row.index { next += 1 }
            guard next < indices.count else { break }
            result.append(contentsOf: answers[next * answerCount..<(next + 1) * answerCount])
        }
        return result
    }
}

/// Seconds for the join of late labels: those of the wall when the daemon started, and from then on
/// those of a clock that is never set.
struct JoinClock: Sendable {
    private let start = ContinuousClock.now
    private let startSeconds = Date().timeIntervalSince1970

    func seconds(at instant: ContinuousClock.Instant) -> Double {
        startSeconds + (instant - start) / .seconds(1)
    }
}
