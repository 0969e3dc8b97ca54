import Features
import Randomness
import Testing

@testable import Learner

/// A learner and the schema at its door, as the service and an evaluation hold them.
struct Run {
    var learner: Learner
    var schema: SampleSchema
    var effects: [Effect] = []

    init(_ adjust: (inout LearnerConfiguration) -> Void = { _ in }) {
        var configuration = LearnerConfiguration()
        adjust(&configuration)
        self.init(configuration)
    }

    init(_ configuration: LearnerConfiguration) {
        learner = Learner(configuration: configuration)
        schema = learner.schema
    }

    /// Admits a block, and learns what is admitted.
    @discardableResult
    mutating func take(_ block: SampleBlock) -> [IndexedRefusal] {
        let admitted = schema.admit(block)
        learner.handle(.samples(admitted), effects: &effects)
        return admitted.refusals
    }

    /// Learns samples, each in an event of its own.
    mutating func take(_ samples: some Sequence<Sample>) {
        for sample in samples { take(SampleBlock([sample])) }
    }

    mutating func obey(_ command: Command) {
        learner.handle(.command(command), effects: &effects)
    }

    /// What a client would be told, from a snapshot of this moment.
    func prediction(_ features: Sample.Features) throws -> [Double] {
        let predictor = try #require(learner.predictor())
        return predictor.answer(features)
    }

    /// Goes on from nothing but the state and the configuration, as after a restart.
    func restored() throws -> Run {
        var copy = Run(learner.configuration)
        copy.learner = try Learner(
            configuration: learner.configuration, stateBytes: learner.stateBytes())
        copy.schema = copy.learner.schema
        return copy
    }
}

extension Predictor {
    func answer(_ features: Sample.Features) -> [Double] {
        var predictions = Predictions()
        let block = SampleBlock([Sample(features, .none)])
        predict(schema.resolve(block), into: &predictions)
        return predictions.values
    }
}

/// One sample as a sender has it.
struct Sample {
    enum Features {
        case positional([Double])
        case named([(String, FeatureValue)])
    }

    var features: Features
    var target: Target
    var weight: Float = 1

    init(_ features: Features, _ target: Target, weight: Float = 1) {
        self.features = features
        self.target = target
        self.weight = weight
    }

    init(_ values: [Double], _ target: Target, weight: Float = 1) {
        self.init(.positional(values), target, weight: weight)
    }
}

extension SampleBlock {
    init(_ samples: some Sequence<Sample>) {
        self.init()
        for (index, sample) in samples.enumerated() {
            let shape: Shape
            switch sample.features {
            case .positional(let row):
                shape = .positional(start: values.count, count: row.count)
                values.append(contentsOf: row)
            case .named(let pairs):
                shape = .named(start: names.count, count: pairs.count)
                names.append(contentsOf: pairs.map(\.0))
                namedValues.append(contentsOf: pairs.map(\.1))
            }
            rows.append(
                Row(shape: shape, target: sample.target, weight: sample.weight, index: index))
        }
    }
}

extension LearnerConfiguration {
    /// A small plain network, so that tests of the way through the core are short.
    mutating func makeSmall() {
        model.hidden = [8]
    }

    /// One network, which learns each sample once.
    mutating func makeSingle() {
        learning.committee = 1
        learning.replay = 0
    }

    /// Inputs and targets as they are, one sample per step, plain gradient descent: what can be
    /// worked out by hand.
    mutating func makePlain(rate: Float) {
        model.hidden = []
        features.scaling = .none
        features.clip = 0
        optimizer.name = .sgd
        optimizer.learningRate = rate
        optimizer.gradientClip = 0
        learning.holdout = 0
        learning.batch = 1
        makeSingle()
    }
}
