import Datasets
import Features
import Testing

@Suite("ARFF")
struct ARFFTests {
    static let weather = """
        % a comment
        @RELATION weather

        @attribute outlook {sunny, 'partly cloudy', "rain, heavy"}
        @ATTRIBUTE 'air temperature' real
        @attribute humidity NUMERIC % percent
        @attribute note string
        @attribute day date "yyyy-MM-dd"
        @attribute y {no,yes}
        @data
        """

    @Test("nominal, numeric and string attributes", arguments: [1, 64])
    func dense(limit: Int) throws {
        let text =
            Self.weather + """

                sunny, 21.5, 60, 'it\\'s fine', 2024-01-02, yes
                % between
                'partly cloudy',?,?,?,?,no
                "rain, heavy" , 1e1 , -3 , '?' , x , ?
                """
        let reading = try Fixture.read(text, name: "t.arff", limit: limit)
        let names = ["outlook", "air temperature", "humidity", "note", "day"]
        #expect(reading.errors.isEmpty)
        #expect(reading.columnNames == nil)
        #expect(
            reading.features == [
                .named(
                    names,
                    [
                        .category("sunny"), .number(21.5), .number(60), .category("it's fine"),
                        .category("2024-01-02"),
                    ]),
                .named(
                    names,
                    [.category("partly cloudy"), .missing, .missing, .missing, .missing]),
                .named(
                    names,
                    [
                        .category("rain, heavy"), .number(10), .number(-3), .category("?"),
                        .category("x"),
                    ]),
            ])
        #expect(reading.targets == [.label(.text("yes")), .label(.text("no")), .none])
    }

    @Test("a file of numbers is positional, and the declaration decides what the target is")
    func numeric() throws {
        let head = "@relation r\n@attribute a numeric\n@attribute b integer\n"
        let body = "@data\n1,2,3\n4,?,5,{0.5}\n"
        let numbers = try Fixture.read(head + "@attribute y numeric\n" + body, name: "t.arff")
        #expect(numbers.columnNames == ["a", "b"])
        #expect(numbers.features == [.numbers([1, 2]), .numbers([4, nil])])
        #expect(numbers.targets == [.number(3), .number(5)])
        #expect(numbers.weights == [1, 0.5])
        let classes = try Fixture.read(head + "@attribute y {3,5}\n" + body, name: "t.arff")
        #expect(classes.targets == [.label(.integer(3)), .label(.integer(5))])
    }

    @Test("in a sparse row what is not named is 0, or the first value")
    func sparse() throws {
        let text = """
            @relation r
            @attribute a numeric
            @attribute c {red,green}
            @attribute y {n,p}
            @data
            {0 1.5, 2 p}
            { 1 green }, {2}
            {}
            """
        let reading = try Fixture.read(text, name: "t.arff")
        #expect(
            reading.features == [
                .named(["a", "c"], [.number(1.5), .category("red")]),
                .named(["a", "c"], [.number(0), .category("green")]),
                .named(["a", "c"], [.number(0), .category("red")]),
            ])
        #expect(reading.targets == ["p", "n", "n"].map { .label(.text($0)) })
        #expect(reading.weights == [1, 2, 1])
    }

    @Test(
        "a bad row is reported and passed over",
        arguments: [
            ("1,red", "has 2 values"), ("1,red,n,4", "has 4 values"), ("1,red,'n' x", "goes on"),
            ("x,red,n", "is numeric"),
            ("1,blue,n", "does not declare"), ("1,red,", "ends behind a comma"),
            ("1,'red,n", "not closed"), ("{5 1}", "no attribute number"), ("{0 1", "has no"),
            ("1,red,n,{-1}", "instance weight"), ("1,red,n,{x", "instance weight"),
            ("inf,red,n", "not finite"), ("1,'red'x,n", "has 2 values"),
        ])
    func badRows(row: String, message: String) throws {
        let text = "@relation r\n@attribute a real\n@attribute c {red}\n@attribute y {n}\n@data\n"
        let reading = try Fixture.read(text + "1,red,n\n\(row)\n2,red,n\n", name: "t.arff")
        #expect(reading.errors.map(\.line) == [7])
        #expect(reading.errors.first?.message.contains(message) == true, "\(reading.errors)")
        #expect(reading.features.count == 2)
    }

    @Test(
        "a bad header is refused with its line",
        arguments: [
            ("@relation r\n@attribute a real\n", "ends before @data"),
            ("@relation r\n@data\n", "line 2: no @attribute"),
            ("@relation r\n@attribute a complex\n@data\n", "line 2: attribute \"a\" has type"),
            ("@attribute a {x,y\n@data\n", "line 1: the values of \"a\" have no closing"),
            ("@attribute\n@data\n", "line 1: @attribute has no name"),
            (
                "@attribute a real\n@attribute a real\n@data\n",
                "line 2: attribute \"a\" is declared twice"
            ),
            ("@attribute 'a real\n@data\n", "line 1: a quote is not closed"),
            ("a,b\n1,2\n", "line 1: \"a,b\" is no @relation"),
            (
                "@attribute a real\n@attribute b real\n@data\n",
                "has no attribute \"y\"; its attributes are a, b"
            ),
            ("", "ends before @data"),
        ])
    func badHeaders(text: String, message: String) throws {
        let failure = try Fixture.failure(text, name: "t.arff")
        #expect(failure?.contains(message) == true, "\(failure ?? "read")")
    }
}
