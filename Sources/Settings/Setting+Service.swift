/// The keys of everything around the learner, in the order of the reference configuration.
extension Setting {
    static var service: [Setting] {
        control + sockets + storage + operation
    }

    private static var control: [Setting] {
        [
            .choice("structure.policy", \.structure.policy),
            .choice("structure.mode", \.structure.mode),
            .integer("structure.min_units", \.structure.minUnits, 1...65_536),
            .integer("structure.max_units", \.structure.maxUnits, 1...65_536),
            .integer("structure.max_layers", \.structure.maxLayers, 0...64),
            .text("structure.policy_file", \.structure.policyFile),

            .number("budget.cpu_fraction", \.budget.cpuFraction, .above(0, to: 1_024)),
            .limit("budget.memory_bytes", \.budget.memoryBytes, 1...(1 << 50)),
            .limit(
                "budget.predict_p99_microseconds", \.budget.predictP99Microseconds,
                1...1_000_000_000),
            .limit("budget.max_parameters", \.budget.maxParameters, 1...1_000_000_000_000),
            .number("budget.max_lag_seconds", \.budget.maxLagSeconds, .above(0, to: 1_000_000)),

            .choice("drift.detector", \.learner.drift.detector),
            .number("drift.delta", \.learner.drift.delta, .above(0, below: 1)),

            .number(
                "join.ttl_seconds", \.learner.join.timeToLiveSeconds, .above(0, to: 1_000_000_000)),
            .integer("join.capacity", \.learner.join.capacity, 1...1_000_000_000),
        ]
    }

    private static var sockets: [Setting] {
        [
            .endpoints("sockets.feed", \.sockets.feed, .connect),
            .topics("sockets.feed_topics", \.sockets.feedTopics),
            .endpoints("sockets.samples", \.sockets.samples, .bind),
            .endpoints("sockets.learn", \.sockets.learn, .bind),
            .endpoints("sockets.predict", \.sockets.predict, .bind),
            .endpoints("sockets.status", \.sockets.status, .bind),
            .endpoints("sockets.control", \.sockets.control, .bind),
            .integer("sockets.max_message_bytes", \.sockets.maxMessageBytes, 1_024...(1 << 30)),
        ]
    }

    private static var storage: [Setting] {
        [
            .text("storage.directory", \.storage.directory),
            .flag("storage.dead_letters", \.storage.keepsDeadLetters),

            .choice("journal.sync", \.journal.sync),
            .integer(
                "journal.sync_interval_milliseconds", \.journal.syncIntervalMilliseconds,
                1...3_600_000),
            .integer("journal.max_bytes", \.journal.maxBytes, 1_048_576...(1 << 50)),

            .number(
                "checkpoint.interval_seconds", \.checkpoint.intervalSeconds,
                .above(0, to: 1_000_000_000)),
            .integer(
                "checkpoint.interval_samples", \.checkpoint.intervalSamples,
                1...1_000_000_000_000),
            .integer("checkpoint.keep", \.checkpoint.keep, 1...100_000),
        ]
    }

    private static var operation: [Setting] {
        [
            .number("status.interval_seconds", \.status.intervalSeconds, .from(0.01, to: 86_400)),
            .integer("status.window", \.learner.metricsWindow, 1...10_000_000),
            .address("http.address", \.http.address),
            .flag("security.allow_plaintext", \.security.allowPlaintext),
            .choice("log.level", \.log.level),
            .choice("log.format", \.log.format),
        ]
    }
}
