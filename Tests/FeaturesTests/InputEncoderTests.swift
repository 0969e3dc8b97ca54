import Randomness
import StateCoding
import Testing

@testable import Features

@Suite struct InputEncoderTests {
    @Test("without forgetting and clip the inputs are those of River's StandardScaler")
    func reproducesRiver() {
        // River 0.26.1, `preprocessing.StandardScaler`, learn_one then transform_one, on feature
        // f = (u - 0.5)·10^f + 3·f with u drawn row by row from SplitMix64, seed 7.
        let expected: [Int: [Double]] = [
            0: [0, 0, 0],
            1: [1, 1, -1],
            2: [-0.15489422251813534, 0.3400509802909262, -0.8708484048140096],
            10: [1.5651928030869746, -1.3095945755403116, -0.3657854908456195],
            199: [-0.519038218523048, -1.156132503482144, 1.5725001612557563],
        ]
        var generator = SeededGenerator(seed: 7)
        var schema = SampleSchema()
        var encoder = InputEncoder { features in
            features.forgetting = 0
            features.clip = 0
        }
        for row in 0..<200 {
            let values = [1.0, 10, 100].enumerated().map { feature, scale in
                (generator.nextUniformDouble() - 0.5) * scale + 3 * Double(feature)
            }
            let block = schema.admit(.positional([(values, .label(.integer(0)))]))
            _ = encoder.observe(block, row: 0)
            if let expected = expected[row] {
                #expect(encoder.inputs(block) == expected.map(Float.init))
            }
        }
        let means = [0.0016123126420020304, 2.940035644512596, 4.963721800855615]
        let variances = [0.08054846682374449, 7.947214107302872, 884.6450709561605]
        for feature in 0..<3 {
            #expect(encoder.statistics(ofFeature: feature).mean == means[feature])
            let deviation = variances[feature].squareRoot()
            #expect(encoder.statistics(ofFeature: feature).deviation == deviation)
            #expect(encoder.statistics(ofFeature: feature).clipped == 0)
        }
    }

    @Test("a feature or category that appears moves no other input", arguments: [UInt64](1...20))
    func newFeaturesMoveNothing(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var schema = SampleSchema()
        var encoder = InputEncoder({ $0.oneHot = 0 }, hidden: true)
        var names: [String] = []
        for _ in 0..<60 {
            // Names of random letters sort before and behind the old ones alike.
            let name = String((0..<4).map { _ in "abcdefgh".randomLetter(&generator) })
            if !names.contains(name) { names.append(name) }
            var pairs: [(String, FeatureValue)] = []
            for name in names where generator.nextIndex(below: 3) > 0 {
                pairs.append((name, Self.value(&generator)))
            }
            if pairs.isEmpty { continue }
            let probe = schema.resolve(.named([(pairs, .none)]))
            let columns = encoder.columns
            let before = encoder.inputs(probe)
            let newcomer = ("z\(name)", FeatureValue.number(1))
            let block = schema.admit(.named([([newcomer], .label(.integer(0)))]))
            let change = encoder.observe(block, row: 0)
            #expect(change.removed.isEmpty)
            #expect(Array(encoder.columns.prefix(columns.count)) == columns)
            #expect(encoder.inputCount == columns.count + change.appended)
            // The newcomer is not in the probe, so its input is that of a missing feature: 0.
            let expected = before + [Float](repeating: 0, count: change.appended)
            #expect(encoder.inputs(probe) == expected)
            let learned = schema.admit(.named([(pairs, .label(.integer(0)))]))
            _ = encoder.observe(learned, row: 0)
        }
    }

    private static func value(_ generator: inout SeededGenerator) -> FeatureValue {
        generator.nextIndex(below: 3) == 0
            ? .category("c\(generator.nextIndex(below: 5))") : .number(generator.nextNormal())
    }

    @Test("the order in which a sender writes names does not matter")
    func ignoresOrderOfNames() {
        let pairs: [(String, FeatureValue)] = [
            ("a", .number(1)), ("b", .category("x")), ("c", .number(3)),
        ]
        let adjust = { (features: inout FeatureConfiguration, _: inout TargetConfiguration) in
            features.names = ["a", "b", "c"]
        }
        var forward = SampleSchema(adjust)
        var backward = SampleSchema(adjust)
        var first = InputEncoder()
        var second = InputEncoder()
        let target = Target.label(.integer(0))
        _ = first.observe(forward.admit(.named([(pairs, target)])), row: 0)
        _ = second.observe(backward.admit(.named([(pairs.reversed(), target)])), row: 0)
        #expect(first == second)
        #expect(
            first.columns == [
                .number(feature: 0), .category(feature: 1, category: 0), .number(feature: 2),
            ])
    }

    /// Scaling and missing rule, and what stands for a missing value of a feature that was 2 and 6
    /// (mean 4, deviation 2, range 2...6).
    static let missing: [(FeatureConfiguration.Scaling, FeatureConfiguration.Missing, Float)] = [
        (.standard, .mean, 0), (.standard, .zero, -2), (.standard, .reject, 0),
        (.minmax, .mean, 0.5), (.minmax, .zero, -0.5), (.none, .mean, 4), (.none, .zero, 0),
    ]

    @Test("a missing value stands for the mean or for zero in every form", arguments: missing)
    func encodesMissing(
        scaling: FeatureConfiguration.Scaling, missing: FeatureConfiguration.Missing,
        expected: Float
    ) {
        var schema = SampleSchema()
        var encoder = InputEncoder { features in
            features.scaling = scaling
            features.missing = missing
        }
        let target = Target.label(.integer(0))
        for value in [2.0, 6] {
            let pairs = [("a", FeatureValue.number(value)), ("b", .number(1))]
            _ = encoder.observe(schema.admit(.named([(pairs, target)])), row: 0)
        }
        let absent = schema.resolve(.named([([("b", .number(1))], .none)]))
        let null = schema.resolve(.named([([("a", .missing), ("b", .number(1))], .none)]))
        let dense = schema.resolve(.positional([([.nan, 1], .none)]))
        for block in [absent, null, dense] {
            #expect(encoder.inputs(block)[0] == expected)
        }
    }

    @Test("a sparse sample is the dense one with zeros")
    func sparseIsDense() {
        var schema = SampleSchema()
        var encoder = InputEncoder({ $0.oneHot = 8 }, hidden: true)
        var twin = encoder
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let pairs = (0..<4).filter { _ in generator.nextIndex(below: 2) == 0 }.map {
                (Int32($0), Double(generator.nextIndex(below: 3)))
            }
            var values = [Double](repeating: 0, count: 4)
            for (index, value) in pairs { values[Int(index)] = value }
            let sparse = schema.admit(.sparse(pairs, size: 4, .label(.integer(0))))
            let dense = schema.admit(.positional([(values, .label(.integer(0)))]))
            let change = encoder.observe(sparse, row: 0)
            #expect(twin.observe(dense, row: 0) == change)
            #expect(encoder.inputs(sparse) == twin.inputs(dense))
        }
        #expect(encoder == twin)
        #expect(encoder.inputCount > 4)
    }

    @Test("a category has an input of its own, 1 or 0, and an unknown one has none")
    func encodesCategories() {
        var schema = SampleSchema()
        var encoder = InputEncoder()
        for text in ["x", "y", "x"] {
            let pairs = [("c", FeatureValue.category(text))]
            _ = encoder.observe(schema.admit(.named([(pairs, .label(.integer(0)))])), row: 0)
        }
        func inputs(_ value: FeatureValue) -> [Float] {
            encoder.inputs(schema.resolve(.named([([("c", value)], .none)])))
        }
        #expect(inputs(.category("x")) == [1, 0])
        #expect(inputs(.category("y")) == [0, 1])
        #expect(inputs(.category("never seen")) == [0, 0])
        #expect(inputs(.missing) == [0, 0])
        // Predictions have taught it nothing.
        #expect(schema.categories(ofFeature: 0) == ["x", "y"])
        #expect(encoder.statistics(ofFeature: 0).categories == 3)
        #expect(encoder.statistics(ofFeature: 0).missing == 0)
    }

    @Test("a feature of endless categories takes bounded room")
    func boundsCategories() {
        var schema = SampleSchema()
        var encoder = InputEncoder()
        for number in 0..<5_000 {
            let pairs = [("c", FeatureValue.category("session \(number)"))]
            _ = encoder.observe(schema.admit(.named([(pairs, .label(.integer(0)))])), row: 0)
        }
        #expect(encoder.inputCount == 256 + 64)
    }

    @Test("hashed names and categories take no more inputs than there are buckets")
    func boundsBuckets() {
        let adjust = { (features: inout FeatureConfiguration) in
            features.maxFeatures = 4
            features.hashing = 32
        }
        var schema = SampleSchema { features, _ in adjust(&features) }
        var encoder = InputEncoder(adjust)
        for number in 0..<1_000 {
            let pairs = [
                ("n\(number)", FeatureValue.number(Double(number))),
                ("c", .category("v\(number)")),
            ]
            let block = schema.admit(.named([(pairs, .label(.integer(0)))]))
            #expect(block.refusals.isEmpty)
            _ = encoder.observe(block, row: 0)
            #expect(encoder.inputs(block).allSatisfy { $0.isFinite })
        }
        #expect(encoder.inputCount == 4 + 32)
    }

    @Test("a hashed number that is always the same is told from its absence")
    func seesHashedConstants() {
        let adjust = { (features: inout FeatureConfiguration) in
            features.maxFeatures = 1
            features.hashing = 64
        }
        var schema = SampleSchema { features, _ in adjust(&features) }
        var encoder = InputEncoder(adjust)
        let with = schema.admit(
            .named([([("a", .number(2)), ("word", .number(3))], .label(.integer(0)))]))
        let without = schema.admit(.named([([("a", .number(2))], .label(.integer(1)))]))
        for _ in 0..<50 {
            _ = encoder.observe(with, row: 0)
            _ = encoder.observe(without, row: 0)
        }
        // 3 divided by the root mean square of threes.
        #expect(encoder.inputs(with).contains(1))
        #expect(encoder.inputs(without).allSatisfy { $0 == 0 })
    }

    @Test("past targets are inputs, the newest first")
    func remembersTargets() {
        var schema = SampleSchema()
        var encoder = InputEncoder { $0.targetHistory = 2 }
        let block = schema.admit(.positional([([1], .label(.integer(0)))]))
        _ = encoder.observe(block, row: 0)
        #expect(encoder.inputs(block) == [0])
        #expect(encoder.observeTarget(classIndex: 0) == InputChange(appended: 2))
        #expect(encoder.inputs(block) == [0, 1, 0])
        #expect(encoder.observeTarget(classIndex: 1) == InputChange(appended: 2))
        #expect(encoder.inputs(block) == [0, 0, 1, 1, 0])
        #expect(encoder.observeTarget(classIndex: 1) == InputChange())
        #expect(encoder.inputs(block) == [0, 0, 0, 1, 1])

        var numbers = InputEncoder { $0.targetHistory = 2 }
        #expect(numbers.observeTarget(standardised: [0.5, -1]) == InputChange(appended: 4))
        #expect(numbers.observeTarget(standardised: [2, 3]) == InputChange())
        let expected: [InputColumn: Float] = [
            .pastNumber(lag: 0, output: 0): 2, .pastNumber(lag: 1, output: 0): 0.5,
            .pastNumber(lag: 0, output: 1): 3, .pastNumber(lag: 1, output: 1): -1,
        ]
        let inputs = numbers.inputs(block)
        for (index, column) in numbers.columns.enumerated() {
            #expect(inputs[index] == expected[column])
        }
    }

    @Test(
        "an encoder that is read back behaves as the one that was written",
        arguments: [UInt64](1...6))
    func restores(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let adjust = { (features: inout FeatureConfiguration) in
            features.maxFeatures = 20
            features.hashing = seed % 2 == 0 ? 32 : 0
            features.targetHistory = 2
            features.oneHot = 8
        }
        var schema = SampleSchema { features, _ in adjust(&features) }
        var encoder = InputEncoder(adjust, hidden: true)
        for step in 0..<400 {
            let block = schema.admit(SchemaAgreementTests.randomBlock(&generator))
            for row in block.rows.indices where block.rows[row].isLabelled {
                _ = encoder.observe(block, row: row)
                if case .classIndex(let index) = block.rows[row].target {
                    _ = encoder.observeTarget(classIndex: index)
                }
            }
            if step % 50 == 0 {
                let copy = try restored(encoder)
                #expect(copy == encoder)
                #expect(stateBytes(copy) == stateBytes(encoder))
            }
        }
        #expect(encoder.inputCount > 20)

        let bytes = stateBytes(encoder)
        for length in stride(from: 0, to: bytes.count, by: 37) {
            var reader = StateReader(bytes: Array(bytes.prefix(length)))
            #expect(throws: StateError.self) { try reader.read(InputEncoder.self) }
        }
    }
}

extension String {
    fileprivate func randomLetter(_ generator: inout SeededGenerator) -> Character {
        self[index(startIndex, offsetBy: generator.nextIndex(below: count))]
    }
}
