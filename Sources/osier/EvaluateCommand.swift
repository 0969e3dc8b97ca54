import ArgumentParser
import Datasets
import Features
import Foundation
import Learner
import Settings

/// `osier evaluate`: test-then-train over a file with the core that the daemon runs.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Test-then-train over a file, without sockets.")

    @OptionGroup var input: DatasetOptions
    @OptionGroup var source: SettingsOptions

    @Option(help: "auto, classification or regression; the same as --set model.task.")
    var task: String?

    @Option(help: "prequential, or chunk:N: predict a whole chunk, then learn it.")
    var `protocol` = EvaluationProtocol.prequential

    @Option(help: "Write the quality so far to this CSV file, about a thousand times.")
    var curve: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let interruption = try Interruption()
        defer { withExtendedLifetime(interruption) {} }
        var source = source
        if let task { source.overrides.append("model.task=\(task)") }
        let settings = try source.load()
        var reader = try input.open(task: settings.learner.target.task)
        var run = EvaluationRun(configuration: settings.learner, protocol: `protocol`)
        var curve = try curve.map(CurveFile.init(path:))
        let progress = Progress(title: "evaluate")
        let start = ContinuousClock.now
        try input.forEachBlock(of: &reader, blockSize: run.blockSize, progress: progress) { block in
            for refused in run.take(block) {
                progress.clear()
                StandardError.write("\(input.file): \(refused.refusal)")
                if input.strict { throw ExitStatus.failure }
            }
            curve?.note(run)
        }
        progress.finish()
        try curve?.close()
        let result = EvaluationResult(
            run, rejectedRows: reader.rejectedCount,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        print(json ? result.json : result.text)
    }
}
