import ArgumentParser
import Datasets
import Features
import Foundation
import Learner
import Settings
import WireFormat

/// `osier evaluate`: test-then-train over a file with the core that the daemon runs.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Test-then-train over a file, without sockets.")

    @OptionGroup var input: DatasetOptions
    @OptionGroup var source: SettingsOptions

    @Option(help: "auto, classification or regression.")
    var task: String?

    @Option(help: "prequential, or chunk:N: predict a whole chunk, then learn it.")
    var `protocol` = EvaluationProtocol.prequential

    @Option(help: "Write the quality after every thousandth of the file to this CSV file.")
    var curve: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        var source = source
        if let task { source.overrides.append("model.task=\(task)") }
        let settings = try source.load()
        var reader = try input.open()
        var evaluation = Evaluation(
            configuration: settings.learner, protocol: `protocol`,
            curve: try curve.map(CurveFile.init(path:)))
        let progress = Progress(title: "evaluate", isQuiet: json)
        let start = ContinuousClock.now
        try input.forEachBlock(of: &reader, progress: progress) { block in
            try evaluation.take(block)
        }
        evaluation.finish()
        progress.finish()
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let result = EvaluationResult(evaluation, seconds: elapsed)
        print(json ? result.json : result.text)
    }
}
