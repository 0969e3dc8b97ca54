import Evaluation
import Foundation
import Learner

/// The quality over the stream as CSV: samples, then total and windowed figures.
struct CurveFile {
    private let path: String
    private var lines: [String] = []
    private var nextNote = 0
    /// Doubled whenever the file would get too long.
    private var interval = 64
    private static let maxLines = 2_000

    /// - Throws: When the file cannot be written, before any work is done.
    init(path: String) throws {
        self.path = path
        try Data().write(to: URL(fileURLWithPath: path))
    }

    /// Notes the quality, unless it was noted not long ago.
    mutating func note(_ run: EvaluationRun) {
        let samples = run.learner.counts.learned
        guard samples >= nextNote, let quality = run.quality else { return }
        nextNote = samples + interval
        switch quality {
        case .classification(let total, let window, _, _, _):
            if lines.isEmpty {
                lines.append(
                    "samples,accuracy,kappa,log_loss,window_accuracy,window_kappa,window_log_loss")
            }
            lines.append(
                "\(samples),\(total.accuracy),\(total.kappa),\(total.logLoss),"
                    + "\(window.accuracy),\(window.kappa),\(window.logLoss)")
        case .regression(let total, let window, _, _, _):
            if lines.isEmpty {
                lines.append("samples,mae,rmse,r2,window_mae,window_rmse,window_r2")
            }
            lines.append(
                "\(samples),\(total.meanAbsoluteError),\(total.rootMeanSquaredError),\(total.r2),"
                    + "\(window.meanAbsoluteError),\(window.rootMeanSquaredError),\(window.r2)")
        }
        if lines.count > Self.maxLines { thin() }
    }

    /// Keeps the header and every second line.
    private mutating func thin() {
        lines = lines.enumerated().filter { $0.offset == 0 || $0.offset % 2 == 1 }.map(\.element)
        interval *= 2
    }

    func close() throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(
            to: URL(fileURLWithPath: path))
    }
}
