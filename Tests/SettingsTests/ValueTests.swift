import Features
import NeuralNetwork
import Settings
import Testing

@Suite("How values may be written")
struct ValueTests {
    @Test(
        "a list on the command line",
        arguments: [
            ("[]", []), ("", []), ("  ", []), ("[ ]", []), ("32", [32]), ("[32,16]", [32, 16]),
            ("32,16", [32, 16]), (" [ 32 , 16 ] ", [32, 16]), (#"["32", '16']"#, [32, 16]),
        ] as [(String, [Int])])
    func listOnCommandLine(text: String, expected: [Int]) throws {
        let fromSet = try Settings.load(file: nil, overrides: ["model.hidden=\(text)"])
        #expect(fromSet.learner.model.hidden == expected)
        let fromEnvironment = try Settings.load(
            file: nil, environment: ["OSIER_MODEL_HIDDEN": text])
        #expect(fromEnvironment.learner.model.hidden == expected)
    }

    @Test(
        "a list in a file",
        arguments: [
            ("[]", []), ("[32, 16]", [32, 16]), ("\n    - 32\n    - 16", [32, 16]),
            (#"["32"]"#, [32]),
        ] as [(String, [Int])])
    func listInFile(text: String, expected: [Int]) throws {
        let settings = try Settings.load(yaml: "model:\n  hidden: \(text)\n")
        #expect(settings.learner.model.hidden == expected)
    }

    @Test("labels keep their type, and quotes make them text")
    func labels() throws {
        let expected: [Label] = [
            .integer(1), .integer(-2), .boolean(true), .text("UP"), .text("7"), .text("007"),
            .text("a,b"), .text("1.5"), .text("yes"),
        ]
        let text = #"[1, -2, true, UP, "7", 007, 'a,b', 1.5, yes]"#
        let fromFile = try Settings.load(yaml: "model:\n  classes: \(text)\n")
        #expect(fromFile.learner.target.classes == expected)
        let fromSet = try Settings.load(file: nil, overrides: ["model.classes=\(text)"])
        #expect(fromSet.learner.target.classes == expected)
    }

    @Test(
        "single values may be quoted in a file",
        arguments: ["seed: 7", "seed: \"7\"", "seed: '7'", "{seed: 7}", "seed: +7"])
    func quotedScalars(line: String) throws {
        let body = line.first == "{" ? "model: \(line)\n" : "model:\n  \(line)\n"
        #expect(try Settings.load(yaml: body).learner.model.seed == 7)
    }

    @Test("words that YAML 1.1 takes for Booleans are text where a word is expected")
    func offIsAWord() throws {
        let settings = try Settings.load(yaml: "structure: {policy: off}\ndrift: {detector: off}\n")
        #expect(settings.structure.policy == .off)
        #expect(settings.learner.drift.detector == .off)
    }

    @Test("auto is the absence of a choice")
    func automatic() throws {
        let lines = ["model.task", "model.loss", "learning.batch", "learning.replay"]
        let settings = try Settings.load(
            file: nil, overrides: lines.map { $0 + "=auto" } + ["learning.committee=\"auto\""])
        #expect(settings == Settings())
        #expect(settings.learner.target.task == nil)
    }

    @Test("0 is no limit, and an empty text is none")
    func absence() throws {
        let settings = try Settings.load(
            yaml: "budget: {max_parameters: 0, memory_bytes: 0}\nstorage: {directory: \"\"}\n")
        #expect(settings.budget.maxParameters == nil)
        #expect(settings.budget.memoryBytes == nil)
        #expect(settings.storage.directory == nil)
    }

    @Test(
        "text with quotes, backslashes and control characters survives the listing",
        arguments: [
            "a\"b", "\"", "a\\b", "'", "''", " lead", "tab\there", "[x", "ü🌳", "a,b", "# no",
        ])
    func awkwardText(text: String) throws {
        var settings = Settings()
        settings.storage.directory = text
        settings.learner.features.names = [text, "other"]
        settings.learner.target.classes = [.text(text), .text("1"), .integer(2)]
        let listing = settings.listing
        let again = try Settings.load(
            file: nil, overrides: listing.map { "\($0.key)=\($0.value)" })
        #expect(again == settings)
    }

    @Test(
        "an empty file, comments and empty sections change nothing",
        arguments: [
            "", "\n", "# nothing\n", "---\n", "model:\n", "model: {}\nsockets: ~\n", "\u{FEFF}",
        ])
    func emptyFiles(yaml: String) throws {
        #expect(try Settings.load(yaml: yaml) == Settings())
    }

    @Test("a control request replaces keys of one section under the same rules")
    func replacing() throws {
        let adam = try OptimizerConfiguration(
            replacing: [("name", "\"adam\""), ("learning_rate", "0.01")])
        #expect(adam.name == .adam)
        #expect(adam.learningRate == 0.01)
        #expect(adam.rho == OptimizerConfiguration().rho)
        let slower = try OptimizerConfiguration(replacing: [("learning_rate", "1e-3")], in: adam)
        #expect(slower.name == .adam)
        let step = try ScheduleConfiguration(replacing: [("name", "step"), ("every", "10")])
        #expect(step.name == .step)
        #expect(step.every == 10)
        #expect(throws: SettingsError.self) {
            try OptimizerConfiguration(replacing: [("learning_rate", "0"), ("nmae", "adam")])
        }
        let budget = try Settings().replacing(section: "budget", with: [("memory_bytes", "10")])
        #expect(budget.budget.memoryBytes == 10)
    }
}
