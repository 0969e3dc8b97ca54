import Foundation
import Randomness
import Storage
import TestSupport
import Testing

extension StorageTests {
    @Suite struct CrashTests {
        /// Opens what a crash has left and checks that it is a run without interruption.
        private func checkRecovered(_ directory: TestDirectory, acknowledged: Int) throws {
            var journal = try Journal(at: directory)
            let last = journal.recovery.lastOffset
            #expect(last >= acknowledged, "acknowledged events are gone")
            #expect(journal.recovery.notes.isEmpty)
            #expect(journal.recovery.sortedProducers == expectedMarks(through: last))
            var state = StoredEvents.initialState
            var offset = 0
            if let checkpoint = journal.takeCheckpoint() {
                state = checkpoint.state.reversed().reduce(0) { $0 << 8 | UInt64($1) }
                offset = checkpoint.offset
            }
            for event in try journal.events(after: offset) {
                state = StoredEvents.state(after: state, event.bytes)
            }
            #expect(state == StoredEvents.state(through: last), "the state is another one")
        }

        @Test("The files as they are after any commit hold exactly what was committed")
        func copiesHoldWhatWasCommitted() throws {
            let directory = try TestDirectory()
            var journal = try Journal(at: directory)
            for round in 1...40 {
                try journal.appendEvents(round % 9 + 1, durable: round % 4 == 0)
                let copy = try TestDirectory()
                try directory.copyJournal(to: copy)
                try checkRecovered(copy, acknowledged: journal.committedOffset)
                #expect(try Journal(at: copy).recovery.lastOffset == journal.committedOffset)
            }
        }

        @Test("A process killed at any moment, again and again, loses and doubles nothing")
        func survivesKill() throws {
            let directory = try TestDirectory()
            var generator = SeededGenerator(seed: 7)
            var acknowledged = 0
            for _ in 0..<25 {
                let probe = try ProbeProcess(["append", directory.journal])
                let lines = try probe.lines(killedAfter: 1 + generator.nextIndex(below: 2000))
                let last = try #require(lines.last.map { Int($0) } ?? acknowledged)
                #expect(last >= acknowledged)
                acknowledged = last
                try checkRecovered(directory, acknowledged: acknowledged)
            }
            #expect(acknowledged > 25)
        }

        @Test(
            "A process killed at one of its syncs or writes loses and doubles nothing",
            .enabled(if: ProbeProcess.canInject, "needs strace and the right to trace"),
            arguments: ["fdatasync", "pwrite64"], [1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
        func survivesKillAtCall(call: String, number: Int) throws {
            let directory = try TestDirectory()
            let probe = try ProbeProcess(
                ["append", directory.journal, "60"], injection: "\(call):signal=KILL:when=\(number)"
            )
            let lines = try probe.lines()
            try checkRecovered(directory, acknowledged: lines.last.flatMap { Int($0) } ?? 0)
        }

        @Test(
            "After an I/O error nothing is acknowledged until a restart has recovered",
            .enabled(if: ProbeProcess.canInject, "needs strace and the right to trace"),
            arguments: [
                ("fdatasync", 20), ("fdatasync", 35), ("fdatasync", 50), ("pwrite64", 100),
                ("pwrite64", 101), ("pwrite64", 250), ("pwrite64", 999),
            ])
        func stopsAfterError(call: String, number: Int) throws {
            let directory = try TestDirectory()
            let probe = try ProbeProcess(
                ["append", directory.journal, "200"], injection: "\(call):error=EIO:when=\(number)")
            let lines = try probe.lines()
            #expect(probe.exitStatus == 3)
            #expect(lines.count >= 2)
            let messages = lines.suffix(2)
            #expect(messages.first?.contains("nothing more is acknowledged") == true)
            #expect(messages.last?.hasPrefix("the journal has stopped") == true)
            let acknowledged = lines.dropLast(2).last.flatMap { Int($0) } ?? 0
            try checkRecovered(directory, acknowledged: acknowledged)
        }

        @Test("Without room nothing of a group is in; with room again all of it is")
        func waitsForRoom() throws {
            let directory = try TestDirectory()
            let lines = try ProbeProcess(["fill", directory.journal, "400000"]).lines()
            #expect(lines.filter { $0.hasPrefix("full") }.count == 3)
            #expect(lines.last == "resumed")
            // Three groups waited and came in together.
            let offsets = lines.compactMap { Int($0) }
            let before = try #require(offsets.dropLast().last)
            #expect(offsets.last == before + 3 * 16)
            try checkRecovered(directory, acknowledged: before + 3 * 16)
        }
    }
}
