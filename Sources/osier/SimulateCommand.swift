import ArgumentParser
import Datasets
import Features
import Foundation
import Simulation
import StructureControl
import Yams

import struct WireFormat.JSONWriter
import struct WireFormat.StatusReport

/// `osier simulate`: controllers against simulated arrivals and streams.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run controllers on virtual time and compare them with fixed networks.")

    @Argument(
        help: "Scenario files, in the format of samples/scenarios/README.md; without, two examples."
    )
    var scenarios: [String] = []

    @Option(
        help: ArgumentHelp(
            "Comma-separated.",
            discussion: "dqn, rules, q-learning, random, shed, ladder, committee, placebos; all."))
    var policy = "dqn,rules"

    @Option(help: "A policy file for dqn instead of the shipped one.")
    var policyFile: String?

    @Option(help: "A policy that was trained with permuted rewards, for the placebos.")
    var placeboFile: String?

    @Option(
        help: ArgumentHelp(
            "A status of a daemon, whose measured service times stand for the scenarios' costs.",
            discussion: "What `osier status --json` prints.", valueName: "file"))
    var serviceTimes: String?

    @Option(help: "Runs of each; the seeds are 1 to N.")
    var seeds = 5

    @Flag(help: "Print the result as JSON, one object for each scenario and line.")
    var json = false

    @Flag(help: "Print every decision of one run of each instead, with the seed 1.")
    var explain = false

    func validate() throws {
        guard (1...10_000).contains(seeds) else {
            throw ValidationError("--seeds is from 1 to 10000, not \(seeds)")
        }
        _ = try names()
    }

    func run() throws {
        let learned = try policyFile.map(read) ?? .shipped()
        let misled = try placeboFile.map(read)
        let cost = try serviceTimes.map(CostModel.init(statusFile:))
        for var scenario in try scenarios.isEmpty ? Scenario.standard : scenarios.map(load) {
            scenario.cost = cost ?? scenario.cost
            if explain {
                try explain(scenario, learned, misled)
                continue
            }
            let seeds = (1...seeds).map(UInt64.init)
            var comparison = Comparison(scenario, seeds: seeds)
            for name in try names() {
                let actions = comparison.lines.last { $0.name == "dqn" || $0.name == "rules" }?
                    .actions
                let ticks = Double(max(1, scenario.samples / Run.segment))
                for contender in try contenders(
                    name, scenario, learned, misled, share: min(1, (actions ?? 5) / ticks))
                {
                    comparison.add(contender, seeds: seeds)
                }
            }
            print(json ? Self.json(comparison) : Self.text(comparison))
        }
    }

    /// Decisions as they are taken: after how many samples, how late learning is, what and why.
    private func explain(_ scenario: Scenario, _ learned: Policy, _ misled: Policy?) throws {
        for name in try names() {
            for contender in try contenders(name, scenario, learned, misled, share: 0.1) {
                print("\(scenario.name), \(contender.name):")
                var run = Run(scenario, contender, seed: 1)
                let result = run.finish { adaptation, sample, lag in
                    let share = String(
                        format: "%7d  lag %3.0f %%", sample,
                        100 * max(0, lag) / scenario.budget.maxLagSeconds)
                    print(
                        "\(share)  \(adaptation.stage.rawValue) \(adaptation.operation.name) by "
                            + "\(adaptation.by?.rawValue ?? "operator"), hidden "
                            + "\(adaptation.after.hidden): \(adaptation.reason)")
                }
                print(
                    String(
                        format: "utility %.2f, accuracy %.2f, late %.2f %%", 100 * result.utility,
                        100 * result.accuracy, 100 * result.late))
            }
        }
    }

    private func read(_ path: String) throws -> Policy {
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return try Policy(text: text, capacity: 2_000, seed: 1)
        } catch {
            StandardError.write("\(path): \(error)")
            throw ExitStatus.failure
        }
    }

    private func load(_ path: String) throws -> Scenario {
        var scenario: Scenario
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            scenario = try YAMLDecoder().decode(Scenario.self, from: text)
        } catch {
            StandardError.write("osier: \(path): is no scenario: \(Self.line(error))")
            throw ExitStatus.configuration
        }
        guard scenario.violations.isEmpty else {
            for line in scenario.violations { StandardError.write("\(path): \(line)") }
            throw ExitStatus.configuration
        }
        if scenario.stream.kind == .file { try readSamples(of: &scenario, besides: path) }
        return scenario
    }

    /// Reads the file of a scenario, whose name is relative to that of the scenario's own.
    private func readSamples(of scenario: inout Scenario, besides path: String) throws {
        let place = URL(filePath: path).deletingLastPathComponent()
        let file = URL(filePath: scenario.stream.file, relativeTo: place).path
        do throws(DatasetError) {
            var reader = try DatasetReader(
                path: file, format: nil, target: scenario.stream.target, task: .classification)
            while scenario.stream.blocks.count * Run.blockSize < scenario.samples {
                var block = SampleBlock()
                let count = try reader.next(into: &block, limit: Run.blockSize)
                // What is left of an unfinished block would shorten the ticks.
                guard count == Run.blockSize else { break }
                scenario.stream.blocks.append(block)
            }
        } catch {
            StandardError.write("\(path): \(error)")
            throw ExitStatus.configuration
        }
        guard !scenario.stream.blocks.isEmpty else {
            StandardError.write("\(path): \(file) has fewer than \(Run.blockSize) samples")
            throw ExitStatus.configuration
        }
    }

    /// What is wrong with a file, in one line.
    private static func line(_ error: any Error) -> String {
        switch error {
        case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            let cause = context.underlyingError.map { " \($0)" } ?? ""
            let text = (context.debugDescription + cause).split(separator: "\n")
                .joined(separator: " ")
            return path.isEmpty ? text : "\(path): \(text)"
        case let error as CocoaError:
            return "\(error.localizedDescription) Name a readable file."
        default:
            return "\(error)".split(separator: "\n").joined(separator: " ")
        }
    }

    private func names() throws -> [String] {
        let known = [
            "dqn", "rules", "q-learning", "random", "shed", "ladder", "committee", "placebos",
        ]
        let asked = policy.split(separator: ",").map(String.init)
        if asked == ["all"] { return known }
        for name in asked where !known.contains(name) {
            throw ValidationError("--policy \(name): one of \(known.joined(separator: ", ")), all")
        }
        return asked
    }

    private func contenders(
        _ name: String, _ scenario: Scenario, _ learned: Policy, _ misled: Policy?, share: Double
    ) throws -> [Contender] {
        let largest = scenario.rungs.max()!
        return switch name {
        case "dqn": [.dqn(learned)]
        case "rules": [.rules]
        case "q-learning": [.table]
        case "random": [.random(share: share)]
        case "shed": [.shedding(largest)]
        case "ladder": [.ladder(scenario.rungs)]
        case "committee": [.committee(scenario.rungs[scenario.rungs.count / 2])]
        default: [.blind(learned), .misled(misled)]
        }
    }

    private static func text(_ comparison: Comparison) -> String {
        let headroom = comparison.headroom
        var lines = [
            "\(comparison.scenario.name): best fixed \(comparison.bestFixed), headroom "
                + String(
                    format: "%.2f [%.2f, %.2f] points", 100 * headroom.mean, 100 * headroom.low,
                    100 * headroom.high),
            "policy                 utility [95 %]           to best fixed            to oracle  "
                + "late %  actions  kept  reverted  overhead %",
        ]
        for line in comparison.lines {
            let name = line.name.padding(toLength: 22, withPad: " ", startingAt: 0)
            let gain = line.regretToBestFixed
            lines.append(
                name
                    + String(
                        format: " %6.2f [%6.2f, %6.2f]  %+6.2f [%+6.2f, %+6.2f]  %+9.2f  "
                            + "%6.2f  %7.1f  %4.1f  %8.1f  %10.1f",
                        100 * line.utility.mean, 100 * line.utility.low, 100 * line.utility.high,
                        -100 * gain.mean, -100 * gain.high, -100 * gain.low,
                        -100 * line.regretToOracle.mean, 100 * line.late,
                        line.actions, line.kept, line.reverted, 100 * line.overhead))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func json(_ comparison: Comparison) -> String {
        var writer = JSONWriter()
        func write(_ name: String, _ estimate: Estimate) {
            writer.key(name)
            writer.beginObject()
            for (key, value) in [
                ("mean", estimate.mean), ("low", estimate.low), ("high", estimate.high),
            ] {
                writer.key(key)
                writer.write(value)
            }
            writer.endObject()
        }
        writer.beginObject()
        writer.key("scenario")
        writer.write(comparison.scenario.name)
        writer.key("family")
        writer.write(comparison.scenario.family)
        writer.key("best_fixed")
        writer.write(comparison.bestFixed)
        write("headroom", comparison.headroom)
        writer.key("policies")
        writer.beginArray()
        for line in comparison.lines {
            writer.beginObject()
            writer.key("policy")
            writer.write(line.name)
            write("utility", line.utility)
            write("regret_to_oracle", line.regretToOracle)
            write("regret_to_best_fixed", line.regretToBestFixed)
            for (key, value) in [
                ("violations", line.late), ("changes", line.actions), ("kept", line.kept),
                ("rollbacks", line.reverted), ("overhead", line.overhead),
            ] {
                writer.key(key)
                writer.write(value)
            }
            writer.key("utilities")
            writer.beginArray()
            for utility in line.utilities { writer.write(utility) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
