import Foundation
import Storage
import TestSupport

/// A directory that is gone when the value is.
final class TestDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("osier-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("\(path) stays behind: \(error)")
        }
    }

    /// A journal's directory inside; the journal creates it.
    var journal: String { path + "/journal" }
    var database: String { journal + "/journal.db" }
    var log: String { journal + "/journal.db-wal" }

    func contents(of file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    func replace(_ file: String, by bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }

    /// The files as they are at this moment, as a power cut would leave them.
    func copyJournal(to other: TestDirectory) throws {
        try FileManager.default.createDirectory(
            atPath: other.journal, withIntermediateDirectories: true)
        for name in ["journal.db", "journal.db-wal", "watermark"]
        where FileManager.default.fileExists(atPath: "\(journal)/\(name)") {
            try FileManager.default.copyItem(
                atPath: "\(journal)/\(name)", toPath: "\(other.journal)/\(name)")
        }
    }
}

extension Journal {
    /// Opens with few checkpoints, so that trimming begins early.
    init(at directory: TestDirectory, acceptDataLoss: Bool = false) throws(StorageError) {
        try self.init(
            directory: directory.journal,
            configuration: JournalConfiguration(keptCheckpointCount: 2), writer: "test",
            acceptDataLoss: acceptDataLoss)
    }

    /// Appends the events that belong at the end, each with its producer's mark, and commits.
    mutating func appendEvents(_ count: Int, durable: Bool = true) throws(StorageError) {
        for _ in 0..<count {
            let offset = try append(StoredEvents.record(at: appendedOffset + 1))
            try mark(
                producer: StoredEvents.producer(of: offset),
                sequence: StoredEvents.sequence(of: offset), offset: offset)
        }
        try commit(durable: durable)
    }

    /// Writes a checkpoint of the events so far, with the next commit.
    mutating func putCheckpoint() { putCheckpoint(checkpoint(at: appendedOffset)) }

    func checkpoint(at offset: Int) -> Checkpoint {
        Checkpoint(
            offset: offset, samples: offset, structure: 1,
            state: Array("state at \(offset)".utf8))
    }

    /// Offsets and bytes of the events after an offset.
    mutating func events(after offset: Int) throws(StorageError) -> [JournalGroup.Record] {
        var cursor = try cursor(after: offset)
        var events: [JournalGroup.Record] = []
        while let group = try next(&cursor) { events += group.records }
        return events
    }
}

/// Whether the events are those of an uninterrupted run, from `first` on without a gap.
func areExpected(_ events: [JournalGroup.Record], from first: Int) -> Bool {
    events.enumerated().allSatisfy { index, event in
        event.offset == first + index && event.bytes == StoredEvents.record(at: first + index)
    }
}

/// The marks that the producers have after an uninterrupted run.
func expectedMarks(through offset: Int) -> [ProducerMark] {
    (max(1, offset - 2)..<offset + 1).map { offset in
        ProducerMark(
            producer: StoredEvents.producer(of: offset),
            sequence: StoredEvents.sequence(of: offset), offset: offset)
    }.sorted { $0.producer < $1.producer }
}

extension Recovery {
    var sortedProducers: [ProducerMark] { producers.sorted { $0.producer < $1.producer } }
}
