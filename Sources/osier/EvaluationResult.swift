import Evaluation
import Foundation
import Learner
import Service

import struct WireFormat.JSONWriter

/// What an evaluation found, for people and for programs.
struct EvaluationResult {
    private let report: LearnerReport
    private let quality: QualityReport?
    private let intervalCoverage: IntervalCoverage?
    private let rejected: Int
    private let seconds: Double

    init(_ run: EvaluationRun, rejectedRows: Int, seconds: Double) {
        report = run.learner.report()
        quality = run.quality
        intervalCoverage = run.intervalCoverage
        rejected = run.rejectedCount + rejectedRows
        self.seconds = seconds
    }

    private var samples: Int { report.counts.learned }
    private var rate: Double { seconds > 0 ? Double(samples) / seconds : 0 }

    /// The object of the command's documentation.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("samples")
        writer.write(samples)
        writer.key("rejected")
        writer.write(rejected)
        writer.key("seconds")
        writer.write(seconds)
        writer.key("samples_per_second")
        writer.write(rate)
        writeQuality(to: &writer)
        writeModel(to: &writer)
        writer.key("controller")
        writer.beginObject()
        writer.key("policy")
        writer.write("off")
        for key in ["decisions", "kept", "reverted"] {
            writer.key(key)
            writer.write(0)
        }
        writer.endObject()
        writer.key("resident_bytes")
        writer.write(Resources.residentBytes())
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func writeQuality(to writer: inout JSONWriter) {
        var figures: [(String, Double)] = []
        var baselines: [(String, Double)] = []
        switch quality {
        case .classification(let total, _, _, let majority, let noChange):
            figures = [
                ("accuracy", total.accuracy), ("kappa", total.kappa), ("log_loss", total.logLoss),
                ("calibration_error", total.calibrationError),
            ]
            if let f1 = total.f1 { figures.append(("f1", f1)) }
            baselines = [("majority", majority), ("no_change", noChange)]
        case .regression(let total, _, _, let mean, let noChange):
            figures = [
                ("mae", total.meanAbsoluteError), ("rmse", total.rootMeanSquaredError),
                ("r2", total.r2),
            ]
            if let intervalCoverage {
                figures.append(("interval_coverage", intervalCoverage.total))
            }
            baselines = [("mean", mean), ("no_change", noChange)]
        case nil: break
        }
        for (key, values) in [("quality", figures), ("baselines", baselines)] {
            writer.key(key)
            writer.beginObject()
            for (name, value) in values {
                writer.key(name)
                writer.write(value)
            }
            writer.endObject()
        }
    }

    private func writeModel(to writer: inout JSONWriter) {
        writer.key("model")
        writer.beginObject()
        writer.key("inputs")
        writer.write(report.featureCount)
        writer.key("columns")
        writer.write(report.model?.inputCount ?? 0)
        writer.key("hidden")
        writer.beginArray()
        for width in report.hiddenWidths { writer.write(width) }
        writer.endArray()
        writer.key("outputs")
        writer.write(report.model?.outputCount ?? 0)
        writer.key("parameters")
        writer.write(report.model?.parameterCount ?? 0)
        writer.key("structure")
        writer.write(report.counts.structure)
        writer.endObject()
    }

    /// A few lines.
    var text: String {
        var lines = [
            "samples     \(samples) learned, \(rejected) refused, "
                + String(format: "%.2f s, %.0f/s", seconds, rate)
        ]
        switch quality {
        case .classification(let total, _, _, let majority, let noChange):
            lines.append(
                String(
                    format: "accuracy    %.2f %%  (majority %.2f %%, no change %.2f %%)",
                    100 * total.accuracy, 100 * majority, 100 * noChange))
            lines.append(
                String(format: "kappa       %.4f\nlog-loss    %.4f", total.kappa, total.logLoss))
        case .regression(let total, _, _, let mean, let noChange):
            lines.append(
                String(
                    format: "MAE         %.4f  (mean %.4f, no change %.4f)",
                    total.meanAbsoluteError, mean, noChange))
            lines.append(
                String(
                    format: "RMSE        %.4f\nR²          %.4f", total.rootMeanSquaredError,
                    total.r2))
        case nil:
            lines.append("quality     no labelled sample")
        }
        let hidden = report.hiddenWidths.map(String.init).joined(separator: ", ")
        lines.append(
            "model       \(report.featureCount) features, "
                + "\(report.model?.inputCount ?? 0) inputs, hidden [\(hidden)], "
                + "\(report.model?.parameterCount ?? 0) parameters")
        return lines.joined(separator: "\n")
    }
}
