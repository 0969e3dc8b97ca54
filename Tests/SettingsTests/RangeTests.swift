import Settings
import Testing

@Suite("What each key takes and refuses")
struct RangeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let key: String
        let good: [String]
        let bad: [String]
        var testDescription: String { key }
    }

    static let huge = "99999999999999999999"
    static let fraction = ["-0.1", "1", "1.5", "nan", "", "x", "0x1p-2", "true", "[0.5]"]

    static let cases = [
        Case(key: "model.task", good: ["auto"], bad: ["", "Auto", "classify"]),
        Case(
            key: "model.hidden", good: ["1", "65536", "1,1,1,1,1,1"],
            bad: [
                "0", "65537", "-1", "1.5", "a", "1,,2", "[1", "1]", "[1]]", "1,1,1,1,1,1,1", huge,
            ]),
        Case(key: "model.activation", good: ["relu"], bad: ["ReLU", "gelu", ""]),
        Case(key: "model.loss", good: ["cross_entropy"], bad: ["mse", ""]),
        Case(
            key: "model.classes", good: [""], bad: ["a,a", "1,\"1\"", "a,,b", "true,'true'", "\"a"]),
        Case(key: "model.max_classes", good: ["2", "1000000"], bad: ["1", "0", "1000001", "1e3"]),
        Case(
            key: "model.seed", good: ["0"], bad: ["-1", huge, "1_000", "0x10", "1.0", " ", "1 2"]),
        Case(key: "features.names", good: [""], bad: ["a,a", "a,", "\"\""]),
        Case(key: "features.max_features", good: ["16777216"], bad: ["0", "16777217"]),
        Case(key: "features.hashing", good: ["0", "16777216"], bad: ["-1", "16777217"]),
        Case(key: "features.forgetting", good: ["0", "0.999"], bad: fraction),
        Case(key: "features.clip", good: ["0", "1000000"], bad: ["-1", "1000001", "inf", "nan"]),
        Case(key: "features.target_history", good: ["0", "1024"], bad: ["-1", "1025"]),
        Case(key: "features.one_hot", good: ["0", "1024"], bad: ["-1", "1025"]),
        Case(
            key: "optimizer.learning_rate", good: ["10", "1e-30", "0.5"],
            bad: ["0", "-1", "10.1", "1e-60", "inf", "nan", "1,5"]),
        Case(key: "optimizer.momentum", good: ["0", "0.999"], bad: fraction + ["0.99999999999"]),
        Case(key: "optimizer.beta1", good: ["0", "0.999"], bad: fraction),
        Case(key: "optimizer.beta2", good: ["0", "0.9999999"], bad: fraction),
        Case(key: "optimizer.rho", good: ["0"], bad: fraction),
        Case(key: "optimizer.epsilon", good: ["1", "1e-30"], bad: ["0", "1.1", "1e-60"]),
        Case(key: "optimizer.weight_decay", good: ["0", "0.5"], bad: fraction),
        Case(key: "optimizer.gradient_clip", good: ["0", "1000000"], bad: ["-1", "1e39", "nan"]),
        Case(key: "schedule.gamma", good: ["1", "1e-9"], bad: ["0", "1.1", "nan"]),
        Case(key: "schedule.every", good: ["1"], bad: ["0", "1.5", huge]),
        Case(key: "schedule.factor", good: ["1"], bad: ["0", "1.1"]),
        Case(key: "schedule.total", good: ["1"], bad: ["0"]),
        Case(key: "schedule.power", good: ["100", "0.1"], bad: ["0", "101"]),
        Case(key: "schedule.delta", good: ["0"], bad: ["-1", "1000001"]),
        Case(key: "schedule.floor", good: ["0", "10"], bad: ["-1", "11"]),
        Case(
            key: "learning.batch", good: ["auto", "1", "65536"], bad: ["0", "65537", "AUTO", "1.5"]),
        Case(key: "learning.max_batch", good: ["1", "65536"], bad: ["0", "65537", "auto"]),
        Case(key: "learning.queue", good: ["1", "16777216"], bad: ["0", "16777217"]),
        Case(key: "learning.committee", good: ["auto", "256"], bad: ["0", "257"]),
        Case(key: "learning.max_committee", good: ["1", "256"], bad: ["0", "257"]),
        Case(key: "learning.replay", good: ["auto", "0", "1000"], bad: ["-0.5", "1001", "nan"]),
        Case(key: "learning.replay_window", good: ["1"], bad: ["0"]),
        Case(key: "learning.shrink", good: ["0", "0.99"], bad: fraction),
        Case(key: "learning.holdout", good: ["0", "0.99"], bad: fraction),
        Case(key: "structure.min_units", good: ["1", "4096"], bad: ["0", "4097"]),
        Case(key: "structure.max_units", good: ["2", "65536"], bad: ["1", "65537"]),
        Case(key: "structure.max_layers", good: ["2", "64"], bad: ["-1", "1", "65"]),
        Case(key: "structure.policy", good: ["q-learning"], bad: ["q_learning", "false"]),
        Case(key: "budget.cpu_fraction", good: ["0.01", "1024"], bad: ["0", "-1", "1025"]),
        Case(key: "budget.memory_bytes", good: ["0", "1"], bad: ["-1", "1.5", huge]),
        Case(key: "budget.max_lag_seconds", good: ["0.001"], bad: ["0", "-1"]),
        Case(key: "drift.delta", good: ["0.999", "1e-9"], bad: ["0", "1"]),
        Case(key: "join.ttl_seconds", good: ["0.1"], bad: ["0"]),
        Case(key: "join.capacity", good: ["1"], bad: ["0"]),
        Case(
            key: "sockets.max_message_bytes", good: ["1024", "1073741824"],
            bad: ["1023", "1073741825"]),
        Case(
            key: "status.interval_seconds", good: ["0.01", "86400"], bad: ["0", "0.009", "86401"]),
        Case(key: "status.window", good: ["1", "10000000"], bad: ["0", "10000001"]),
        Case(
            key: "storage.directory", good: ["", "/a b"],
            bad: ["a\nb", String(repeating: "x", count: 4097)]),
        Case(key: "storage.dead_letters", good: ["true", "false"], bad: ["yes", "1", "True", ""]),
        Case(key: "journal.sync", good: ["never"], bad: ["off", ""]),
        Case(
            key: "journal.sync_interval_milliseconds", good: ["1", "3600000"],
            bad: ["0", "3600001"]),
        Case(key: "journal.max_bytes", good: ["1048576"], bad: ["0", "1048575"]),
        Case(key: "checkpoint.interval_seconds", good: ["0.1"], bad: ["0"]),
        Case(key: "checkpoint.interval_samples", good: ["1"], bad: ["0"]),
        Case(key: "checkpoint.keep", good: ["1", "100000"], bad: ["0", "100001"]),
        Case(
            key: "http.address", good: ["", "127.0.0.1:0", "localhost:65535"],
            bad: ["5780", ":5780", "127.0.0.1", "127.0.0.1:65536", "a b:1", "127.0.0.1:x"]),
        Case(key: "log.level", good: ["warning"], bad: ["warn", "INFO"]),
    ]

    @Test("a value inside the range is taken", arguments: cases)
    func takes(values: Case) {
        for value in values.good {
            #expect(throws: Never.self, "\(values.key)=\(value)") {
                try Settings.load(file: nil, overrides: ["\(values.key)=\(value)"])
            }
        }
    }

    @Test(
        "a value outside is refused in one line that names key, value, origin and rule",
        arguments: cases)
    func refuses(values: Case) throws {
        for value in values.bad {
            let error = try #require(throws: SettingsError.self, "\(values.key)=\(value)") {
                try Settings.load(file: nil, overrides: ["\(values.key)=\(value)"])
            }
            #expect(error.violations.count == 1)
            #expect(error.violations[0].contains("\(values.key) = "))
            #expect(error.violations[0].contains("(from --set)"))
            #expect(!error.description.contains("\n"))
        }
    }
}
