import Randomness
import Testing

@testable import Features

@Suite struct FewValuedFeatureTests {
    /// Feeds one positional number after another.
    struct Stream {
        var schema = SampleSchema()
        var encoder: InputEncoder
        /// What each input stands for, as a network that follows the changes would have it.
        var followed: [InputColumn] = []

        init(limit: Int, hidden: Bool = true) {
            encoder = InputEncoder({ $0.oneHot = limit }, hidden: hidden)
        }

        mutating func observe(_ values: [Double]) {
            let block = schema.admit(.positional([(values, .label(.integer(0)))]))
            let change = encoder.observe(block, row: 0)
            for column in change.removed.reversed() { followed.remove(at: column) }
            followed.append(contentsOf: encoder.columns.suffix(change.appended))
            #expect(followed == encoder.columns)
        }

        func inputs(_ values: [Double]) -> [Float] {
            encoder.inputs(schema.resolve(.positional([(values, .none)])))
        }
    }

    @Test("after 60 values a feature of few gets an input for each")
    func indicatesFewValues() {
        var stream = Stream(limit: 4)
        for step in 0..<59 { stream.observe([Double(step % 3)]) }
        #expect(stream.encoder.inputCount == 1)
        stream.observe([0])
        #expect(stream.encoder.inputCount == 4)
        #expect(stream.inputs([1]).dropFirst() == [0, 1, 0])
        #expect(stream.inputs([0.5]).dropFirst() == [0, 0, 0])
        // A value that comes later has its own input from then on.
        stream.observe([3])
        #expect(stream.inputs([3]).dropFirst() == [0, 0, 0, 1])
    }

    @Test("a feature of too many values is continuous for good")
    func givesUp() {
        var stream = Stream(limit: 4)
        for step in 0..<250 { stream.observe([Double(step % 3), Double(step % 4)]) }
        #expect(stream.encoder.inputCount == 2 + 3 + 4)
        for value in [3.0, 4] { stream.observe([value, 0]) }
        // The first feature's inputs are gone, and those of the second have moved up.
        #expect(stream.encoder.inputCount == 2 + 4)
        #expect(stream.inputs([0, 1]).dropFirst(2) == [0, 1, 0, 0])
        for step in 0..<400 { stream.observe([Double(step % 2), 0]) }
        #expect(stream.encoder.inputCount == 2 + 4)
    }

    @Test(
        "a constant, a quantity, and any feature of a linear model keep one input",
        arguments: [true, false])
    func keepsOneInput(hidden: Bool) {
        var stream = Stream(limit: hidden ? 32 : 0, hidden: hidden)
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 { stream.observe([7, generator.nextNormal()]) }
        #expect(stream.encoder.inputCount == 2)

        var linear = Stream(limit: 32, hidden: false)
        for step in 0..<500 { linear.observe([Double(step % 3)]) }
        #expect(linear.encoder.inputCount == 1)
    }

    @Test("an outlier is no value of a scale")
    func ignoresOutliers() {
        var stream = Stream(limit: 3)
        for step in 0..<300 { stream.observe([Double(step % 3)]) }
        for value in [1e6, 1e7, -1e8, 1e38] { stream.observe([value]) }
        #expect(stream.encoder.inputCount == 4)
    }

    @Test("few-valued features share a bounded number of inputs")
    func boundsInputs() {
        var stream = Stream(limit: 32)
        for step in 0..<250 {
            stream.observe([Double](repeating: Double(step % 16), count: 100))
        }
        #expect(stream.encoder.inputCount <= 100 + InputEncoder.indicatorLimit)
        #expect(stream.encoder.inputCount > 100 + InputEncoder.indicatorLimit - 16)
    }
}
