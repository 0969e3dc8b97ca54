import Datasets
import Features
import Testing

@Suite("CSV")
struct CSVTests {
    @Test("rows of numbers are positional, with the header as column names", arguments: [1, 2, 64])
    func numbers(limit: Int) throws {
        let reading = try Fixture.read(
            "a,y,b\n1,UP,2.5\n-3,DOWN,\n,UP,1e-3\n", name: "t.csv", limit: limit)
        #expect(reading.columnNames == ["a", "b"])
        #expect(
            reading.features == [
                .numbers([1, 2.5]), .numbers([-3, nil]), .numbers([nil, 0.001]),
            ])
        #expect(reading.targets == ["UP", "DOWN", "UP"].map { .label(.text($0)) })
        #expect(reading.errors.isEmpty)
    }

    @Test("a row with text is named, and its numbers keep their meaning")
    func mixedRows() throws {
        let reading = try Fixture.read(
            "a,b,c,y\n1,red,,0\n2,3,4,1\n,true,nan,0\n", name: "t.csv")
        let names = ["a", "b", "c"]
        #expect(
            reading.features == [
                .named(names, [.number(1), .category("red"), .missing]),
                .numbers([2, 3, 4]),
                .named(names, [.missing, .boolean(true), .missing]),
            ])
        #expect(reading.columnNames == names)
    }

    /// Expected cells from Python 3.11: `list(csv.reader(io.StringIO(text, newline='')))`.
    @Test(
        "quotes are read as Python's csv module reads them",
        arguments: [
            ("\"a b\",c\n", ["a b", "c"]), ("\"a\"\"b\",c\n", ["a\"b", "c"]),
            ("a\"b,c\n", ["a\"b", "c"]), ("\"a\"b,c\n", ["ab", "c"]),
            ("\"a\"b\"c\",d\n", ["ab\"c\"", "d"]), ("\"a,b\",c\n", ["a,b", "c"]),
            ("\"a\nb\",c\n", ["a\nb", "c"]), ("\"a\r\nb\",c\r\n", ["a\r\nb", "c"]),
            ("x,\"\"\"\"\n", ["x", "\""]), ("\"a\"\"\",b\n", ["a\"", "b"]),
            ("a,b", ["a", "b"]), ("\"a\",b", ["a", "b"]), ("a,\"b\"", ["a", "b"]),
        ])
    func quotes(row: String, cells: [String]) throws {
        let reading = try Fixture.read("p,q,y\n" + withTarget(row), name: "t.csv")
        #expect(reading.features == [.named(["p", "q"], cells.map { .category($0) })])
        #expect(reading.errors.isEmpty)
    }

    /// Adds a third cell before the line break.
    private func withTarget(_ row: String) -> String {
        if row.hasSuffix("\r\n") { return row.dropLast() + ",1\r\n" }
        return row.hasSuffix("\n") ? row.dropLast() + ",1\n" : row + ",1"
    }

    @Test(
        "the separator is found in the header",
        arguments: [
            "a,b,y\n1,2,3\n", "a;b;y\n1;2;3\n", "a\tb\ty\n1\t2\t3\n", "\"a\";b;\"y\"\n1;2;3\n",
            "a;\"b\";y\r\n1;2;3\r\n",
        ])
    func separators(text: String) throws {
        let reading = try Fixture.read(text, name: "t.csv")
        #expect(reading.columnNames == ["a", "b"])
        #expect(reading.features == [.numbers([1, 2])])
        #expect(reading.targets == [.label(.integer(3))])
    }

    @Test("a name with a line break and the separator of another file stays one name")
    func quotedHeader() throws {
        let reading = try Fixture.read("\"a,\nb,c,d\";y\n1;2\n", name: "t.csv")
        #expect(reading.columnNames == ["a,\nb,c,d"])
        #expect(reading.features == [.numbers([1])])
    }

    @Test(
        "line ends, a byte-order mark, blank lines and blanks around cells change nothing",
        arguments: [
            "a,y\n1,2\n3,4\n", "a,y\r\n1,2\r\n3,4\r\n", "a,y\n1,2\n3,4", "\u{FEFF}a,y\n1,2\n3,4\n",
            "\n\na,y\n\n1,2\n\n\n3,4\n\n", "a, y\n 1 , 2\n\t3,4 \n", "a,y\r\n1,2\r\n3,4",
            "\"a\",\"y\"\n\"1\",\"2\"\n3,4\n",
        ])
    func equivalents(text: String) throws {
        let reading = try Fixture.read(text, name: "t.csv", task: .regression)
        let isQuoted = text.contains("\"1\"")
        #expect(reading.features.last == .numbers([3]))
        #expect(
            reading.features.first == (isQuoted ? .named(["a"], [.number(1)]) : .numbers([1])))
        #expect(reading.targets == [.number(2), .number(4)])
        #expect(reading.errors.isEmpty)
    }

    @Test(
        "the target has the type of its text",
        arguments: [
            ("1", nil, Target.label(.integer(1))), ("-7", nil, .label(.integer(-7))),
            ("+1", nil, .label(.integer(1))), ("007", nil, .label(.text("007"))),
            ("1.5", nil, .number(1.5)), ("1.0", nil, .number(1)),
            ("true", nil, .label(.boolean(true))),
            ("True", nil, .label(.text("True"))), ("UP", nil, .label(.text("UP"))),
            ("", nil, .none),
            (" ", nil, .none), ("\"1\"", nil, .label(.integer(1))),
            ("1", .regression, .number(1)), ("1e2", .regression, .number(100)),
            ("", .regression, .none), ("1.0", .classification, .label(.text("1.0"))),
            ("2", .classification, .label(.integer(2))),
            ("12345678901234567890", nil, .label(.text("12345678901234567890"))),
        ] as [(String, Features.Task?, Target)])
    func targets(cell: String, task: Features.Task?, expected: Target) throws {
        let reading = try Fixture.read("a,y\n1,\(cell)\n", name: "t.csv", task: task)
        #expect(reading.targets == [expected])
    }

    @Test(
        "a bad row is reported with its line and passed over; the others stand", arguments: [1, 64])
    func rowErrors(limit: Int) throws {
        let text = "a,b,y\n1,2,0\n1,2\n1,\"x\ny\",0\n1,2,3,4\ninf,1,0\n1e999,1,0\n5,6,1\n"
        let reading = try Fixture.read(text, name: "t.csv", limit: limit)
        #expect(reading.errors.map(\.line) == [3, 6, 7, 8])
        #expect(reading.errors[0].message.contains("has 2 cells, the header has 3"))
        #expect(reading.errors[1].message.contains("has 4 cells"))
        #expect(reading.errors[2].message.contains("not finite"))
        #expect(reading.errors[3].description.hasPrefix("line 8: "))
        #expect(reading.count == 7)
        #expect(
            reading.features == [
                .numbers([1, 2]), .named(["a", "b"], [.number(1), .category("x\ny")]),
                .numbers([5, 6]),
            ])
    }

    @Test("regression refuses a row whose target is text")
    func textForRegression() throws {
        let reading = try Fixture.read("a,y\n1,UP\n2,3\n", name: "t.csv", task: .regression)
        #expect(reading.errors.map(\.line) == [2])
        #expect(reading.targets == [.number(3)])
    }

    @Test("bytes that are no UTF-8 are reported, not repaired")
    func latin1() throws {
        let bytes = Array("a,b,y\n1,2,0\n1,caf".utf8) + [0xE9] + Array(",0\n3,4,1\n".utf8)
        let reading = try Fixture.withFile(bytes, name: "t.csv") { try Fixture.read(path: $0) }
        #expect(reading.errors.map(\.line) == [3])
        #expect(reading.errors[0].message.contains("UTF-8"))
        #expect(reading.features == [.numbers([1, 2]), .numbers([3, 4])])
    }

    @Test("a quote that is not closed is reported with the line where its row begins")
    func openQuote() throws {
        let reading = try Fixture.read("a,y\n1,2\n\"3,4\n5,6\n", name: "t.csv")
        #expect(reading.errors.map(\.line) == [3])
        #expect(reading.features == [.numbers([1])])
    }

    @Test("a file without the target names the columns that it has")
    func noTarget() throws {
        let message = try Fixture.failure("a,b\n1,2\n", name: "t.csv", target: "label")
        #expect(message?.hasSuffix("has no column \"label\"; its columns are a, b") == true)
    }

    @Test("empty files, doubled names and unknown formats are refused")
    func refusedFiles() throws {
        #expect(try Fixture.failure("", name: "t.csv")?.contains("is empty") == true)
        #expect(try Fixture.failure("\n\n", name: "t.csv")?.contains("is empty") == true)
        #expect(
            try Fixture.failure("a,a,y\n", name: "t.csv")?.contains("two columns named \"a\"")
                == true)
        #expect(try Fixture.failure("a,y\n", name: "t.dat")?.contains("--format") == true)
        #expect(try Fixture.failure("a,y\n", name: "csv")?.contains("--format") == true)
        #expect(throws: DatasetError.self) { try Fixture.read(path: "/nowhere/t.csv") }
        #expect(throws: DatasetError.self) { try Fixture.read(path: "/", format: .csv) }
        #expect(throws: DatasetError.self) { try Fixture.read(path: "-") }
    }

    @Test("a header alone has no rows; a column without name gets one")
    func headers() throws {
        #expect(try Fixture.read("a,y\n", name: "t.csv").count == 0)
        let reading = try Fixture.read(",a,y\n0,1,2\n", name: "t.tsv")
        #expect(reading.columnNames == ["column_1", "a"])
    }

    @Test("rows longer than the window, and windows that end anywhere, read alike")
    func windows() throws {
        // 2^18 bytes is the window; quoted line breaks fall on its edges for some of the lengths.
        let wide = String(repeating: "x\n", count: 200_000)
        let filler = (0..<30_000).map { "\($0),\"a\"\"\n\",\($0 % 2)\n" }.joined()
        let reading = try Fixture.read(
            "n,t,y\n\(filler)7,\"\(wide)\",1\n8,z,0\n", name: "t.csv", limit: 1_000)
        #expect(reading.errors.isEmpty)
        #expect(reading.count == 30_002)
        for row in [0, 1, 12_345, 29_999] {
            let expected = [FeatureValue.number(Double(row)), .category("a\"\n")]
            #expect(reading.features[row] == .named(["n", "t"], expected))
        }
        #expect(reading.features[30_000] == .named(["n", "t"], [.number(7), .category(wide)]))
        #expect(reading.features[30_001] == .named(["n", "t"], [.number(8), .category("z")]))
    }

    @Test("a row beyond the limit ends reading, with its line")
    func endlessRow() throws {
        let text = "a,y\n1,2\n\"" + String(repeating: "x", count: 17 << 20)
        let message = try Fixture.failure(text, name: "t.csv")
        #expect(message?.contains("line 3") == true)
        #expect(message?.contains("16777216 bytes") == true)
    }
}
