import Features
import NeuralNetwork
import StateCoding
import TestSupport
import Testing

@testable import Learner

@Suite("A learner that starts from a model") struct ImportTests {
    private static func model(of run: Run) throws -> ImportedModel {
        let exported = try #require(run.learner.predictor()).exported()
        return try #require(
            ImportedModel(
                layers: exported.parts[0].layers, activation: exported.parts[0].activation,
                loss: exported.loss, schema: exported.schema, encoder: exported.encoder,
                scaler: exported.scaler))
    }

    private static func trained() -> Run {
        // One network: a file holds the lead of a committee, and here it is to hold everything.
        var run = Run {
            $0.makeSmall()
            $0.makeSingle()
            $0.features.scaling = .minmax
        }
        run.take(Streams.classes(200, seed: 1))
        return run
    }

    /// The others of a committee know nothing yet and have no share in the answer.
    @Test(
        "answers as the model did, whatever it was configured to be",
        arguments: [nil, 1, 2] as [Int?])
    func answers(committee: Int?) throws {
        let first = Self.trained()
        var second = Run {
            $0.learning.committee = committee
            $0.model.hidden = [3, 3]
        }
        second.obey(.adopt(try Self.model(of: first)))
        for sample in Streams.classes(20, seed: 2) {
            let answer = try second.prediction(sample.features)
            #expect(answer == (try first.prediction(sample.features)))
        }
        let report = second.learner.report()
        #expect(report.hiddenWidths == [8] && report.counts.learned == 0)
        #expect(second.learner.configuration.features.scaling == .minmax)
    }

    @Test("goes on after a restart as without one")
    func survives() throws {
        var run = Run()
        run.obey(.adopt(try Self.model(of: Self.trained())))
        var copy = Run()
        copy.learner = try Learner(
            configuration: LearnerConfiguration(), stateBytes: run.learner.stateBytes())
        run.schema = run.learner.schema
        copy.schema = copy.learner.schema
        for sample in Streams.classes(50, seed: 3) {
            run.take([sample])
            copy.take([sample])
        }
        #expect(run.learner.stateBytes() == copy.learner.stateBytes())
        #expect(run.learner.counts.learned == 50)
    }

    @Test("does so only before its first sample")
    func keepsWhatItHas() throws {
        let model = try Self.model(of: Self.trained())
        var run = Run { $0.makeSmall() }
        run.take(Streams.classes(10, seed: 4))
        let before = try run.prediction(.positional([1, 2, 3]))
        run.obey(.adopt(model))
        #expect(try run.prediction(.positional([1, 2, 3])) == before)
    }

    @Test("is told so in bytes, and bytes that fit no model are refused")
    func coding() throws {
        let model = try Self.model(of: Self.trained())
        let bytes = stateBytes(of: model)
        #expect(try value(ImportedModel.self, fromState: bytes) == model)
        for count in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: StateError.self) {
                _ = try value(ImportedModel.self, fromState: Array(bytes.prefix(count)))
            }
        }
        #expect(
            ImportedModel(
                layers: Array(model.layers.dropFirst()), activation: .relu, loss: model.loss,
                schema: model.schema, encoder: model.encoder, scaler: nil) == nil)
    }
}
