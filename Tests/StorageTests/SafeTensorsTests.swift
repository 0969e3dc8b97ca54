import Storage
import Testing

extension StorageTests {
    @Suite struct SafeTensorsTests {
        /// A file of the given header and data, its length written as the format says.
        static func file(_ header: String, _ data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
            let claimed = length ?? UInt64(header.utf8.count)
            return (0..<8).map { UInt8(truncatingIfNeeded: claimed >> (8 * $0)) }
                + Array(header.utf8) + data
        }

        /// One tensor of two floats, 1.5 and −2, as any writer of the format puts them.
        static let good = file(
            #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0])

        private static func tensor(
            _ shape: String, _ offsets: String, type: String = "F32", name: String = "w"
        ) -> String {
            #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
        }

        @Test("A file of the format is read")
        func reads() throws {
            let tensors = try SafeTensors(bytes: Self.good)
            #expect(tensors.tensor(named: "w")?.floats == [1.5, -2])
            #expect(tensors.tensor(named: "w")?.shape == [2])
            #expect(tensors.tensor(named: "v") == nil && tensors.metadata.isEmpty)
        }

        @Test("Padding, white space, escapes, scalars, empty tensors and any order are read")
        func readsVariants() throws {
            let header = """
                { "__metadata__" : {"a\\u00e9\\"":"\\ud83d\\ude00\\n"},
                \(Self.tensor("[]", "[4,8]", name: "later")), \(Self.tensor("[ 0 , 3 ]", "[0,0]")),
                \(Self.tensor("[1,1]", "[0,4]", name: "first")) }  \n
                """
            let tensors = try SafeTensors(
                bytes: Self.file(header, [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]))
            #expect(tensors.text(for: "aé\"") == "😀\n")
            #expect(tensors.tensor(named: "first")?.floats == [1])
            #expect(tensors.tensor(named: "later")?.floats == [2])
            #expect(tensors.tensor(named: "w")?.floats == [])
        }

        @Test(
            "What is written is read back, aligned to eight bytes", arguments: ["", "é\"\\\n\u{1}"])
        func writesAndReads(text: String) throws {
            let written = try SafeTensors(
                metadata: [.init(key: "k" + text, value: text)],
                tensors: [
                    .init(name: "a" + text, shape: [2, 3], values: [1, 2, 3, 4, 5, -6]),
                    .init(
                        name: "scalar", type: .float64, shape: [],
                        bytes: [0, 0, 0, 0, 0, 0, 0, 0x40]),
                    .init(name: "flags", type: .bool, shape: [3], bytes: [1, 0, 1]),
                    .init(name: "none", shape: [0], values: []),
                ])
            let bytes = written.bytes
            #expect(try SafeTensors(bytes: bytes) == written)
            #expect(bytes[0] % 8 == 0)
        }

        /// Malformed files, and a part of the message that each has to give.
        static let malformed: [(String, [UInt8], String)] = [
            ("nothing", [], "needs 8"),
            ("seven bytes", [UInt8](repeating: 0, count: 7), "needs 8"),
            ("no header", file("", length: 0), "'{' should stand here"),
            ("length beyond the file", file("{}", length: 3), "needs 11"),
            ("length above the limit", file("{}", length: 100_000_001), "the limit is 100000000"),
            ("length 2^63", file("{}", length: 1 << 63), "9223372036854775808"),
            ("length 2^64 - 1", file("{}", length: .max), "18446744073709551615"),
            ("truncated data", Array(good.dropLast()), "claims bytes 0 to 8 of 7"),
            ("trailing bytes", good + [0], "bytes 8 to 9 belong to no tensor"),
            ("data without tensors", file("{}", [1]), "bytes 0 to 1"),
            ("leading space", file(" {}"), "'{' should stand here"),
            ("list", file("[]"), "'{' should stand here"),
            ("not UTF-8", file(#"{"?"}"#).map { $0 == 0x3f ? 0xff : $0 }, "not UTF-8"),
            ("more after the object", file("{}{}"), "more follows"),
            ("unclosed", file("{"), "header"),
            ("trailing comma", file(#"{"__metadata__":{},}"#), "should stand here"),
            ("metadata number", file(#"{"__metadata__":{"a":1}}"#), "should stand here"),
            ("metadata list", file(#"{"__metadata__":[]}"#), "should stand here"),
            ("metadata twice", file(#"{"__metadata__":{},"__metadata__":{}}"#), "comes twice"),
            ("metadata key twice", file(#"{"__metadata__":{"a":"","a":""}}"#), "comes twice"),
            ("lone surrogate", file(#"{"__metadata__":{"\ud800":""}}"#), "surrogate"),
            ("bad escape", file(#"{"__metadata__":{"\x":""}}"#), "escape"),
            ("control character", file("{\"__metadata__\":{\"\u{1}\":\"\"}}"), "control"),
            (
                "tensor twice", file("{\(tensor("[0]", "[0,0]")),\(tensor("[0]", "[0,0]"))}"),
                "'w' comes"
            ),
            (
                "hole", file("{\(tensor("[1]", "[4,8]"))}", [UInt8](repeating: 0, count: 8)),
                "0 to 4"
            ),
            (
                "hole between",
                file(
                    "{\(tensor("[1]", "[0,4]")),\(tensor("[1]", "[8,12]", name: "v"))}",
                    [UInt8](repeating: 0, count: 12)), "bytes 4 to 8"
            ),
            (
                "overlap",
                file(
                    "{\(tensor("[2]", "[0,8]")),\(tensor("[2]", "[4,12]", name: "v"))}",
                    [UInt8](repeating: 0, count: 12)), "begins at 4, before 8"
            ),
            ("beyond the end", file("{\(tensor("[2]", "[0,8]"))}", [0, 0, 0, 0]), "of 4"),
            ("backwards", file("{\(tensor("[1]", "[4,0]"))}", [0, 0, 0, 0]), "bytes 4 to 0"),
            (
                "shape too large", file("{\(tensor("[2]", "[0,4]"))}", [0, 0, 0, 0]),
                "cannot have 4"
            ),
            (
                "shape too small", file("{\(tensor("[1]", "[0,8]"))}", good.suffix(8)),
                "cannot have 8"
            ),
            (
                "shape overflows",
                file("{\(tensor("[4611686018427387904,4]", "[0,0]"))}"), "cannot have 0"
            ),
            ("negative size", file("{\(tensor("[-1]", "[0,0]"))}"), "integer"),
            ("fractional size", file("{\(tensor("[1.5]", "[0,0]"))}"), "should stand here"),
            (
                "size beyond 64 bits", file("{\(tensor("[9223372036854775808]", "[0,0]"))}"),
                "integer"
            ),
            ("leading zero", file("{\(tensor("[01]", "[0,4]"))}", [0, 0, 0, 0]), "integer"),
            ("one offset", file("{\(tensor("[0]", "[0]"))}"), "two data_offsets"),
            ("three offsets", file("{\(tensor("[0]", "[0,0,0]"))}"), "two data_offsets"),
            ("no type", file(#"{"w":{"shape":[0],"data_offsets":[0,0]}}"#), "needs dtype"),
            ("key twice", file(#"{"w":{"dtype":"F32","dtype":"F32"}}"#), "'dtype' too many"),
            ("unknown key", file(#"{"w":{"stride":[1]}}"#), "'stride' too many"),
            (
                "unknown type", file("{\(tensor("[1]", "[0,4]", type: "F33"))}", [0, 0, 0, 0]),
                "'F33'"
            ),
            ("NaN", file("{\(tensor("[1]", "[0,4]"))}", [0, 0, 0xc0, 0x7f]), "element 0"),
            ("infinity", file("{\(tensor("[1]", "[0,4]"))}", [0, 0, 0x80, 0xff]), "element 0"),
            ("half NaN", file("{\(tensor("[1]", "[0,2]", type: "F16"))}", [1, 0x7c]), "element 0"),
            (
                "brain infinity", file("{\(tensor("[1]", "[0,2]", type: "BF16"))}", [0x80, 0x7f]),
                "NaN"
            ),
            (
                "double infinity",
                file("{\(tensor("[1]", "[0,8]", type: "F64"))}", [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]),
                "NaN"
            ),
        ]

        @Test("A malformed file is refused and the reason is named", arguments: malformed)
        func refuses(name: String, bytes: [UInt8], reason: String) {
            let error = #expect(throws: SafeTensorsError.self) { _ = try SafeTensors(bytes: bytes) }
            #expect(
                error.map { "\($0)".contains(reason) } == true,
                "\(name): \(String(describing: error))")
        }

        @Test("No prefix of a file is a file, and no deep nesting is followed")
        func refusesPrefixes() {
            for count in 0..<Self.good.count {
                #expect(throws: SafeTensorsError.self) {
                    _ = try SafeTensors(bytes: Array(Self.good.prefix(count)))
                }
            }
            let deep = String(repeating: #"{"a":"#, count: 100_000)
            #expect(throws: SafeTensorsError.self) { _ = try SafeTensors(bytes: Self.file(deep)) }
        }

        @Test("A model with two tensors of one name, or a value that is not finite, is not written")
        func refusesToWrite() throws {
            let tensor = try SafeTensors.Tensor(name: "a", shape: [1], values: [1])
            #expect(throws: SafeTensorsError.duplicate(name: "a")) {
                _ = try SafeTensors(tensors: [tensor, tensor])
            }
            #expect(throws: SafeTensorsError.notFinite(tensor: "a", index: 1)) {
                _ = try SafeTensors.Tensor(name: "a", shape: [2], values: [1, .nan])
            }
            #expect(throws: SafeTensorsError.self) {
                _ = try SafeTensors.Tensor(name: "a", shape: [2], values: [1])
            }
        }
    }
}
