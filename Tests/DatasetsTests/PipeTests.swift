import Datasets
import Features
import Foundation
import Testing

@Suite("Pipes")
struct PipeTests {
    @Test("rows come as they are written, without waiting for the end")
    func liveRows() throws {
        let pipe = Pipe()
        let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        let writer = pipe.fileHandleForWriting
        try writer.write(contentsOf: Data("a,y\n1,2\n3,4\n5,".utf8))
        var reader = try DatasetReader(path: path, format: .csv, target: "y")
        #expect(reader.byteCount == nil)
        var block = SampleBlock()
        // The third row is not complete: the two before it are handed out.
        #expect(try reader.next(into: &block, limit: 64) == 2)
        #expect(block.values == [1, 3])
        try writer.write(contentsOf: Data("6\n7,8".utf8))
        #expect(try reader.next(into: &block, limit: 64) == 1)
        #expect(block.values == [5])
        try writer.close()
        #expect(try reader.next(into: &block, limit: 64) == 1)
        #expect(block.values == [7])
        #expect(try reader.next(into: &block, limit: 64) == 0)
    }

    @Test("libsvm from a pipe needs the number of features")
    func libsvm() throws {
        let pipe = Pipe()
        let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        try pipe.fileHandleForWriting.write(contentsOf: Data("1 2:1\n".utf8))
        try pipe.fileHandleForWriting.close()
        #expect(throws: DatasetError.self) {
            _ = try DatasetReader(path: path, format: .libsvm, target: "")
        }
        var reader = try DatasetReader(path: path, format: .libsvm, target: "", featureCount: 4)
        var block = SampleBlock()
        #expect(try reader.next(into: &block, limit: 64) == 1)
        #expect(block.indices == [1])
    }
}
