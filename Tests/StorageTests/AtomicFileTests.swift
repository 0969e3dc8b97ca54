import Foundation
import Storage
import Testing

extension StorageTests {
    @Suite struct AtomicFileTests {
        @Test("A file is replaced as a whole, and nothing is left beside it")
        func replaces() throws {
            let directory = try TestDirectory()
            let path = directory.path + "/model"
            for bytes: [UInt8] in [[1, 2, 3], [], [4]] {
                try AtomicFile.write(bytes, to: path)
                #expect(try directory.contents(of: path) == bytes)
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["model"])
        }

        @Test("A link that waits under the temporary name is not written through")
        func followsNoLink() throws {
            let directory = try TestDirectory()
            let victim = directory.path + "/victim"
            try directory.replace(victim, by: [9])
            try FileManager.default.createSymbolicLink(
                atPath: directory.path + "/.model.tmp", withDestinationPath: victim)
            try AtomicFile.write([1], to: directory.path + "/model")
            #expect(try directory.contents(of: victim) == [9])
            #expect(try directory.contents(of: directory.path + "/model") == [1])
        }

        @Test("A directory that is not there is named")
        func namesDirectory() throws {
            let directory = try TestDirectory()
            let error = #expect(throws: StorageError.self) {
                try AtomicFile.write([1], to: directory.path + "/none/model")
            }
            #expect(error.map { "\($0)".contains("/none/") } == true)
        }
    }
}
