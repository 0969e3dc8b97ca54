import Features

/// Values that are each allowed and do not go together.
struct SettingsConflict: Equatable {
    /// The keys concerned; the first is the one to change.
    let keys: [String]
    /// The rule and the next step.
    let message: String
}

extension Settings {
    var conflicts: [SettingsConflict] {
        modelConflicts + boundConflicts + socketConflicts + exposureConflicts
    }

    private var modelConflicts: [SettingsConflict] {
        var conflicts: [SettingsConflict] = []
        let target = learner.target
        if target.task == .regression, !target.classes.isEmpty {
            conflicts.append(
                SettingsConflict(
                    keys: ["model.classes", "model.task"],
                    message: "regression has no classes; leave them out"))
        }
        if target.task == .regression, learner.model.loss == .crossEntropy {
            conflicts.append(
                SettingsConflict(
                    keys: ["model.loss", "model.task"],
                    message: "cross_entropy is for classes; squared works"))
        }
        if learner.schedule.name != .constant,
            learner.schedule.floor > Double(learner.optimizer.learningRate)
        {
            conflicts.append(
                SettingsConflict(
                    keys: ["schedule.floor", "optimizer.learning_rate"],
                    message: "the floor of the schedule is above the rate; 0 works"))
        }
        return conflicts
    }

    private var boundConflicts: [SettingsConflict] {
        var conflicts: [SettingsConflict] = []
        func atMost(_ count: Int, _ limit: Int, _ key: String, _ limitKey: String, _ what: String) {
            guard count > limit else { return }
            conflicts.append(
                SettingsConflict(
                    keys: [key, limitKey],
                    message:
                        "\(count) \(what), more than \(limitKey); give fewer or raise it to \(count)"
                ))
        }
        let target = learner.target
        let layers = learner.model.hidden.count
        let names = learner.features.names.count
        atMost(layers, structure.maxLayers, "model.hidden", "structure.max_layers", "layers")
        atMost(
            target.classes.count, target.maxClasses, "model.classes", "model.max_classes", "classes"
        )
        atMost(
            names, learner.features.maxFeatures, "features.names", "features.max_features", "names")
        atMost(
            structure.minUnits, structure.maxUnits, "structure.min_units", "structure.max_units",
            "units")
        return conflicts
    }

    /// The sockets with their keys, in the order of the reference configuration.
    private var endpointsByKey: [(key: String, endpoints: [Endpoint])] {
        [
            ("sockets.feed", sockets.feed), ("sockets.samples", sockets.samples),
            ("sockets.learn", sockets.learn), ("sockets.predict", sockets.predict),
            ("sockets.status", sockets.status), ("sockets.control", sockets.control),
        ]
    }

    private var socketConflicts: [SettingsConflict] {
        var conflicts: [SettingsConflict] = []
        if !sockets.feed.isEmpty, sockets.feedTopics.isEmpty {
            conflicts.append(
                SettingsConflict(
                    keys: ["sockets.feed_topics", "sockets.feed"],
                    message: "without a topic nothing is received; [\"\"] is everything"))
        }
        var bound: [(address: String, key: String)] = []
        for (key, endpoints) in endpointsByKey {
            for endpoint in endpoints where endpoint.direction == .bind {
                if endpoint.takesFreeAddress { continue }
                if let other = bound.first(where: { $0.address == endpoint.address }) {
                    conflicts.append(
                        SettingsConflict(
                            keys: other.key == key ? [key] : [key, other.key],
                            message: "\(endpoint.address) would be bound twice; "
                                + "give each its own port"))
                }
                bound.append((endpoint.address, key))
            }
        }
        return conflicts
    }

    private var exposureConflicts: [SettingsConflict] {
        guard !security.allowPlaintext else { return [] }
        let advice =
            "other machines could read and write it unencrypted; bind 127.0.0.1 or ipc://, "
            + "or set security.allow_plaintext: true"
        var conflicts = endpointsByKey.filter { $0.endpoints.contains(where: \.isExposed) }
            .map { SettingsConflict(keys: [$0.key], message: advice) }
        if http.address?.isExposed == true {
            conflicts.append(SettingsConflict(keys: ["http.address"], message: advice))
        }
        return conflicts
    }
}
