import Datasets
import Features
import Randomness
import Testing

@Suite("Damaged files")
struct FuzzTests {
    static let files = [
        ("t.csv", "a,b,y\n1,red,UP\n\"2,5\",\"x\"\"y\",DOWN\r\n,1e-3,UP\n3;4,5,6\n"),
        ("t.jsonl", "{\"x\":[1,2],\"y\":0}\n{\"x\":{\"a\":\"\\u00e9\"},\"y\":\"UP\",\"id\":7}\n"),
        ("t.ndjson", "{\"a\":1,\"y\":true}\n{\"a\":\"red\",\"b\":null,\"y\":1.5}\n"),
        ("t.libsvm", "+1 1:0.5 3:2 # c\n-1 qid:3 2:1e-3\n"),
        ("t.vw", "1 2 'a|n:2 x:1 y=z w\n-1 | b:2 |m c\n"),
        (
            "t.arff",
            "@relation r\n@attribute 'a b' {x,\"y, z\"}\n@attribute n real\n@attribute y {p,q}\n"
                + "@data\nx,1,p\n'y, z',?,q,{2}\n{1 3, 2 q}\n"
        ),
    ]

    @Test(
        "never bring the reader down, and every row is a sample or an error", arguments: files,
        [UInt64(1), 2, 3])
    func mutations(file: (name: String, text: String), seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let original = Array(file.text.utf8)
        for _ in 0..<100 {
            var bytes = original
            for _ in 0...generator.nextIndex(below: 4) { Self.mutate(&bytes, &generator) }
            try Fixture.withFile(bytes, name: file.name) { path in
                do {
                    // The fixture checks the counts of each block.
                    let reading = try Fixture.read(path: path, limit: 2)
                    #expect(reading.features.count + reading.errors.count == reading.count)
                    #expect(reading.errors.allSatisfy { !$0.description.contains("\n") })
                } catch let error as DatasetError {
                    #expect(!error.message.isEmpty && !error.message.contains("\n"))
                }
            }
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let position = generator.nextIndex(below: bytes.count)
        switch generator.nextIndex(below: 5) {
        case 0: bytes.remove(at: position)
        case 1: bytes.insert(bytes[generator.nextIndex(below: bytes.count)], at: position)
        case 2: bytes[position] = UInt8(generator.nextIndex(below: 256))
        case 3: bytes.removeSubrange(position...)
        default:
            let from = generator.nextIndex(below: bytes.count)
            bytes.insert(contentsOf: bytes[min(from, position)...max(from, position)], at: position)
        }
    }
}
