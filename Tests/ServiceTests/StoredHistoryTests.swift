import Features
import Foundation
import Learner
import Settings
import StateCoding
import Storage
import Testing

@testable import Service

/// A directory that is gone when the value is.
final class StorageDirectory {
    let path: String

    init() {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("osier-\(UUID().uuidString)").path
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("\(path) stays behind: \(error)")
        }
    }
}

@Suite("What a storage directory holds") struct StoredHistoryTests {
    private let directory = StorageDirectory()

    private var settings: Settings {
        var settings = Settings()
        settings.learner.model.hidden = [4]
        return settings
    }

    private func samples(_ count: Int, from start: Int, schema: inout SampleSchema) -> Event {
        var block = SampleBlock()
        for row in 0..<count {
            let x = Double((start + row) % 11) / 5 - 1
            block.rows.append(
                .init(
                    shape: .positional(start: 2 * row, count: 2),
                    target: .label(.text(x > 0 ? "UP" : "DOWN")), index: row))
            block.values += [x, 1 - x]
        }
        return .samples(schema.admit(block))
    }

    /// Writes settings and blocks of samples as the daemon does, and gives back the state behind
    /// them.
    private func write(blocks: Int, digest: (Int, ModelRebuild) -> Digest?) throws -> Digest {
        var journal = try Journal(directory: directory.path, writer: "test")
        var rebuild = try ModelRebuild()
        var schema = Learner(configuration: settings.learner).schema
        var entries = [JournalEntry.settings(settings.modelListing)]
        for block in 0..<blocks {
            let event = samples(7, from: 7 * block, schema: &schema)
            entries.append(.event(event, producer: block % 2 == 0 ? "even" : nil))
        }
        for (index, entry) in entries.enumerated() {
            let offset = try journal.append(entry.bytes, eventCount: entry.eventCount)
            try rebuild.take(entry, endingAt: offset)
            if let digest = digest(index, rebuild) {
                journal.putDigest(StateDigest(offset: offset, digest: digest))
            }
        }
        try journal.commit(durable: true)
        return rebuild.digest
    }

    private func open(
        _ settings: Settings, acceptsDataLoss: Bool = false
    ) throws -> StartState {
        try StoredHistory(
            directory: directory.path, settings: settings, acceptsDataLoss: acceptsDataLoss
        ).state
    }

    @Test("is the learner of an uninterrupted run, and every sample has its number")
    func restores() throws {
        let digest = try write(blocks: 5) { _, rebuild in rebuild.digest }
        let state = try open(settings)
        #expect(Digest(of: state.learner.stateBytes()) == digest)
        #expect(state.offset == 1 + 5 * 7 && state.learner.counts.learned == 35)
        #expect(state.notes.isEmpty)
    }

    @Test("is not used when a replay comes to another state, unless that is accepted")
    func comparesDigests() throws {
        _ = try write(blocks: 3) { index, _ in index == 2 ? Digest(of: [1]) : nil }
        #expect(throws: DigestMismatch(offset: 15)) { try open(settings) }
        let state = try open(settings, acceptsDataLoss: true)
        #expect(state.learner.counts.learned == 21)
        #expect(state.notes == ["\(DigestMismatch(offset: 15))"])
    }

    @Test("goes on under other settings, which are written down once")
    func adoptsSettings() throws {
        _ = try write(blocks: 2) { _, _ in nil }
        var other = settings
        other.learner.optimizer.learningRate = 0.25
        other.learner.schedule.name = .inverseSquareRoot
        other.learner.model.seed = 5
        let changed = try open(other)
        #expect(changed.notes.count == 1 && changed.notes[0].contains("model.seed=5"))
        // The settings, the optimiser and the schedule.
        #expect(changed.offset == 1 + 2 * 7 + 3)
        #expect(changed.learner.configuration.optimizer.learningRate == 0.25)
        #expect(changed.learner.configuration.model.seed == 5)
        let again = try open(other)
        #expect(again.notes.isEmpty && again.offset == changed.offset)
        #expect(again.learner.stateBytes() == changed.learner.stateBytes())
    }

    @Test("is refused in words when a record is of another version")
    func refusesUnknownRecords() throws {
        do {
            var journal = try Journal(directory: directory.path, writer: "test")
            try journal.append([250])
            try journal.commit(durable: true)
        }
        let error = #expect(throws: RebuildError.self) { try open(settings) }
        #expect(error?.description.contains("event 1 in the journal cannot be used") == true)
    }

    @Test("survives its bytes: settings, samples with their producer, a stored model")
    func codes() throws {
        var schema = Learner(configuration: settings.learner).schema
        let event = samples(3, from: 0, schema: &schema)
        let copy = try JournalEntry(record: JournalEntry.event(event, producer: "é").bytes)
        guard case .event(.samples(let block), let producer?) = copy else {
            Issue.record("\(copy) is no event of a producer")
            return
        }
        #expect(producer == "é" && block.rows.count == 3)
        #expect(throws: StateError.self) {
            try JournalEntry(record: JournalEntry.settings(["a=1"]).bytes + [0])
        }
        let stored = StoredModel(settings: ["a=1"], learnerBytes: [9, 8], rejections: [0, 4])
        let model = try StoredModel(state: stored.bytes)
        #expect(model.settings == ["a=1"] && model.learnerBytes == [9, 8])
        #expect(model.rejections == [0, 4])
    }
}
