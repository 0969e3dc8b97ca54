import Foundation
import Storage
import Testing

extension StorageTests {
    @Suite struct OpeningTests {
        @Test("A second opener is refused and told who has the directory")
        func refusesSecondOpener() throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            try journal.appendEvents(1)
            let expected = StorageError.inUse(
                path: directory.journal, holder: "process \(getpid())")
            #expect(throws: expected) { _ = try Journal(at: directory) }
            #expect(throws: expected) { _ = try JournalSummary(directory: directory.journal) }
            try journal.appendEvents(1)
            #expect(journal.durableOffset == 2)
        }

        @Test("A journal of a later form is refused, unchanged, and its writer is named")
        func refusesNewerVersion() throws {
            let directory = try TestDirectory()
            do {
                var journal = try Journal(
                    directory: directory.journal, writer: "9.1.0")
                try journal.appendEvents(1)
            }
            do { try Connection(path: directory.database).execute("PRAGMA user_version=2") }
            let before = try directory.contents(of: directory.database)
            let error = #expect(throws: StorageError.self) { _ = try Journal(at: directory) }
            #expect(
                error
                    == .newerVersion(
                        path: directory.database, found: 2, supported: 1, writer: "9.1.0"))
            #expect(try directory.contents(of: directory.database) == before)
        }

        @Test("A database of another program is refused and left alone")
        func refusesForeigners() throws {
            let directory = try TestDirectory()
            try FileManager.default.createDirectory(
                atPath: directory.journal, withIntermediateDirectories: true)
            try directory.replace(directory.database, by: [])
            do {
                try Connection(path: directory.database).execute("CREATE TABLE birds (name TEXT)")
            }
            let before = try directory.contents(of: directory.database)
            #expect(throws: StorageError.foreign(path: directory.database)) {
                _ = try Journal(at: directory)
            }
            #expect(try directory.contents(of: directory.database) == before)
        }

        @Test("A directory that cannot be made is named")
        func namesMissingParent() throws {
            let directory = try TestDirectory()
            let error = #expect(throws: StorageError.self) {
                _ = try Journal(directory: "\(directory.path)/no/such", writer: "test")
            }
            #expect(error.map { "\($0)".contains("\(directory.path)/no/such") } == true)
        }

        @Test("A journal that ends below its watermark does not open until the loss is accepted")
        func refusesBelowWatermark() throws {
            let directory = try TestDirectory()
            let early = try TestDirectory()
            do {
                var journal = try Journal(at: directory)
                try journal.appendEvents(5)
                try directory.copyJournal(to: early)
                try journal.appendEvents(5)
                try journal.writeWatermark()
            }
            try FileManager.default.copyItem(
                atPath: directory.journal + "/watermark", toPath: early.journal + "/watermark")
            let expected = StorageError.endsEarly(lastOffset: 5, watermark: 10)
            #expect(throws: expected) { _ = try Journal(at: early) }
            do {
                let journal = try Journal(at: early, acceptDataLoss: true)
                #expect(journal.recovery.notes == [.endsEarly(lastOffset: 5, watermark: 10)])
            }
            // Accepted once, it is not asked again.
            #expect(try Journal(at: early).recovery.notes.isEmpty)
        }

        @Test("A lost database is missed because of the watermark")
        func missesLostDatabase() throws {
            let directory = try TestDirectory()
            do {
                var journal = try Journal(at: directory)
                try journal.appendEvents(5)
                try journal.writeWatermark()
            }
            try FileManager.default.removeItem(atPath: directory.database)
            #expect(throws: StorageError.endsEarly(lastOffset: 0, watermark: 5)) {
                _ = try Journal(at: directory)
            }
        }

        @Test("A watermark that cannot be read is noted", arguments: ["", "x", "5\n"])
        func notesUnreadableWatermark(text: String) throws {
            let directory = try TestDirectory()
            do {
                var journal = try Journal(at: directory)
                try journal.appendEvents(5)
            }
            try directory.replace(directory.journal + "/watermark", by: Array(text.utf8))
            let notes = try Journal(at: directory).recovery.notes
            #expect(notes == (text.isEmpty ? [] : [.unreadableWatermark]))
        }

        @Test("Only the owner can read the files")
        func isPrivate() throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            try journal.appendEvents(1)
            try journal.writeWatermark()
            for file in [directory.database, directory.log, directory.journal + "/watermark"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: file)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
            }
        }
    }
}
