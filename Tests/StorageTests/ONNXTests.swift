import Storage
import Testing

extension StorageTests {
    /// The reader of ONNX files; that they are right, onnxruntime says in the end-to-end tests.
    @Suite struct ONNXTests {
        /// IR version 8; a graph with one operator "Relu" and a constant "w" of shape [2, 300].
        static let small: [UInt8] =
            [0x08, 8, 0x3a, 23]
            + [0x0a, 6, 0x22, 4] + Array("Relu".utf8)
            + [0x2a, 13, 0x08, 2, 0x08, 0xac, 0x02, 0x10, 1, 0x42, 1] + Array("w".utf8)
            + [0x4a, 1, 0]

        @Test("Fields are found by their numbers")
        func reads() throws {
            let file = try ONNXSummary(bytes: Self.small)
            #expect(file.formatVersion == 8 && file.operators == ["Relu"])
            #expect(file.constants.map(\.name) == ["w"])
            #expect(file.constants.map(\.shape) == [[2, 300]])
        }

        @Test("No prefix of a file is a file")
        func refusesPrefixes() {
            for count in 0..<Self.small.count {
                #expect(throws: ONNXSummary.Malformed.self, "\(count) bytes") {
                    _ = try ONNXSummary(bytes: Array(Self.small.prefix(count)))
                }
            }
        }

        static let malformed: [(String, [UInt8])] = [
            ("no graph", [0x08, 8]),
            ("no version", [0x3a, 0]),
            ("field 0", [0x00, 1]),
            ("group", [0x0b]),
            ("wire type 7", [0x0f]),
            ("endless varint", [0x08] + [UInt8](repeating: 0x80, count: 20)),
            ("varint beyond 64 bits", [0x08] + [UInt8](repeating: 0xff, count: 9) + [2]),
            ("length of 2^64 - 1", [0x3a] + [UInt8](repeating: 0xff, count: 9) + [1]),
            ("length of 2^62", [0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]),
            ("text that is no UTF-8", [0x08, 8, 0x12, 1, 0xff, 0x3a, 0]),
            ("fixed number cut off", [0x3d, 1, 2, 3]),
        ]

        @Test("A malformed file is refused", arguments: malformed)
        func refuses(name: String, bytes: [UInt8]) {
            #expect(throws: ONNXSummary.Malformed.self, "\(name)") {
                _ = try ONNXSummary(bytes: bytes)
            }
        }
    }
}
