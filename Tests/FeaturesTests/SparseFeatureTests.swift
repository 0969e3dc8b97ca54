import Randomness
import Testing

@testable import Features

/// Features that are zero as a rule: those first met in a wide sample that names few of them.
@Suite("A sparse feature") struct SparseFeatureTests {
    private static let size = 200

    /// An encoder that has observed rows of five random pairs each.
    private func fixture(
        rows: Int = 300, seed: UInt64 = 3, _ adjust: (inout FeatureConfiguration) -> Void = { _ in }
    ) -> (schema: SampleSchema, encoder: InputEncoder) {
        var generator = SeededGenerator(seed: seed)
        var configuration = FeatureConfiguration()
        adjust(&configuration)
        var schema = SampleSchema(features: configuration, target: TargetConfiguration())
        var encoder = InputEncoder(configuration: configuration, hasHiddenLayers: true)
        for _ in 0..<rows {
            let pairs: [(Int32, Double)] = (0..<5).map { part in
                let index = part * 40 + generator.nextIndex(below: 40)
                return (Int32(index), generator.nextNormal() * 3)
            }
            _ = encoder.observe(
                schema.admit(.sparse(pairs, size: Self.size, .label(.integer(0)))), row: 0)
        }
        return (schema, encoder)
    }

    @Test("stays zero where it is zero, and is divided by the root mean square of what it else is")
    func scale() {
        var schema = SampleSchema()
        var encoder = InputEncoder(hidden: true)
        for value in [3.0, -4, 3, -4] {
            let pairs: [(Int32, Double)] = [(7, value)]
            let block = schema.admit(.sparse(pairs, size: 64, .label(.integer(0))))
            _ = encoder.observe(block, row: 0)
        }
        let inputs = encoder.inputs(
            schema.admit(.sparse([(7, 5), (9, 1)], size: 64, .label(.integer(0)))))
        // √((9 + 16) / 2), and nothing is known of the scale of a number that never came.
        let expected = (0..<64).map { $0 == 7 ? Float(5 / (12.5).squareRoot()) : 0 }
        #expect(inputs == expected)
    }

    @Test("is the same in whatever form it comes", arguments: [UInt64](1...4))
    func forms(seed: UInt64) {
        var (schema, encoder) = fixture(seed: seed)
        let pairs: [(Int32, Double)] = [(0, 1.5), (41, -2), (199, 0)]
        var row = [Double](repeating: 0, count: Self.size)
        for (index, value) in pairs { row[Int(index)] = value }
        let sparse = schema.admit(.sparse(pairs, size: Self.size, .label(.integer(0))))
        let dense = schema.admit(.positional([(row, .label(.integer(0)))]))
        #expect(encoder.inputs(sparse) == encoder.inputs(dense))
        var other = encoder
        _ = encoder.observe(sparse, row: 0)
        _ = other.observe(dense, row: 0)
        #expect(stateBytes(encoder) == stateBytes(other))
    }

    @Test("is one of a wide sample that names a tenth at most, and has no minimum of its own")
    func others() {
        func firstInput(size: Int, count: Int, scaling: FeatureConfiguration.Scaling) -> Float {
            var schema = SampleSchema { features, _ in features.scaling = scaling }
            var encoder = InputEncoder { $0.scaling = scaling }
            for step in 0..<100 {
                let pairs: [(Int32, Double)] = (0..<count).map { (Int32($0), Double(step + 1)) }
                _ = encoder.observe(
                    schema.admit(.sparse(pairs, size: size, .label(.integer(0)))), row: 0)
            }
            let none = schema.admit(.sparse([], size: size, .label(.integer(0))))
            return encoder.inputs(none)[0]
        }
        #expect(firstInput(size: 64, count: 6, scaling: .standard) == 0)
        // Standardised, zero lies below the mean of 1 … 100.
        #expect(firstInput(size: 64, count: 7, scaling: .standard) < -1)
        #expect(firstInput(size: 63, count: 6, scaling: .standard) < -1)
        // Zero lies a 99th of the range below the minimum.
        #expect(firstInput(size: 64, count: 6, scaling: .minmax) < 0)
    }

    @Test("comes back from its state, and goes on the same")
    func state() throws {
        let (schema, encoder) = fixture()
        var first = encoder
        var second = try restored(encoder)
        #expect(stateBytes(first) == stateBytes(second))
        var door = schema
        let block = door.admit(.sparse([(3, 2), (90, -1)], size: Self.size, .label(.integer(0))))
        _ = first.observe(block, row: 0)
        _ = second.observe(block, row: 0)
        #expect(first.inputs(block) == second.inputs(block))
        #expect(stateBytes(first) == stateBytes(second))
    }

    @Test("has a scale that another program can apply")
    func exported() {
        var (schema, encoder) = fixture()
        let block = schema.admit(.sparse([(41, 2)], size: Self.size, .label(.integer(0))))
        let scale = encoder.scale(ofFeature: 41)
        #expect(scale.shift == 0 && scale.missing == 0)
        let column = encoder.columns.firstIndex(of: .number(feature: 41))
        #expect(column.map { encoder.inputs(block)[$0] } == Float(2 * scale.factor))
    }
}
