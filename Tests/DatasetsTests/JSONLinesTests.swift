import Datasets
import Features
import Testing

@Suite("JSON Lines")
struct JSONLinesTests {
    @Test("samples of the wire protocol are read as they are", arguments: [1, 64])
    func samples(limit: Int) throws {
        let text = """
            {"x":[1,2.5],"y":"UP","id":"a","w":2}

            {"y":1,"x":{"p":1,"q":"red","r":null}}
            {"x":{"indices":[1],"values":[3],"size":4},"y":1.5}
            {"x":[1,2]}
            """
        let reading = try Fixture.read(text, name: "t.jsonl", target: "ignored", limit: limit)
        #expect(
            reading.features == [
                .numbers([1, 2.5]),
                .named(["p", "q", "r"], [.number(1), .category("red"), .missing]),
                .sparse([1], [3], size: 4), .numbers([1, 2]),
            ])
        #expect(
            reading.targets == [.label(.text("UP")), .label(.integer(1)), .number(1.5), .none])
        #expect(reading.weights == [2, 1, 1, 1])
        #expect(reading.identifiers == [.text("a"), nil, nil, nil])
        #expect(reading.columnNames == nil)
    }

    @Test("flat objects have features and target side by side")
    func flat() throws {
        let text = """
            {"a":1,"b":"red","c":true,"y":"UP","d":null}
            {"y":2,"a":1.5}
            {"a":1,"y":null}
            {"y":[1,2.5],"a":0}
            """
        let reading = try Fixture.read(text, name: "t.ndjson")
        #expect(
            reading.features == [
                .named(
                    ["a", "b", "c", "d"],
                    [.number(1), .category("red"), .boolean(true), .missing]),
                .named(["a"], [.number(1.5)]), .named(["a"], [.number(1)]),
                .named(["a"], [.number(0)]),
            ])
        #expect(
            reading.targets == [
                .label(.text("UP")), .label(.integer(2)), .none, .vector([1, 2.5]),
            ])
    }

    @Test("a bad line is reported and passed over")
    func badLines() throws {
        let text = """
            {"x":[1],"y":0}
            {"x":[1],"y":0
            [{"x":[1],"y":0}]
            {"x":["a"],"y":0}
            7
            {"x":[1],"y":0} {}
            {"x":[2],"y":1}
            """
        let reading = try Fixture.read(text, name: "t.jsonl")
        #expect(reading.errors.map(\.line) == [2, 3, 4, 5, 6])
        #expect(reading.features == [.numbers([1]), .numbers([2])])
        let flat =
            "{\"a\":1,\"y\":0}\n{\"a\":[1],\"y\":0}\n{\"a\":1,\"a\":2}\n[1]\n{\"a\":3,\"y\":{}}\n"
        #expect(try Fixture.read(flat, name: "t.jsonl").errors.map(\.line) == [2, 3, 4, 5])
    }

    @Test("regression takes integers as numbers and refuses words")
    func regression() throws {
        let text = "{\"a\":1,\"y\":2}\n{\"a\":1,\"y\":\"UP\"}\n{\"a\":1,\"y\":true}\n"
        let reading = try Fixture.read(text, name: "t.json", task: .regression)
        #expect(reading.targets == [.number(2)])
        #expect(reading.errors.map(\.line) == [2, 3])
    }

    @Test("a first line without the target, or that is no object, is refused")
    func refused() throws {
        #expect(
            try Fixture.failure("{\"a\":1,\"b\":2}\n", name: "t.jsonl")?
                .contains("no key \"y\"; its keys are a, b") == true)
        #expect(try Fixture.failure("[1]\n", name: "t.jsonl")?.contains("an array") == true)
        #expect(try Fixture.failure("a,b\n", name: "t.jsonl")?.contains("not JSON") == true)
        #expect(try Fixture.read("\n\n", name: "t.jsonl").count == 0)
    }
}
