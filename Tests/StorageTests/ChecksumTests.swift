import Storage
import Testing

extension StorageTests {
    @Suite struct ChecksumTests {
        /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
        static let vectors: [([UInt8], UInt32)] = [
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            ([UInt8](0..<32), 0x46dd_794e),
            ([UInt8]((0..<32).reversed()), 0x113f_db5c),
            (Array("123456789".utf8), 0xe306_9283),
            ([], 0),
        ]

        @Test("CRC32C gives the published values, in one part or in two", arguments: vectors)
        func givesPublishedValues(bytes: [UInt8], expected: UInt32) {
            for cut in 0...bytes.count {
                #expect(
                    CRC32C.checksum(Array(bytes[..<cut]), Array(bytes[cut...])) == expected)
            }
        }

        @Test("The digest is SHA-256, in one part or in two")
        func digests() {
            // FIPS 180-2, appendix B.1.
            let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            #expect("\(Digest(of: Array("abc".utf8)))" == expected)
            #expect("\(Digest(of: Array("a".utf8), [], Array("bc".utf8)))" == expected)
            #expect(Digest(bytes: [1, 2]) == nil)
        }
    }
}
