/// The keys of the learner, in the order of the reference configuration.
extension Setting {
    static var learner: [Setting] {
        model + features + optimizer + schedule + learning
    }

    private static var model: [Setting] {
        [
            .automaticChoice("model.task", \.learner.target.task),
            .integers("model.hidden", \.learner.model.hidden, 1...65_536),
            .choice("model.activation", \.learner.model.activation),
            .automaticChoice("model.loss", \.learner.model.loss),
            .labels("model.classes", \.learner.target.classes),
            .integer("model.max_classes", \.learner.target.maxClasses, 2...1_000_000),
            .seed("model.seed", \.learner.model.seed),
        ]
    }

    private static var features: [Setting] {
        [
            .names("features.names", \.learner.features.names),
            .integer("features.max_features", \.learner.features.maxFeatures, 1...16_777_216),
            .integer("features.hashing", \.learner.features.hashing, 0...16_777_216),
            .choice("features.scaling", \.learner.features.scaling),
            .number("features.forgetting", \.learner.features.forgetting, .from(0, below: 1)),
            .number("features.clip", \.learner.features.clip, .from(0, to: 1_000_000)),
            .choice("features.missing", \.learner.features.missing),
            .integer("features.target_history", \.learner.features.targetHistory, 0...1_024),
            .integer("features.one_hot", \.learner.features.oneHot, 0...1_024),
        ]
    }

    private static var optimizer: [Setting] {
        [
            .choice("optimizer.name", \.learner.optimizer.name),
            .single("optimizer.learning_rate", \.learner.optimizer.learningRate, .above(0, to: 10)),
            .single("optimizer.momentum", \.learner.optimizer.momentum, .from(0, below: 1)),
            .single("optimizer.beta1", \.learner.optimizer.beta1, .from(0, below: 1)),
            .single("optimizer.beta2", \.learner.optimizer.beta2, .from(0, below: 1)),
            .single("optimizer.rho", \.learner.optimizer.rho, .from(0, below: 1)),
            .single("optimizer.epsilon", \.learner.optimizer.epsilon, .above(0, to: 1)),
            .single("optimizer.weight_decay", \.learner.optimizer.weightDecay, .from(0, below: 1)),
            .single(
                "optimizer.gradient_clip", \.learner.optimizer.gradientClip,
                .from(0, to: 1_000_000)),
        ]
    }

    private static var schedule: [Setting] {
        [
            .choice("schedule.name", \.learner.schedule.name),
            .number("schedule.gamma", \.learner.schedule.gamma, .above(0, to: 1)),
            .integer("schedule.every", \.learner.schedule.every, 1...1_000_000_000_000),
            .number("schedule.factor", \.learner.schedule.factor, .above(0, to: 1)),
            .integer("schedule.total", \.learner.schedule.total, 1...1_000_000_000_000),
            .number("schedule.power", \.learner.schedule.power, .above(0, to: 100)),
            .number("schedule.delta", \.learner.schedule.delta, .from(0, to: 1_000_000)),
            .number("schedule.floor", \.learner.schedule.floor, .from(0, to: 10)),
        ]
    }

    private static var learning: [Setting] {
        [
            .automaticInteger("learning.batch", \.learner.learning.batch, 1...65_536),
            .integer("learning.max_batch", \.learner.learning.maxBatch, 1...65_536),
            .integer("learning.queue", \.queueCapacity, 1...16_777_216),
            .automaticInteger("learning.committee", \.learner.learning.committee, 1...256),
            .integer("learning.max_committee", \.learner.learning.maxCommittee, 1...256),
            .automaticNumber("learning.replay", \.learner.learning.replay, .from(0, to: 1_000)),
            .integer("learning.replay_window", \.learner.learning.replayWindow, 1...100_000_000),
            .number("learning.shrink", \.learner.learning.shrink, .from(0, below: 1)),
            .number("learning.holdout", \.learner.learning.holdout, .from(0, below: 1)),
        ]
    }
}
