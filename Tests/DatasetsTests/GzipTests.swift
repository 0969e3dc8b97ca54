import Datasets
import Features
import Foundation
import Testing

@Suite("gzip")
struct GzipTests {
    /// `gzip.compress(b'a,y\n1,2\n', mtime=0)`, Python 3.11.
    static let first = bytes("H4sIAAAAAAACA0vUqeQy1DHiAgAj9YZjCAAAAA==")
    /// `gzip.compress(b'3,4\n', mtime=0)`
    static let second = bytes("H4sIAAAAAAACAzPWMeECAD4tcqkEAAAA")
    /// `gzip.compress(b'', mtime=0)`
    static let empty = bytes("H4sIAAAAAAACAwMAAAAAAAAAAAA=")

    static func bytes(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64) ?? Data()) }

    @Test(
        "members follow one another, empty ones and zeros between them included",
        arguments: [
            first + second, first + empty + second, empty + first + second,
            first + [0, 0, 0] + second + [0, 0],
        ])
    func members(file: [UInt8]) throws {
        let reading = try Fixture.withFile(file, name: "t.csv.gz") { try Fixture.read(path: $0) }
        #expect(reading.features == [.numbers([1]), .numbers([3])])
    }

    @Test("what a file holds is told by its bytes, not by its name")
    func namesDoNotCount() throws {
        let packed = try Fixture.withFile(Self.first, name: "t.csv") { try Fixture.read(path: $0) }
        #expect(packed.features == [.numbers([1])])
        let plain = try Fixture.read("a,y\n1,2\n", name: "t.csv.gz")
        #expect(plain.features == [.numbers([1])])
    }

    @Test("a file that ends early is an error wherever it ends", arguments: 2..<first.count)
    func truncated(count: Int) throws {
        let message = try Fixture.failure(Array(Self.first.prefix(count)), name: "t.csv.gz")
        #expect(message?.contains("ends early") == true)
    }

    @Test("a second member that ends early is an error, behind the rows of the first")
    func truncatedMember() throws {
        let file = Self.first + Self.second.dropLast(1)
        try Fixture.withFile(file, name: "t.csv.gz") { path in
            var reader = try DatasetReader(path: path, target: "y")
            var block = SampleBlock()
            #expect(try reader.next(into: &block, limit: 1) == 1)
            #expect(block.rows.count == 1)
            #expect(throws: DatasetError.self) {
                while try reader.next(into: &block, limit: 64) > 0 {}
            }
        }
    }

    @Test(
        "a flipped bit anywhere in the data or its checksum is an error, or harmless",
        arguments: 10..<first.count)
    func damaged(position: Int) throws {
        for bit in 0..<8 {
            var file = Self.first
            file[position] ^= 1 << UInt8(bit)
            let reading = try? Fixture.withFile(file, name: "t.csv.gz") {
                try Fixture.read(path: $0)
            }
            // Only bits that deflate ignores may be flipped unseen; the content is then the same.
            if let reading {
                #expect(reading.features == [.numbers([1])])
            }
        }
    }

    @Test("bytes behind the last member that are no member are an error")
    func garbage() throws {
        let message = try Fixture.failure(Self.first + Array("garbage".utf8), name: "t.csv.gz")
        #expect(message?.contains("damaged") == true)
    }

    @Test("progress counts the bytes of the file, and ends at its size")
    func progress() throws {
        try Fixture.withFile(Self.first + Self.second, name: "t.csv.gz") { path in
            var reader = try DatasetReader(path: path, target: "y")
            var block = SampleBlock()
            while try reader.next(into: &block, limit: 64) > 0 {}
            #expect(reader.byteCount == Self.first.count + Self.second.count)
            #expect(reader.consumedByteCount == reader.byteCount)
        }
    }
}
