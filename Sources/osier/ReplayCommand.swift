import ArgumentParser
import CommandSupport
import Foundation
import Learner
import Service

import struct WireFormat.JSONObject
import enum WireFormat.JSONValue

/// `osier replay`: the model again, from the journal.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Rebuild the model from a storage directory.",
        discussion: """
            Prints the digest of the rebuilt state; nothing in the directory is changed. With \
            --without-producer or --set the recorded stream is run a second time, changed, and the \
            quality of both is compared.
            """)

    @Argument(help: "The storage directory of a daemon that is not running.")
    var directory: String

    @Option(help: "Stop after this event.")
    var until: Int?

    @Option(help: "Leave out the samples of this producer, as if it had never been there.")
    var withoutProducer: String?

    @Option(
        name: .customLong("set"),
        help: "Another setting for the same stream, such as optimizer.name=adam; may be repeated.")
    var overrides: [String] = []

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if let until, until < 1 { throw ValidationError("--until \(until): must be at least 1") }
    }

    func run() throws {
        var options = ReplayOptions()
        options.until = until
        options.withoutProducer = withoutProducer
        options.overrides = overrides
        let violations = options.violations
        guard violations.isEmpty else {
            StandardError.write("the configuration is refused:")
            for violation in violations { StandardError.write("  \(violation)") }
            throw ExitStatus.configuration
        }
        let interruption = try Interruption()
        defer { withExtendedLifetime(interruption) {} }
        do {
            let outcome = try JournalReplay(directory: directory, options: options).run()
            for note in outcome.notes { StandardError.write("replay: \(note)") }
            print(json ? Self.json(outcome) : Self.text(outcome))
        } catch {
            StandardError.write("osier: \(error)")
            throw ExitStatus.failure
        }
    }

    // MARK: Results

    private static func json(_ outcome: JournalReplay.Outcome) -> String {
        let run = outcome.changed ?? outcome.recorded
        var object = members(of: run)
        object = JSONObject(
            [
                .init("digest", object["digest"] ?? .null),
                .init("offset", .integer(Int64(outcome.offset))),
            ] + object.members)
        if outcome.changed != nil {
            object["quality"] = total(run.report.quality)
            object["hidden"] = hidden(of: run)
            var recorded = members(of: outcome.recorded)
            recorded["quality"] = total(outcome.recorded.report.quality)
            recorded["hidden"] = hidden(of: outcome.recorded)
            object["recorded"] = .object(recorded)
            object["curve"] = .array(
                outcome.curve.map { point in
                    .object(
                        JSONObject([
                            .init("offset", .integer(Int64(point.offset))),
                            .init("recorded", windowed(point.recorded)),
                            .init("changed", windowed(point.changed)),
                        ]))
                })
        }
        return String(decoding: JSONValue.object(object).encoded, as: UTF8.self)
    }

    private static func members(of run: JournalReplay.Run) -> JSONObject {
        JSONObject([
            .init("digest", .string(run.digest.description)),
            .init("samples", .integer(Int64(run.report.counts.learned))),
        ])
    }

    private static func hidden(of run: JournalReplay.Run) -> JSONValue {
        .array(run.report.hiddenWidths.map { .integer(Int64($0)) })
    }

    private static func total(_ quality: QualityReport?) -> JSONValue {
        object(quality?.named.map { ($0.name, $0.total) })
    }

    private static func windowed(_ quality: QualityReport?) -> JSONValue {
        object(quality?.named.map { ($0.name, $0.window) })
    }

    private static func object(_ figures: [(String, Double)]?) -> JSONValue {
        guard let figures else { return .null }
        return .object(JSONObject(figures.map { .init($0.0, .number($0.1)) }))
    }

    private static func text(_ outcome: JournalReplay.Outcome) -> String {
        let run = outcome.changed ?? outcome.recorded
        var lines = [
            "digest   \(run.digest)",
            "offset   \(Figures.count(outcome.offset))",
            "samples  \(Figures.count(run.report.counts.learned))",
        ]
        guard let changed = outcome.changed else { return lines.joined(separator: "\n") }
        for (before, after) in zip(
            outcome.recorded.report.quality?.named ?? [], changed.report.quality?.named ?? [])
        {
            lines.append(
                "\(before.name): recorded \(Figures.short(before.total)), "
                    + "changed \(Figures.short(after.total))")
        }
        lines.append(
            "hidden: recorded \(outcome.recorded.report.hiddenWidths), "
                + "changed \(changed.report.hiddenWidths)")
        // The first figure says most; JSON has the others.
        let name = changed.report.quality?.named.first?.name ?? "quality"
        lines.append("windowed \(name) at event: recorded, changed")
        let step = max(1, outcome.curve.count / 10)
        for (index, point) in outcome.curve.enumerated()
        where index % step == 0 || index == outcome.curve.count - 1 {
            let figures = [point.recorded, point.changed].map { quality in
                quality?.named.first.map { Figures.short($0.window) } ?? Figures.absent
            }
            lines.append("  \(Figures.count(point.offset)): \(figures.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }
}

extension QualityReport {
    /// Every figure by its name in the status, over all samples and over the newest.
    fileprivate var named: [(name: String, total: Double, window: Double)] {
        switch self {
        case .classification(let total, let window, _, _, _):
            [
                ("accuracy", total.accuracy, window.accuracy),
                ("kappa", total.kappa, window.kappa),
                ("log_loss", total.logLoss, window.logLoss),
            ]
        case .regression(let total, let window, _, _, _):
            [
                ("mae", total.meanAbsoluteError, window.meanAbsoluteError),
                ("rmse", total.rootMeanSquaredError, window.rootMeanSquaredError),
                ("r2", total.r2, window.r2),
            ]
        }
    }
}
