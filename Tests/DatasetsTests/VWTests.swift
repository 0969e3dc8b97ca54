import Datasets
import Features
import Testing

@Suite("Vowpal Wabbit text")
struct VWTests {
    @Test(
        "labels, importance, tags, namespaces and features",
        arguments: [
            ("1 | a:2 b", ["a", "b"], [FeatureValue.number(2), .boolean(true)]),
            ("1 |n a:2 b:-1.5", ["n^a", "n^b"], [.number(2), .number(-1.5)]),
            (
                "1 |n:2 a:2 |m b |n c:1", ["n^a", "m^b", "n^c"],
                [.number(4), .boolean(true), .number(1)]
            ),
            ("1 |n colour=red", ["n^colour"], [.category("red")]),
            ("1 | a:1 a:2", ["a"], [.number(3)]),
            ("1 | =x t:u:3", ["=x", "t:u"], [.boolean(true), .number(3)]),
            ("1 |", [], []), ("1 0.5 0.1 'tag | a:1", ["a"], [.number(1)]),
        ] as [(String, [String], [FeatureValue])])
    func features(line: String, names: [String], values: [FeatureValue]) throws {
        let reading = try Fixture.read(line + "\n", name: "t.vw")
        #expect(reading.errors.isEmpty)
        #expect(reading.features == [.named(names, values)])
    }

    @Test("what stands before the first bar")
    func heads() throws {
        let text = "-1 |a b\n1 2.5 |a b\n1 2 0.5 't1|a b\n0.25 t2|a b\n|a b\n't3 |a b\n1 'x |a b\n"
        let reading = try Fixture.read(text, name: "t.vw")
        #expect(
            reading.targets == [
                .label(.integer(-1)), .label(.integer(1)), .label(.integer(1)), .number(0.25),
                .none,
                .none, .label(.integer(1)),
            ])
        #expect(reading.weights == [1, 2.5, 2, 1, 1, 1, 1])
        #expect(
            reading.identifiers == [
                nil, nil, .text("t1"), .text("t2"), nil, .text("t3"), .text("x"),
            ])
    }

    @Test(
        "a bad line is reported and passed over",
        arguments: [
            ("1 a:1", "has no |"), ("1 -1 | a", "importance"), ("1 x | a", "importance"),
            ("1:0.5:0.3 | a", "costs"), ("1 1 1 1 | a", "more than label"),
            ("1 | a:x", "no number"),
            ("1 | a:inf", "not finite"), ("1 | a:", "no number"), ("1 1e99 | a", "importance"),
        ])
    func badLines(line: String, message: String) throws {
        let reading = try Fixture.read("1 | a:1\n\(line)\n0 | a:2\n", name: "t.vw.gz")
        #expect(reading.errors.map(\.line) == [2])
        #expect(reading.errors.first?.message.contains(message) == true, "\(reading.errors)")
        #expect(reading.features.last == .named(["a"], [.number(2)]))
    }
}
