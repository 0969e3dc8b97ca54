import Datasets
import Features
import Testing

/// Rows to be predicted often have no target column.
@Suite("without a target")
struct NoTargetTests {
    @Test(
        "every column is a feature, and no row is labelled",
        arguments: [
            ("t.csv", "a,y\n1,2\n3,4\n"),
            ("t.jsonl", "{\"a\":1,\"y\":2}\n{\"a\":3,\"y\":4}\n"),
            (
                "t.arff",
                "@relation r\n@attribute a numeric\n@attribute y numeric\n@data\n1,2\n3,4\n"
            ),
        ])
    func everyColumn(name: String, text: String) throws {
        try Fixture.withFile(text.utf8, name: name) { path in
            var reader = try DatasetReader(path: path, target: nil)
            var block = SampleBlock()
            #expect(try reader.next(into: &block, limit: 8) == 2)
            #expect(block.rows.map(\.target) == [.none, .none])
            var reading = Reading()
            reading.append(block)
            if name.hasSuffix("jsonl") {
                #expect(
                    reading.features == [
                        .named(["a", "y"], [.number(1), .number(2)]),
                        .named(["a", "y"], [.number(3), .number(4)]),
                    ])
            } else {
                #expect(reading.columnNames == ["a", "y"])
                #expect(reading.features == [.numbers([1, 2]), .numbers([3, 4])])
            }
        }
    }
}
