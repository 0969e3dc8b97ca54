import Testing

/// For each key three values other than its default, each as `--set` takes it and as it is listed.
enum Samples {
    struct Key: Sendable, CustomTestStringConvertible {
        let key: String
        let values: [String]
        /// The same in the canonical form.
        let listed: [String]
        var testDescription: String { key }

        init(_ key: String, _ values: [String], listed: [String]? = nil) {
            self.key = key
            self.values = values
            self.listed = listed ?? values
        }
    }

    static let all: [Key] = model + features + training + control + sockets + service

    static let model = [
        Key("model.task", ["classification", "regression", "classification"]),
        Key("model.hidden", ["[32, 16]", "8,4", "[]"], listed: ["[32, 16]", "[8, 4]", "[]"]),
        Key("model.activation", ["tanh", "sigmoid", "leaky_relu"]),
        Key("model.loss", ["huber", "absolute", "squared"]),
        Key(
            "model.classes", ["UP,DOWN", "[1, 2]", "['a,b', true]"],
            listed: [#"["UP", "DOWN"]"#, "[1, 2]", #"["a,b", true]"#]),
        Key("model.max_classes", ["2", "7", "999"]),
        Key("model.seed", ["0", "7", "9223372036854775807"]),
    ]

    static let features = [
        Key(
            "features.names", ["a", "a,b", #"["x y"]"#],
            listed: [#"["a"]"#, #"["a", "b"]"#, #"["x y"]"#]),
        Key("features.max_features", ["1", "2", "3"]),
        Key("features.hashing", ["1", "1024", "65536"]),
        Key("features.scaling", ["minmax", "none", "minmax"]),
        Key("features.forgetting", ["0", "0.5", "1e-6"], listed: ["0.0", "0.5", "1e-06"]),
        Key("features.clip", ["0", "3", "2.5"], listed: ["0.0", "3.0", "2.5"]),
        Key("features.missing", ["zero", "reject", "zero"]),
        Key("features.target_history", ["1", "2", "3"]),
        Key("features.one_hot", ["0", "2", "3"]),
    ]

    static let training = [
        Key("optimizer.name", ["adam", "sgd", "nesterov"]),
        Key("optimizer.learning_rate", ["0.1", "10", "0.05"], listed: ["0.1", "10.0", "0.05"]),
        Key("optimizer.momentum", ["0", "0.5", "0.99"], listed: ["0.0", "0.5", "0.99"]),
        Key("optimizer.beta1", ["0.1", "0.2", "0.3"]),
        Key("optimizer.beta2", ["0.1", "0.2", "0.3"]),
        Key("optimizer.rho", ["0.1", "0.2", "0.3"]),
        Key("optimizer.epsilon", ["1e-6", "0.5", "1"], listed: ["1e-06", "0.5", "1.0"]),
        Key("optimizer.weight_decay", ["0.1", "0.2", "0.3"]),
        Key("optimizer.gradient_clip", ["0", "2", "5"], listed: ["0.0", "2.0", "5.0"]),
        Key("schedule.name", ["step", "inverse_sqrt", "drift"]),
        Key("schedule.gamma", ["1", "0.9", "0.5"], listed: ["1.0", "0.9", "0.5"]),
        Key("schedule.every", ["1", "2", "3"]),
        Key("schedule.factor", ["0.1", "0.2", "0.3"]),
        Key("schedule.total", ["1", "2", "3"]),
        Key("schedule.power", ["2", "0.5", "3"], listed: ["2.0", "0.5", "3.0"]),
        Key("schedule.delta", ["0", "1", "0.5"], listed: ["0.0", "1.0", "0.5"]),
        Key("schedule.floor", ["0", "0.1", "1e-6"], listed: ["0.0", "0.1", "1e-06"]),
        Key("learning.batch", ["1", "8", "64"]),
        Key("learning.max_batch", ["1", "2", "3"]),
        Key("learning.queue", ["1", "2", "3"]),
        Key("learning.committee", ["1", "2", "3"]),
        Key("learning.max_committee", ["1", "2", "3"]),
        Key("learning.replay", ["0", "1", "2.5"], listed: ["0.0", "1.0", "2.5"]),
        Key("learning.replay_window", ["1", "2", "3"]),
        Key("learning.shrink", ["0", "0.5", "0.25"], listed: ["0.0", "0.5", "0.25"]),
        Key("learning.holdout", ["0", "0.5", "0.25"], listed: ["0.0", "0.5", "0.25"]),
    ]

    static let control = [
        Key("structure.policy", ["off", "rules", "q-learning"]),
        Key("structure.mode", ["observe", "observe", "observe"]),
        Key("structure.min_units", ["1", "3", "4"]),
        Key("structure.max_units", ["2", "3", "4"]),
        Key("structure.max_layers", ["2", "3", "4"]),
        Key(
            "structure.policy_file", PolicyFiles.paths,
            listed: PolicyFiles.paths.map { "\"\($0)\"" }),
        Key("budget.cpu_fraction", ["0.5", "2", "0.1"], listed: ["0.5", "2.0", "0.1"]),
        Key("budget.memory_bytes", ["1", "2", "3"]),
        Key("budget.predict_p99_microseconds", ["1", "2", "3"]),
        Key("budget.max_parameters", ["0", "2", "3"]),
        Key("budget.max_lag_seconds", ["2", "0.5", "3"], listed: ["2.0", "0.5", "3.0"]),
        Key("drift.detector", ["off", "ddm", "page_hinkley"]),
        Key("drift.delta", ["0.1", "0.2", "0.3"]),
        Key("join.ttl_seconds", ["1", "0.5", "3"], listed: ["1.0", "0.5", "3.0"]),
        Key("join.capacity", ["1", "2", "3"]),
    ]

    static let sockets = [
        Key(
            "sockets.feed", ["tcp://h:1", "tcp://10.0.0.5:6000,ipc:///f", "[@tcp://127.0.0.1:0]"],
            listed: [
                #"["tcp://h:1"]"#, #"["tcp://10.0.0.5:6000", "ipc:///f"]"#,
                #"["@tcp://127.0.0.1:0"]"#,
            ]),
        Key(
            "sockets.feed_topics", ["a", "a,b", "['x']"],
            listed: [#"["a"]"#, #"["a", "b"]"#, #"["x"]"#]),
        endpoints("samples"), endpoints("learn"), endpoints("predict"), endpoints("status"),
        endpoints("control"),
        Key("sockets.max_message_bytes", ["1024", "2048", "4096"]),
    ]

    static let service = [
        Key("status.interval_seconds", ["0.5", "2", "3"], listed: ["0.5", "2.0", "3.0"]),
        Key("status.window", ["1", "2", "3"]),
        Key("storage.directory", ["d", "/d", "a b"], listed: [#""d""#, #""/d""#, #""a b""#]),
        Key("storage.dead_letters", ["true", "true", "true"]),
        Key("journal.sync", ["interval", "never", "interval"]),
        Key("journal.sync_interval_milliseconds", ["1", "2", "3"]),
        Key("journal.max_bytes", ["1048576", "1048577", "2000000"]),
        Key("checkpoint.interval_seconds", ["1", "0.5", "3"], listed: ["1.0", "0.5", "3.0"]),
        Key("checkpoint.interval_samples", ["1", "2", "3"]),
        Key("checkpoint.keep", ["1", "2", "4"]),
        Key(
            "http.address", ["127.0.0.1:1", "localhost:*", "[::1]:80"],
            listed: [#""127.0.0.1:1""#, #""localhost:0""#, #""[::1]:80""#]),
        Key("security.allow_plaintext", ["true", "true", "true"]),
        Key("log.level", ["trace", "debug", "critical"]),
        Key("log.format", ["json", "json", "json"]),
    ]

    private static func endpoints(_ name: String) -> Key {
        Key(
            "sockets." + name, ["tcp://localhost:*", ">tcp://h:9,ipc:///s", "[]"],
            listed: [#"["tcp://localhost:*"]"#, #"[">tcp://h:9", "ipc:///s"]"#, "[]"])
    }
}
