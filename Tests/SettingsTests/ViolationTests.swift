import Foundation
import Settings
import Testing

@Suite("Refused settings")
struct ViolationTests {
    /// The violations of a file, or none.
    static func violations(
        yaml: String, overrides: [String] = [], environment: [String: String] = [:]
    ) -> [String] {
        do throws(SettingsError) {
            _ = try Settings.load(
                yaml: yaml, name: "o.yaml", overrides: overrides, environment: environment)
            return []
        } catch {
            return error.violations
        }
    }

    @Test(
        "a mistake in a file is one line with the file and the line",
        arguments: [
            ("model:\n  seed: x\n", "model.seed = x (from file o.yaml line 2): must be an integer"),
            (
                "model:\n  sied: 7\n",
                "model.sied = 7 (from file o.yaml line 2): is no setting; did you mean model.seed?"
            ),
            ("model:\n  colour: red\n", "the keys are model.task, model.hidden"),
            (
                "modle:\n  seed: 7\n",
                "modle (from file o.yaml line 1): is no section; did you mean model?"
            ),
            (
                "brain:\n  seed: 7\n",
                "brain (from file o.yaml line 1): is no section; the sections are model, features"
            ),
            (
                "model.seed: 7\n",
                "model.seed (from file o.yaml line 1): is no section; write model: and below it"
            ),
            (
                "model:\n  seed: [7]\n",
                "model.seed = [7] (from file o.yaml line 2): must be an integer"
            ),
            (
                "model:\n  hidden: 32\n",
                "model.hidden = 32 (from file o.yaml line 2): must be a list"
            ),
            (
                "model:\n  hidden: [32, [1]]\n",
                "model.hidden = (a list with something else than single values)"
            ),
            (
                "model:\n  hidden: [32, ]\n  seed:\n",
                "model.seed = (nothing) (from file o.yaml line 3)"
            ),
            ("model:\n  seed: ~\n", "model.seed = (nothing)"),
            ("model:\n  classes: [a, null]\n", "model.classes = (a list with something else"),
            ("model:\n  seed:\n    deep: 1\n", "model.seed = (keys of its own)"),
            ("model: 7\n", "model (from file o.yaml line 1): must hold keys"),
            ("model: [a]\n", "model (from file o.yaml line 1): must hold keys"),
            ("- a\n- b\n", "file o.yaml: holds no sections"),
            ("just text\n", "file o.yaml: holds no sections"),
            ("model:\n  seed: [7\n", "file o.yaml line 3 column 1: is not YAML"),
            ("model:\n\tseed: 7\n", "file o.yaml line 2 column 1: is not YAML"),
            ("model:\n  hidden: @x\n", "file o.yaml line 2 column 11: is not YAML"),
            (
                "model:\n  seed: 1\n  seed: 2\n",
                "file o.yaml: below line 2, seed is given more than once"
            ),
            ("a: 1\n---\nb: 2\n", "file o.yaml line 2 column 1: is not YAML"),
            ("? [a]\n: b\n", "a section's name must be plain text"),
        ])
    func namesTheLine(yaml: String, expected: String) {
        let violations = Self.violations(yaml: yaml)
        #expect(violations.count == 1)
        #expect(violations.first?.contains(expected) == true, "\(violations)")
    }

    @Test("an unknown key is refused in every source")
    func unknownKeys() {
        #expect(
            Self.violations(yaml: "", environment: ["OSIER_MODEL_SIED": "7"]) == [
                "model.sied = 7 (from environment OSIER_MODEL_SIED): is no setting; "
                    + "did you mean model.seed?"
            ])
        #expect(
            Self.violations(yaml: "", environment: ["OSIER_MODEL_seed": "7"]) == [
                "OSIER_MODEL_seed: is no setting; write variables in capitals, OSIER_MODEL_SEED"
            ])
        #expect(
            Self.violations(yaml: "", overrides: ["model.sied=7"]) == [
                "model.sied = 7 (from --set): is no setting; did you mean model.seed?"
            ])
        #expect(
            Self.violations(yaml: "", overrides: ["modle.seed=7"]) == [
                "modle (from --set): is no section; did you mean model?"
            ])
        #expect(
            Self.violations(yaml: "", overrides: ["model.seed"]) == [
                "--set model.seed: has no value; write KEY=VALUE such as model.seed=7"
            ])
        #expect(Self.violations(yaml: "", overrides: ["seed=7", "=7", "model=7"]).count == 3)
    }

    @Test("the whole line says what is wrong, where, and what works")
    func wholeLine() {
        #expect(
            Self.violations(yaml: "optimizer:\n\n  learning_rate: 0\n") == [
                "optimizer.learning_rate = 0 (from file o.yaml line 3): must be a single-precision "
                    + "number above 0 and at most 10; 0.0012 works"
            ])
    }

    @Test("every violation of every source is listed, hidden ones too")
    func listsAll() {
        let violations = Self.violations(
            yaml: "model:\n  seed: x\n  hidden: [0]\nlog:\n  level: loud\nextra: {}\n",
            overrides: ["model.seed=1", "features.clip=-1"],
            environment: ["OSIER_MODEL_TASK": "y", "OSIER_LOG_COLOUR": "z"])
        let expected = [
            "extra", "model.seed = x", "model.hidden = [0]", "log.level = loud",
            "log.colour = z", "model.task = y", "features.clip = -1",
        ]
        #expect(violations.count == expected.count)
        for (violation, start) in zip(violations, expected) {
            #expect(violation.hasPrefix(start), "\(violation)")
        }
    }

    @Test(
        "values that contradict each other are refused, with both origins",
        arguments: [
            (["model.task=regression", "model.classes=a,b"], "model.classes"),
            (["model.task=regression", "model.loss=cross_entropy"], "model.loss"),
            (["schedule.name=step", "schedule.floor=0.1"], "schedule.floor"),
            (["structure.max_layers=1"], "model.hidden"),
            (["model.max_classes=2", "model.classes=a,b,c"], "model.classes"),
            (["features.max_features=1", "features.names=a,b"], "features.names"),
            (["structure.min_units=9", "structure.max_units=8"], "structure.min_units"),
            (["sockets.feed=tcp://h:1", "sockets.feed_topics="], "sockets.feed_topics"),
        ])
    func contradictions(overrides: [String], key: String) {
        let violations = Self.violations(yaml: "", overrides: overrides)
        #expect(violations.count == 1)
        #expect(violations.first?.hasPrefix(key + " = ") == true, "\(violations)")
        #expect(violations.first?.contains("(from --set)") == true)
    }

    @Test("a key that is refused already is not reported again as a contradiction")
    func noFollowUps() {
        let violations = Self.violations(
            yaml: "", overrides: ["structure.max_layers=x", "model.hidden=1,1,1,1,1,1,1"])
        #expect(violations.count == 1)
    }

    @Test("a long value is cut, and a line break in it does not break the line")
    func excerpts() {
        let violations = Self.violations(
            yaml: "", overrides: ["model.seed=" + String(repeating: "long\n", count: 1_000)])
        #expect(violations.count == 1)
        #expect(violations[0].count < 250)
        #expect(!violations[0].contains("\n"))
    }

    @Test("files that cannot be read are named with the reason")
    func unreadableFiles() throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "osier-settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func refusal(_ name: String, _ data: Data?) throws -> String {
            let file = directory.appending(path: name)
            if let data { try data.write(to: file) }
            let error = try #require(throws: SettingsError.self) {
                try Settings.load(file: file.path)
            }
            #expect(error.violations.count == 1)
            #expect(error.description.contains(file.path))
            return error.description
        }
        #expect(try refusal("absent.yaml", nil).contains("does not exist"))
        #expect(try refusal(".", nil).contains("directory"))
        #expect(try refusal("binary.yaml", Data([0x6D, 0xFF, 0xFE])).contains("not UTF-8"))
        let huge = Data(repeating: 0x23, count: (4 << 20) + 1)
        #expect(try refusal("huge.yaml", huge).contains("larger than 4194304 bytes"))
        // Comments up to the limit are fine.
        let file = directory.appending(path: "large.yaml")
        try huge.dropLast().write(to: file)
        #expect(try Settings.load(file: file.path) == Settings())
    }

    @Test("nesting and aliases in a file do not bring the reader down")
    func hostileFiles() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(Self.violations(yaml: deep).count == 1)
        var bomb = "a0: &a0 [x]\n"
        for level in 1..<40 {
            bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(Self.violations(yaml: bomb).count == 40)
    }
}
