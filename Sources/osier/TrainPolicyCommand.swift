import ArgumentParser
import Foundation
import Simulation
import StructureControl

/// `osier train-policy`: makes the policy that ships with Osier, or another one.
struct TrainPolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-policy",
        abstract:
            "Train a controller's policy on drawn scenarios; the same seed gives the same file.")

    @Option(help: "Scenarios to learn from.")
    var episodes = 300

    @Option(help: "Seed of everything that is drawn.")
    var seed: UInt64 = 1

    @Option(help: "The file to write.")
    var output = "policy.txt"

    @Option(
        help: ArgumentHelp(
            "Spoil the training: rewards of other decisions, or observations of other times.",
            discussion: "For comparison; such a policy is worth nothing."))
    var placebo: PlaceboName?

    @Flag(help: "Write Swift source, to be built in as the shipped policy.")
    var swift = false

    enum PlaceboName: String, CaseIterable, ExpressibleByArgument {
        case rewards, observations

        var placebo: Placebo { self == .rewards ? .rewards : .observations }
    }

    func validate() throws {
        guard (1...1_000_000).contains(episodes) else {
            throw ValidationError("--episodes is from 1 to 1000000, not \(episodes)")
        }
        // Told before an hour of training, not after it.
        let directory = URL(filePath: output).deletingLastPathComponent().path
        guard FileManager.default.isWritableFile(atPath: directory) else {
            throw ValidationError("--output \(output): \(directory) cannot be written to")
        }
    }

    func run() throws {
        var trainer = PolicyTrainer(
            episodes: episodes, seed: seed, placebo: placebo?.placebo)
        var last: PolicyTrainer.Progress?
        let policy = trainer.train { progress in
            StandardError.write(
                String(
                    format: "episode %d: utility %.2f, rules %.2f", progress.episode,
                    100 * progress.utility, 100 * progress.rules))
            if progress.utility > last?.utility ?? -1 { last = progress }
        }
        var notes = ["osier train-policy --episodes \(episodes) --seed \(seed)"]
        if let last {
            notes.append(
                String(
                    format: "best after episode %d: utility %.4f, rules %.4f", last.episode,
                    last.utility, last.rules))
        }
        let text = policy.text(notes: notes)!
        let content = swift ? Self.source(text) : text
        do {
            try content.write(toFile: output, atomically: true, encoding: .utf8)
        } catch {
            StandardError.write(
                "osier: \(output): cannot be written: \(error.localizedDescription)")
            throw ExitStatus.failure
        }
    }

    private static func source(_ text: String) -> String {
        let lines = text.split(separator: "\n").map { "        " + $0 }
        return """
            /// Made by `osier train-policy --swift`; not to be changed by hand.
            enum ShippedPolicy {
                static let text = \"\"\"
            \(lines.joined(separator: "\n"))
                    \"\"\"
            }

            """
    }
}
