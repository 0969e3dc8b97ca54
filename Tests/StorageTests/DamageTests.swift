import Foundation
import Randomness
import Storage
import TestSupport
import Testing

extension StorageTests {
    @Suite struct DamageTests {
        /// Ten groups of four events; the checkpoints at 8 and 24 cover whole groups.
        private func makeJournal() throws -> TestDirectory {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            for group in 1...10 {
                if group == 3 || group == 7 { journal.putCheckpoint() }
                try journal.appendEvents(4)
            }
            try journal.writeWatermark()
            return directory
        }

        /// What opening without and with acceptance may end in, whatever was done to the files.
        private func checkNothingIsSilent(_ directory: TestDirectory) throws {
            do throws(StorageError) {
                try checkContents(of: Journal(at: directory), lastOffset: 40)
                return
            } catch {
                // The operator gets a sentence, and the loss is accepted below.
                #expect(!"\(error)".isEmpty)
            }
            do throws(StorageError) {
                let journal = try Journal(at: directory, acceptDataLoss: true)
                let lastOffset = journal.recovery.lastOffset
                #expect(!journal.recovery.notes.isEmpty)
                try checkContents(of: journal, lastOffset: lastOffset)
            } catch {
                // The first page holds what SQLite needs to open the file at all.
                guard case .damaged(let what, _) = error else {
                    #expect("\(error)".contains("is a database of another program"))
                    return
                }
                #expect(what == directory.database)
            }
        }

        private func checkContents(
            of journal: consuming Journal, lastOffset: Int
        ) throws(StorageError) {
            var journal = journal
            #expect(journal.recovery.lastOffset == lastOffset)
            let start = journal.recovery.checkpoint?.offset ?? journal.recovery.firstOffset - 1
            if let checkpoint = journal.takeCheckpoint() {
                // An accepted loss may put a state where its row was written, four events later.
                let offset = checkpoint.offset % 8 == 0 ? checkpoint.offset : checkpoint.offset - 4
                #expect([8, 24].contains(offset))
                #expect(checkpoint.state == journal.checkpoint(at: offset).state)
            }
            let events = try journal.events(after: start)
            #expect(events.count == lastOffset - start && areExpected(events, from: start + 1))
            #expect(journal.recovery.sortedProducers == expectedMarks(through: lastOffset))
            // What is intact can be built on.
            try journal.appendEvents(3)
            #expect(journal.durableOffset == lastOffset + 3)
        }

        @Test("A flipped bit in the database is noticed or harmless", arguments: 0..<120)
        func survivesFlipInDatabase(seed: Int) throws {
            let directory = try makeJournal()
            var bytes = try directory.contents(of: directory.database)
            flip(&bytes, seed: seed)
            try directory.replace(directory.database, by: bytes)
            try checkNothingIsSilent(directory)
        }

        @Test("A flipped bit in the log is noticed or harmless", arguments: 0..<60)
        func survivesFlipInLog(seed: Int) throws {
            let directory = try liveCopy()
            var bytes = try directory.contents(of: directory.log)
            flip(&bytes, seed: seed)
            try directory.replace(directory.log, by: bytes)
            try checkNothingIsSilent(directory)
        }

        @Test("A log that is cut off anywhere is noticed or harmless", arguments: 0..<40)
        func survivesTruncatedLog(part: Int) throws {
            let directory = try liveCopy()
            let bytes = try directory.contents(of: directory.log)
            try directory.replace(directory.log, by: Array(bytes.prefix(bytes.count * part / 40)))
            try checkNothingIsSilent(directory)
        }

        @Test("A database that is cut off anywhere is noticed", arguments: 0..<20)
        func survivesTruncatedDatabase(part: Int) throws {
            let directory = try makeJournal()
            let bytes = try directory.contents(of: directory.database)
            try directory.replace(
                directory.database, by: Array(bytes.prefix(bytes.count * part / 20)))
            try checkNothingIsSilent(directory)
        }

        /// One statement each, and the events that the error has to name.
        static let tampering = [
            // The groups end at 4, 8, …; those after the checkpoint at 24 are read at a start.
            ("DELETE FROM record_groups WHERE last_offset = 32", "events 33 to 36"),
            (
                """
                UPDATE record_groups SET records = (SELECT records FROM record_groups
                WHERE last_offset = 36) WHERE last_offset = 32
                """, "events 29 to 32"
            ),
            (
                """
                UPDATE record_groups
                SET last_offset = CASE last_offset WHEN 32 THEN -36 ELSE -32 END
                WHERE last_offset IN (32, 36);
                UPDATE record_groups SET last_offset = -last_offset WHERE last_offset < 0
                """, "events 33 to 32"
            ),
            (
                """
                INSERT INTO record_groups SELECT 44, first_offset, checksum, chain, marks, records
                FROM record_groups WHERE last_offset = 40
                """, "events 37 to 44"
            ),
            (
                "UPDATE record_groups SET chain = zeroblob(32) WHERE last_offset = 28",
                "events 25 to 28"
            ),
            (
                """
                UPDATE record_groups SET checksum = (checksum | 1) - (checksum & 1)
                WHERE last_offset = 40
                """, "events 37 to 40"
            ),
        ]

        @Test("Dropped, swapped, doubled and altered groups are named", arguments: tampering)
        func namesTampering(sql: String, place: String) throws {
            let directory = try makeJournal()
            do { try Connection(path: directory.database).execute(sql) }
            let error = #expect(throws: StorageError.self) { _ = try Journal(at: directory) }
            let message = error.map { "\($0)" } ?? ""
            #expect(message.contains(place) && message.contains("--accept-data-loss"))
            try checkNothingIsSilent(directory)
        }

        @Test("A damaged checkpoint gives way to the one before it, and that is noted")
        func fallsBack() throws {
            let directory = try makeJournal()
            try damageCheckpoint(at: 24, in: directory)
            do {
                var journal = try Journal(at: directory)
                #expect(journal.recovery.checkpoint?.offset == 8)
                #expect(
                    journal.recovery.notes
                        == [.damagedCheckpoint(offset: 24, reason: "its digest is wrong")])
                let events = try journal.events(after: 8)
                #expect(events.count == 32 && areExpected(events, from: 9))
                // The next checkpoint takes the place of the damaged one.
                journal.putCheckpoint()
                try journal.commit(durable: true)
            }
            let summary = try JournalSummary(directory: directory.journal)
            #expect(
                summary.checkpoints.map(\.offset) == [40, 8] && summary.damagedCheckpoints.isEmpty)
        }

        @Test("Without any good checkpoint a whole journal is replayed from its beginning")
        func replaysEverything() throws {
            let directory = try TestDirectory()
            do {
                var journal = try Journal(at: directory)
                try journal.appendEvents(4)
                journal.putCheckpoint()
                try journal.appendEvents(4)
            }
            try damageCheckpoint(at: 4, in: directory)
            var journal = try Journal(at: directory)
            #expect(journal.recovery.checkpoint == nil && journal.recovery.notes.count == 1)
            #expect(try journal.events(after: 0).count == 8)
        }

        @Test("Without any good checkpoint a trimmed journal opens only when the loss is accepted")
        func refusesToForgetTheModel() throws {
            let directory = try makeJournal()
            do {
                var journal = try Journal(at: directory)
                while try journal.trim() {}
            }
            for offset in [8, 24] { try damageCheckpoint(at: offset, in: directory) }
            #expect(throws: StorageError.self) { _ = try Journal(at: directory) }
            let journal = try Journal(at: directory, acceptDataLoss: true)
            #expect(journal.recovery.notes.contains(.modelLost(throughOffset: 8)))
            #expect(journal.recovery.checkpoint == nil && journal.recovery.lastOffset == 40)
        }

        @Test("A checkpoint that the journal no longer reaches still saves the model")
        func savesModel() throws {
            let directory = try makeJournal()
            do {
                try Connection(path: directory.database).execute(
                    "DELETE FROM record_groups WHERE last_offset >= 28")
            }
            #expect(throws: StorageError.self) { _ = try Journal(at: directory) }
            let journal = try Journal(at: directory, acceptDataLoss: true)
            #expect(journal.recovery.checkpoint?.samples == 24 && journal.recovery.lastOffset == 28)
            #expect(journal.recovery.notes.contains(.skipped(afterOffset: 24, throughOffset: 28)))
            #expect(journal.recovery.notes.contains(.endsEarly(lastOffset: 28, watermark: 40)))
            #expect(journal.recovery.sortedProducers == expectedMarks(through: 28))
        }

        @Test("An accepted loss ends at the last intact event and keeps the damaged file")
        func cutsTail() throws {
            let directory = try makeJournal()
            do {
                try Connection(path: directory.database).execute(
                    "UPDATE record_groups SET records = zeroblob(9) WHERE last_offset = 36")
            }
            let damaged = try directory.contents(of: directory.database)
            do {
                let journal = try Journal(at: directory, acceptDataLoss: true)
                #expect(journal.recovery.lastOffset == 32 && journal.recovery.notes.count == 2)
                #expect(journal.recovery.sortedProducers == expectedMarks(through: 32))
            }
            #expect(try directory.contents(of: directory.database + ".damaged-32") == damaged)
            #expect(try Journal(at: directory).recovery.notes.isEmpty)
        }

        /// Seven of ten groups stand in the log behind the place, and nobody has noted how far the
        /// journal was durable.
        @Test("A flip amid the log is seen in the log alone", arguments: 0..<20)
        func seesFlipInLog(seed: Int) throws {
            let directory = try liveCopy(hasWatermark: false)
            var bytes = try directory.contents(of: directory.log)
            var generator = SeededGenerator(seed: UInt64(seed))
            bytes[generator.nextIndex(below: bytes.count / 2)] ^=
                UInt8(1 << generator.nextIndex(below: 8))
            try directory.replace(directory.log, by: bytes)
            for _ in 0..<2 {
                let error = #expect(throws: StorageError.self) { _ = try Journal(at: directory) }
                #expect(error.map { "\($0)".contains("--accept-data-loss") } == true)
                // Whoever looks once more, or restores a copy, finds what was there.
                #expect(try directory.contents(of: directory.log) == bytes)
            }
            try checkNothingIsSilent(directory)
        }

        @Test("A log that a crash has torn at its end is whole up to there", arguments: 1..<24)
        func forgivesTornTail(part: Int) throws {
            let directory = try liveCopy(hasWatermark: false)
            let bytes = try directory.contents(of: directory.log)
            // The pages of the last transaction, as if some of them had not reached the disk.
            let torn = bytes.dropLast(4_120 * 2) + [UInt8](repeating: 0, count: part * 171)
            try directory.replace(directory.log, by: Array(torn))
            var journal = try Journal(at: directory)
            let last = journal.recovery.lastOffset
            #expect([32, 36].contains(last))
            let events = try journal.events(after: 24)
            #expect(areExpected(events, from: 25) && events.count == last - 24)
        }

        @Test("Where commits did not wait for the disk a log torn in the middle is none's fault")
        func toleratesTornLog() throws {
            let directory = try liveCopy(hasWatermark: false)
            var bytes = try directory.contents(of: directory.log)
            bytes[bytes.count / 2] ^= 1
            try directory.replace(directory.log, by: bytes)
            let journal = try Journal(
                directory: directory.journal,
                configuration: JournalConfiguration(keptCheckpointCount: 2, isAlwaysDurable: false),
                writer: "test")
            #expect((1..<40).contains(journal.recovery.lastOffset))
        }

        /// The files of a journal whose events are all still in the log.
        private func liveCopy(hasWatermark: Bool = true) throws -> TestDirectory {
            let directory = try TestDirectory()
            let copy = try TestDirectory()
            var journal = try Journal(at: directory)
            for group in 1...10 {
                if group == 3 || group == 7 { journal.putCheckpoint() }
                try journal.appendEvents(4)
            }
            if hasWatermark { try journal.writeWatermark() }
            try directory.copyJournal(to: copy)
            return copy
        }

        private func damageCheckpoint(at offset: Int, in directory: TestDirectory) throws {
            try Connection(path: directory.database).execute(
                "UPDATE checkpoints SET state = zeroblob(3) WHERE offset = \(offset)")
        }

        private func flip(_ bytes: inout [UInt8], seed: Int) {
            var generator = SeededGenerator(seed: UInt64(seed))
            let position = generator.nextIndex(below: bytes.count)
            bytes[position] ^= 1 << UInt8(generator.nextIndex(below: 8))
        }
    }
}
