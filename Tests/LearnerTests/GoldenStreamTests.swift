import Datasets
import Features
import Foundation
import Testing

@testable import Learner

/// The development streams, which lie beside the repository on development machines.
enum RecordedStream {
    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/data")

    static var exist: Bool { FileManager.default.fileExists(atPath: directory.path) }

    /// Learns a whole stream.
    ///
    /// - Parameter note: Called after each block of 100 rows.
    static func run(
        _ name: String, task: Features.Task? = nil,
        _ adjust: (inout LearnerConfiguration) -> Void, note: (Run) -> Void = { _ in }
    ) throws -> Run {
        var run = Run {
            $0.target.task = task
            $0.makeSingle()
            adjust(&$0)
        }
        let path = directory.appending(path: name + ".csv.gz").path
        var reader = try DatasetReader(path: path, target: "target", task: task)
        var block = SampleBlock()
        while try reader.next(into: &block, limit: 100) > 0 {
            #expect(run.take(block).isEmpty)
            note(run)
        }
        return run
    }
}

@Suite("On recorded streams", .enabled(if: RecordedStream.exist, "../shared/data is absent"))
struct GoldenStreamTests {
    /// Metrics and weights of River 0.26.1: `StandardScaler | LogisticRegression(SGD(0.01))` over
    /// `datasets.Phishing()`, with an intercept rate of 0.01.
    @Test("logistic regression on phishing gives River's figures and weights")
    func phishing() throws {
        let run = try RecordedStream.run("phishing") { configuration in
            configuration.model.hidden = []
            configuration.features.forgetting = 0
            configuration.features.clip = 0
            configuration.optimizer.name = .sgd
            configuration.optimizer.learningRate = 0.01
            configuration.optimizer.gradientClip = 0
            configuration.learning.holdout = 0
            configuration.learning.batch = 1
            configuration.target.classes = [.integer(0), .integer(1)]
        }
        guard case .classification(let total, _, _, _, _) = run.learner.report().quality else {
            Issue.record("the task is classification")
            return
        }
        #expect(total.sampleCount == 1_250)
        #expect((total.accuracy - 0.8928).magnitude < 1e-5)
        #expect((total.logLoss - 0.330_112_046_4).magnitude < 1e-5)
        #expect((total.kappa - 0.783_077_170_1).magnitude < 1e-5)
        let f1 = try #require(total.f1)
        #expect((f1 - 0.879_712_746_9).magnitude < 1e-5)

        let weights: [(String, Float)] = [
            ("empty_server_form_handler", -1.14823), ("popup_window", -0.953876),
            ("https", -0.84237), ("request_from_other_domain", -0.30616),
            ("anchor_from_other_domain", -0.165332), ("is_popular", 0.182453),
            ("long_url", -0.259002), ("age_of_domain", -0.194228), ("ip_in_url", 0.04593),
        ]
        let network = try #require(run.learner.lead?.network)
        #expect(network.inputCount == weights.count)
        for (feature, (name, weight)) in weights.enumerated() {
            #expect(run.learner.schema.featureNames[feature] == name)
            let column = try #require(
                run.learner.encoder.columns.firstIndex(of: .number(feature: feature)))
            let learned = network.weight(layer: 0, unit: 0, input: column)
            #expect((learned - weight).magnitude < 1e-4, "\(name): \(learned)")
        }
        #expect((network.bias(layer: 0, unit: 0) - -0.354_066_187_5).magnitude < 1e-4)
    }

    @Test("intervals cover nine of ten hours of bike_sharing, in each third of the two years")
    func intervalCoverage() throws {
        var hits: [Double] = [0]
        var counts: [Double] = [0]
        let run = try RecordedStream.run("bike_sharing", task: .regression) { _ in
        } note: { run in
            guard let shares = run.learner.intervals?.hits, let total = shares.total else { return }
            counts.append(Double(shares.count))
            hits.append(total * Double(shares.count))
        }
        let coverage = try #require(run.learner.report().intervalCoverage)
        #expect((coverage.total - 0.9).magnitude < 0.02)
        let third = counts.count / 3
        for start in [0, third, 2 * third] {
            let end = min(start + third, counts.count - 1)
            let share = (hits[end] - hits[start]) / (counts[end] - counts[start])
            #expect((share - 0.9).magnitude < 0.02, "from block \(start): \(share)")
        }
        // An interval that covers because it is as wide as the whole range says nothing: the
        // targets' own 5 and 95 % quantiles lie some 559 apart.
        let radius = try #require(run.learner.predictor()?.intervalRadius)
        #expect(radius > 0 && 2 * radius < 300)
    }
}
