import Randomness
import Testing

@testable import Kernels

@Suite("Predictions of several samples") struct PredictionTests {
    /// Both layouts in first, middle and last layers, and odd sizes around the blocks of lanes and
    /// the tiles of units.
    static let shapes: [[Int]] = [
        [1, 1], [0, 3], [3, 2, 1], [15, 17, 2], [17, 33, 1], [50, 48, 31, 5], [5, 64, 18, 19],
        [7, 40, 20, 3], [2, 129, 6], [260, 21, 1],
    ]
    /// From one to more than every level takes at once, through all sizes of a group.
    static let sampleCounts = Array(1...33)

    /// Predicts all samples in one call, and each in its own.
    private static func expectSameBits(
        _ shape: NetworkShape, loss: Loss, activation: Activation, liveShare: Float
    ) {
        var generator = SeededGenerator(seed: 11)
        var network = NetworkParameters(shape: shape, rule: .sgd)
        network.draw(from: &generator)
        let width = shape.inputCount
        let inputs = (0..<33 * width).map { _ in
            generator.nextUniform() < liveShare ? Float(generator.nextNormal()) : 0
        }
        for level in KernelLevel.allCases where level.isAvailable {
            var workspace = Workspace(level: level)
            func predict(_ samples: Range<Int>) -> [UInt32] {
                var outputs = [Float](repeating: .nan, count: samples.count * shape.outputCount)
                var span = outputs.mutableSpan
                network.weights.predict(
                    inputs.span.extracting(samples.lowerBound * width..<samples.upperBound * width),
                    into: &span, activation: activation, loss: loss, using: &workspace)
                return outputs.map(\.bitPattern)
            }
            let alone = (0..<33).flatMap { predict($0..<$0 + 1) }
            #expect(!alone.contains(Float.nan.bitPattern))
            for count in sampleCounts {
                // From the end as well, so that a sample stands at another place of the group.
                #expect(predict(0..<count) == Array(alone.prefix(count * shape.outputCount)))
                #expect(
                    predict(33 - count..<33) == Array(alone.suffix(count * shape.outputCount)),
                    "\(level), \(shape.unitCounts), \(activation), \(loss), \(liveShare)")
            }
        }
    }

    @Test("have the bits of one by one", arguments: shapes, Activation.allCases)
    func companyChangesNothing(counts: [Int], activation: Activation) {
        for loss in Loss.allCases where loss != .logistic || counts.last == 1 {
            // Dense inputs, and so few that are not zero that they are listed.
            for liveShare: Float in [1, 0.1] {
                Self.expectSameBits(
                    NetworkShape(unitCounts: counts), loss: loss, activation: activation,
                    liveShare: liveShare)
            }
        }
    }

    @Test(
        "have the bits of one by one where a layer reads several levels",
        arguments: Activation.allCases)
    func bypassesChangeNothing(activation: Activation) {
        let shape = NetworkShape(unitCounts: [9, 20, 35, 4], sources: [0, 0, 1])
        Self.expectSameBits(shape, loss: .crossEntropy, activation: activation, liveShare: 1)
    }
}
