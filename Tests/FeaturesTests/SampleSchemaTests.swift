import Testing

@testable import Features

@Suite struct SampleSchemaTests {
    @Test("the first labelled sample fixes the number of positional features")
    func fixesCount() throws {
        var schema = SampleSchema()
        #expect(schema.refusal(ofPositional: [1, 2, 3], .none) == nil)
        #expect(schema.form == .unknown)
        #expect(schema.refusal(ofPositional: [1, 2]) == nil)
        #expect(schema.form == .positional)
        #expect(schema.featureCount == 2)

        let refusal = try #require(
            schema.admit(.positional([([1, 2, 3], .label(.integer(0)))])).refusals.first?.refusal)
        #expect(refusal.code == .shapeMismatch)
        #expect(refusal.message.contains("3") && refusal.message.contains("2"))
        #expect(schema.refusal(ofNamed: [("a", .number(1))]) == .shapeMismatch)
    }

    @Test("named samples may grow, and a positional one of the full count is in schema order")
    func namedGrows() {
        var schema = SampleSchema()
        #expect(schema.refusal(ofNamed: [("b", .number(1))]) == nil)
        #expect(schema.refusal(ofNamed: [("a", .number(1)), ("b", .number(2))]) == nil)
        #expect(schema.featureNames == ["b", "a"])
        #expect(schema.refusal(ofPositional: [1]) == .shapeMismatch)
        let admitted = schema.admit(.positional([([5, 6], .label(.integer(0)))]))
        #expect(admitted.rows.first?.features == .dense(start: 0, count: 2))
    }

    @Test("features beyond the limit are refused, or hashed when hashing is on")
    func limitsFeatures() {
        var strict = SampleSchema { features, _ in features.maxFeatures = 2 }
        let three = ["a", "b", "c"].map { ($0, FeatureValue.number(1)) }
        #expect(strict.refusal(ofNamed: three) == .tooManyFeatures)
        #expect(strict.featureCount == 0)
        #expect(strict.refusal(ofNamed: Array(three.prefix(2))) == nil)
        #expect(strict.refusal(ofNamed: [three[2]]) == .tooManyFeatures)
        #expect(strict.refusal(ofPositional: [1, 2, 3]) == .shapeMismatch)

        var hashed = SampleSchema { features, _ in
            features.maxFeatures = 2
            features.hashing = 16
        }
        let admitted = hashed.admit(.named([(three, .label(.integer(0)))]))
        #expect(admitted.refusals.isEmpty)
        #expect(hashed.featureCount == 2)
        #expect((2..<18).contains(Int(admitted.entries[2].feature)))

        var positional = SampleSchema { features, _ in features.maxFeatures = 2 }
        #expect(positional.refusal(ofPositional: [1, 2, 3]) == .tooManyFeatures)
    }

    @Test(
        "the hash is FNV-1a",
        arguments: [
            ("", 0xcbf2_9ce4_8422_2325 as UInt64),
            ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
        ])
    func hashIsPublished(text: String, expected: UInt64) {
        // The expected values are the test vectors of draft-eastlake-fnv, appendix C.
        var hash = StableHash()
        hash.combine(text)
        #expect(hash.bits == expected)
    }

    @Test("labels are compared by their text and given back as they came first")
    func comparesLabels() {
        var schema = SampleSchema()
        let targets: [Target] = [
            .label(.integer(1)), .label(.text("1")), .label(.boolean(true)),
            .label(.text("true")), .number(1), .label(.text("UP")),
        ]
        let admitted = schema.admit(.positional(targets.map { ([1], $0) }))
        #expect(admitted.refusals.isEmpty)
        let indices = admitted.rows.map(\.target)
        #expect(indices == [0, 0, 1, 1, 0, 2].map { .classIndex($0) })
        #expect(schema.classes == [.integer(1), .boolean(true), .text("UP")])
    }

    @Test("many integer classes keep their indices")
    func manyClasses() {
        var schema = SampleSchema()
        for round in 0..<2 {
            let rows = (0..<100).map { ([Double(round)], Target.label(.integer(Int64($0 * 7)))) }
            let admitted = schema.admit(.positional(rows))
            #expect(admitted.rows.map(\.target) == (0..<100).map { .classIndex($0) })
        }
    }

    @Test("configured classes come first and unknown ones are appended up to the limit")
    func configuredClasses() {
        var schema = SampleSchema { _, target in
            target.classes = [.text("UP"), .text("DOWN")]
            target.maxClasses = 3
        }
        #expect(schema.task == .classification)
        #expect(schema.refusal(ofPositional: [1], .label(.text("FLAT"))) == nil)
        #expect(schema.classes.count == 3)
        #expect(schema.refusal(ofPositional: [1], .label(.text("NEW"))) == .tooManyClasses)
        #expect(schema.refusal(ofPositional: [1], .label(.text("DOWN"))) == nil)
    }

    /// A first target, a second one, and how the second fares.
    static let targets: [(Target, Target, Refusal.Code?)] = [
        (.label(.text("a")), .number(1.5), .wrongType),
        (.label(.text("a")), .number(.nan), .notFinite),
        (.label(.text("a")), .number(2), nil),
        (.label(.text("a")), .vector([1, 2]), .wrongType),
        (.label(.integer(1)), .label(.boolean(true)), nil),
        (.number(1.5), .label(.integer(2)), nil),
        (.number(1.5), .label(.text("2")), .wrongType),
        (.number(1.5), .label(.boolean(false)), .wrongType),
        (.number(1.5), .number(.infinity), .notFinite),
        (.number(1.5), .vector([1, 2]), .shapeMismatch),
        (.vector([1, 2]), .number(1.5), .shapeMismatch),
        (.vector([1, 2]), .vector([3, 4]), nil),
        (.vector([1, 2]), .vector([3, .nan]), .notFinite),
        (.vector([1, 2]), .vector([]), .shapeMismatch),
    ]

    @Test("the first label decides the task, and later ones have to fit it", arguments: targets)
    func decidesTask(first: Target, second: Target, expected: Refusal.Code?) {
        var schema = SampleSchema()
        #expect(schema.refusal(ofPositional: [1], first) == nil)
        let before = stateBytes(schema)
        #expect(schema.refusal(ofPositional: [1], second) == expected)
        if expected != nil { #expect(stateBytes(schema) == before) }
    }

    @Test(
        "an infinite number is refused, a missing one is not unless configured",
        arguments: [FeatureConfiguration.Missing.mean, .zero, .reject])
    func refusesInfinity(missing: FeatureConfiguration.Missing) {
        let expected: Refusal.Code? = missing == .reject ? .badValue : nil
        var positional = SampleSchema { features, _ in features.missing = missing }
        #expect(positional.refusal(ofPositional: [1, .infinity]) == .notFinite)
        #expect(positional.refusal(ofPositional: [1, 2]) == nil)
        #expect(positional.refusal(ofPositional: [1, .nan]) == expected)
        #expect(positional.refusal(ofPositional: [.nan, -.infinity]) != nil)

        var named = SampleSchema { features, _ in features.missing = missing }
        #expect(named.refusal(ofNamed: [("a", .number(.infinity))]) == .notFinite)
        #expect(named.refusal(ofNamed: [("a", .number(1)), ("b", .number(1))]) == nil)
        #expect(named.refusal(ofNamed: [("a", .missing), ("b", .number(1))]) == expected)
        #expect(named.refusal(ofNamed: [("b", .number(1))]) == expected)
    }

    @Test(
        "a weight or time that is no number is refused",
        arguments: [
            (-1 as Float, nil as Double?, Refusal.Code.badValue), (.infinity, nil, .badValue),
            (.nan, nil, .badValue), (1, .nan, .notFinite),
        ])
    func refusesWeights(weight: Float, time: Double?, expected: Refusal.Code) {
        var block = SampleBlock.positional([([1], .label(.integer(0)))])
        block.rows[0].weight = weight
        block.rows[0].time = time
        var schema = SampleSchema()
        #expect(schema.admit(block).refusals.map(\.refusal.code) == [expected])
        block.rows[0].weight = 0
        block.rows[0].time = 1
        #expect(schema.admit(block).rows.map(\.weight) == [0])
    }

    @Test("refusals of the message and of the schema come in the order of their indices")
    func mergesRefusals() {
        var block = SampleBlock.positional([
            ([1], .label(.integer(0))), ([1, 2], .label(.integer(0))), ([2], .label(.integer(0))),
            ([], .label(.integer(0))),
        ])
        for (position, index) in [1, 2, 4, 6].enumerated() { block.rows[position].index = index }
        let unread = Refusal(.badJSON, "unreadable")
        block.refusals = [0, 3, 5, 7].map { IndexedRefusal(index: $0, refusal: unread) }
        var schema = SampleSchema()
        let admitted = schema.admit(block)
        #expect(admitted.refusals.map(\.index) == [0, 2, 3, 5, 6, 7])
        #expect(admitted.rows.map(\.index) == [1, 4])
    }

    @Test("a late label is set apart and refused, a sample without features lacks `x`")
    func refusesLateLabels() {
        var block = SampleBlock()
        let identifier = SampleIdentifier.text("a17")
        block.rows = [
            .init(shape: .absent, target: .label(.text("UP")), identifier: identifier, index: 0),
            .init(shape: .absent, target: .label(.text("UP")), index: 1),
            .init(shape: .absent, identifier: identifier, index: 2),
        ]
        var schema = SampleSchema()
        let admitted = schema.admit(block)
        #expect(
            admitted.refusals.map(\.refusal.code) == [
                .unknownIdentifier, .missingField, .missingField,
            ])
        #expect(schema == SampleSchema())
        let codes = schema.resolve(block).refusals.map(\.refusal.code)
        #expect(codes == [.missingField, .missingField, .missingField])
    }

    @Test("names longer than the limit and empty samples are refused")
    func refusesNames() {
        var schema = SampleSchema()
        let long = String(repeating: "n", count: 257)
        #expect(schema.refusal(ofNamed: [(long, .number(1))]) == .tooLarge)
        #expect(schema.refusal(ofNamed: [("n", .number(1))], .label(.text(long))) == .tooLarge)
        #expect(schema.refusal(ofNamed: []) == .badValue)
        #expect(schema.refusal(ofPositional: []) == .badValue)
        #expect(schema == SampleSchema())
    }

    @Test("a refusal is one line whatever the name holds")
    func keepsOneLine() throws {
        var schema = SampleSchema()
        let name = "a\n\u{2028}\r\u{85}" + String(repeating: "x", count: 200)
        let admitted = schema.admit(.named([([(name, .number(.infinity))], .none)]))
        let message = try #require(admitted.refusals.first?.refusal.message)
        #expect(!message.contains { $0.isNewline })
        #expect(message.utf8.count < 200)
    }

    @Test("column names make a positional message a named one")
    func resolvesColumnNames() {
        var schema = SampleSchema()
        var block = SampleBlock.positional([
            ([1, 2], .none), ([3, 4], .label(.integer(0))), ([5, .nan], .label(.integer(1))),
        ])
        block.columnNames = ["b", "a"]
        let first = schema.admit(block)
        #expect(first.refusals.isEmpty)
        #expect(schema.featureNames == ["b", "a"])
        // Nothing was known when the first row came, and everything when the last one did.
        #expect(first.rows[0].features == .entries(start: 0, count: 0))
        #expect(first.rows[1].features == .entries(start: 0, count: 2))
        #expect(first.rows[2].features == .dense(start: 4, count: 2))

        block.columnNames = ["a", "c"]
        let second = schema.resolve(block)
        #expect(second.entries.map(\.feature) == [1, 1, 1])
        #expect(second.entries.map(\.content) == [.number(1), .number(3), .number(5)])

        block.columnNames = ["a", "a"]
        #expect(
            schema.admit(block).refusals.map(\.refusal.code) == [.badValue, .badValue, .badValue])
        block.columnNames = ["a"]
        #expect(Set(schema.admit(block).refusals.map(\.refusal.code)) == [.shapeMismatch])
    }

    @Test("a category is new once, shared by strings and Booleans, and hashed beyond the limit")
    func resolvesCategories() throws {
        var schema = SampleSchema()
        let values: [FeatureValue] = [.category("true"), .boolean(true), .boolean(false)]
        let admitted = schema.admit(.named(values.map { ([("c", $0)], .label(.integer(0))) }))
        #expect(admitted.entries.map(\.content) == [.category(0), .category(0), .category(1)])
        #expect(schema.categories(ofFeature: 0) == ["true", "false"])

        let many = (0..<1_000).map { ([("c", FeatureValue.category("v\($0)"))], Target.number(1)) }
        _ = schema.admit(.named(many))
        #expect(schema.categories(ofFeature: 0).count == SampleSchema.categoryLimit)
        let late = schema.resolve(.named([([("c", .category("v999"))], .none)]))
        guard case .category(let index) = try #require(late.entries.first).content else {
            Issue.record("a category beyond the limit has no index")
            return
        }
        #expect((256..<320).contains(index))
    }

    @Test("a text longer than the limit is never kept as a category")
    func hashesLongCategories() {
        var schema = SampleSchema()
        let long = String(repeating: "v", count: 300)
        let admitted = schema.admit(.named([([("c", .category(long))], .label(.integer(0)))]))
        #expect(admitted.refusals.isEmpty)
        #expect(schema.categories(ofFeature: 0).isEmpty)
    }
}
