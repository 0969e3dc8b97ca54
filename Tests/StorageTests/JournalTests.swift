import Foundation
import Storage
import TestSupport
import Testing

extension StorageTests {
    @Suite struct JournalTests {
        @Test("Groups of any size come back after closing", arguments: [1, 2, 63, 64, 256, 1000])
        func comesBack(groupSize: Int) throws {
            let directory = try TestDirectory()
            do {
                var journal = try Journal(at: directory)
                #expect(journal.recovery.lastOffset == 0)
                for _ in 0..<3 { try journal.appendEvents(groupSize) }
                #expect(journal.durableOffset == 3 * groupSize)
            }
            var journal = try Journal(at: directory)
            let events = try journal.events(after: 0)
            #expect(events.count == 3 * groupSize && areExpected(events, from: 1))
            #expect(journal.recovery.sortedProducers == expectedMarks(through: 3 * groupSize))
            #expect(journal.recovery.notes.isEmpty)
            #expect(try journal.append([1]) == 3 * groupSize + 1)
        }

        @Test("Reading can begin inside a group", arguments: [0, 1, 6, 7, 8, 13, 14])
        func readsFromInside(offset: Int) throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            try journal.appendEvents(7)
            try journal.appendEvents(7)
            let events = try journal.events(after: offset)
            #expect(events.count == 14 - offset && areExpected(events, from: offset + 1))
        }

        @Test("An empty record and an empty commit are harmless")
        func takesNothing() throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            try journal.commit(durable: true)
            #expect(journal.committedOffset == 0)
            try journal.append([])
            try journal.commit(durable: true)
            #expect(try journal.events(after: 0).map(\.bytes) == [[]])
        }

        @Test("A durable commit covers the commits before it that were not")
        func laterDurability() throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            try journal.appendEvents(3, durable: false)
            #expect(journal.committedOffset == 3 && journal.durableOffset == 0)
            try journal.commit(durable: true)
            #expect(journal.durableOffset == 3)
        }

        @Test("A restart begins with the newest checkpoint and replays what follows it")
        func restartsFromCheckpoint() throws {
            let directory = try TestDirectory()
            do {
                var journal = try Journal(at: directory)
                try journal.appendEvents(5)
                // The learner lags behind the journal: the checkpoint lies inside a group.
                journal.putCheckpoint(journal.checkpoint(at: 3))
                journal.putDigest(StateDigest(offset: 2, digest: Digest(of: [2])))
                journal.putDigest(StateDigest(offset: 4, digest: Digest(of: [4])))
                try journal.appendEvents(4)
            }
            var journal = try Journal(at: directory)
            let expected = journal.checkpoint(at: 3)
            #expect(journal.recovery.checkpoint == expected.summary)
            #expect(journal.takeCheckpoint() == expected)
            #expect(journal.takeCheckpoint() == nil)
            let events = try journal.events(after: 3)
            #expect(events.count == 6 && areExpected(events, from: 4))
            #expect(
                journal.recovery.digests == [StateDigest(offset: 4, digest: Digest(of: [4]))])
        }

        @Test("Trimming never goes above the oldest kept checkpoint, and gets there")
        func trims() throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            for round in 1...30 {
                if round % 6 == 0 { journal.putCheckpoint() }
                try journal.appendEvents(5)
                // Checkpoints lie at 25, 55, … before the group of their commit; two are kept.
                let newest = (round / 6) * 30 - 5
                let oldestKept = round >= 12 ? newest - 30 : 0
                #expect(try journal.events(after: oldestKept).count == round * 5 - oldestKept)
            }
            while try journal.trim() {}
            #expect(try journal.events(after: 115).count == 35)
            #expect(throws: StorageError.self) { try journal.events(after: 114) }

            let reopened = try reopen(directory, consuming: journal)
            #expect(reopened.firstOffset == 116 && reopened.lastOffset == 150)
            #expect(reopened.sortedProducers == expectedMarks(through: 150))
        }

        @Test("Nothing is trimmed while there is only one checkpoint to fall back on")
        func keepsAllForOneCheckpoint() throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            for _ in 0..<10 { try journal.appendEvents(5) }
            journal.putCheckpoint()
            for _ in 0..<10 { try journal.appendEvents(5) }
            #expect(try !journal.trim())
            #expect(try journal.events(after: 0).count == 100)
        }

        @Test("From 90 % of its bytes on the journal is full, until checkpoints let it trim")
        func tellsWhenFull() throws {
            let directory = try TestDirectory()
            let limit = 1 << 20
            var journal = try Journal(
                directory: directory.journal,
                configuration: JournalConfiguration(maxByteCount: limit, keptCheckpointCount: 2),
                writer: "test")
            while !journal.isFull {
                #expect(journal.usedByteCount < limit * 9 / 10)
                try journal.appendEvents(64)
            }
            #expect(journal.usedByteCount < limit)
            for _ in 0..<2 {
                journal.putCheckpoint()
                try journal.appendEvents(1)
            }
            while try journal.trim() {}
            #expect(!journal.isFull && journal.usedByteCount < limit / 4)
        }

        @Test("A record above the limit is refused and the journal goes on")
        func refusesHugeRecord() throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            let limit = Journal.maxRecordByteCount
            #expect(throws: StorageError.recordTooLarge(byteCount: limit + 1, limit: limit)) {
                try journal.append([UInt8](repeating: 0, count: limit + 1))
            }
            try journal.appendEvents(1)
            #expect(journal.durableOffset == 1)
        }

        @Test("More producers than the limit are refused by name of the limit")
        func boundsProducers() throws {
            let directory = try TestDirectory()
            do {
                var journal = try Journal(at: directory)
                try journal.appendEvents(3)
            }
            #expect(throws: StorageError.tooManyProducers(limit: 2)) {
                _ = try Journal(
                    directory: directory.journal,
                    configuration: JournalConfiguration(maxProducerCount: 2), writer: "test")
            }
        }

        @Test("The summary tells what is in the directory")
        func summarises() throws {
            let directory = try TestDirectory()
            do {
                var journal = try Journal(at: directory)
                try journal.appendEvents(4)
                journal.putCheckpoint()
                try journal.appendEvents(4)
                try journal.writeWatermark()
            }
            let summary = try JournalSummary(directory: directory.journal)
            #expect(summary.formatVersion == 1 && summary.writer == "test")
            #expect(summary.firstOffset == 1 && summary.lastOffset == 8 && summary.groupCount == 2)
            #expect(summary.checkpoints.map(\.offset) == [4] && summary.watermark == 8)
            #expect(summary.producers.count == 3)
        }

        private func reopen(
            _ directory: TestDirectory, consuming journal: consuming Journal
        ) throws -> Recovery {
            do { _ = consume journal }
            return try Journal(at: directory).recovery
        }
    }
}
