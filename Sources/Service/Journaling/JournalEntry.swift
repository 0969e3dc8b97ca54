import Learner
import NeuralNetwork
import Settings
import StateCoding

/// One record of the journal. Each case has its byte for ever: journals hold it.
public enum JournalEntry: Sendable {
    /// The settings that shape the learner from here on, as ``Settings/modelListing``.
    case settings([String])
    /// What the learner handled, and for acknowledged samples whose they were.
    case event(Event, producer: String?)
}

extension JournalEntry: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch self {
        case .settings(let lines):
            writer.write(UInt8(0))
            writer.write(lines)
        case .event(let event, let producer):
            writer.write(UInt8(1))
            writer.write(producer ?? "")
            writer.write(event)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        switch try reader.readUInt8() {
        case 0:
            self = .settings(try reader.readStrings())
        case 1:
            let producer = try reader.readString()
            self = .event(try reader.read(), producer: producer.isEmpty ? nil : producer)
        default:
            throw .invalid(what: "kind of journal entry", offset: reader.offset - 1)
        }
    }

    /// Numbers that the entry takes in the journal.
    var eventCount: Int {
        switch self {
        case .settings: 1
        case .event(let event, _): event.journalCount
        }
    }

    /// The bytes of a record.
    var bytes: [UInt8] {
        var writer = StateWriter()
        encode(to: &writer)
        return writer.bytes
    }

    /// Reads a record of the journal.
    ///
    /// - Throws: ``StateError`` when the bytes are of another version.
    public init(record bytes: [UInt8]) throws(StateError) {
        var reader = StateReader(bytes: bytes)
        try self.init(from: &reader)
        guard reader.remainingCount == 0 else {
            throw .invalid(what: "end of a journal entry", offset: reader.offset)
        }
    }
}

/// The state that a checkpoint holds.
public struct StoredModel: Sendable {
    /// The instruction set of the kernels that made it.
    public var kernels = KernelLevel.current.rawValue
    /// The settings under which the learner was made, as ``Settings/modelListing``.
    public var settings: [String]
    /// ``Learner/stateBytes()``.
    public var learnerBytes: [UInt8]
    /// Refusals by code, in the order of `Refusal.Code.allCases`; they are told, not learned from.
    public var rejections: [Int]

    init(settings: [String], learnerBytes: [UInt8], rejections: [Int]) {
        self.settings = settings
        self.learnerBytes = learnerBytes
        self.rejections = rejections
    }

    /// Reads the state of a checkpoint.
    ///
    /// - Throws: ``StateError`` when the bytes are of another version.
    public init(state bytes: [UInt8]) throws(StateError) {
        var reader = StateReader(bytes: bytes)
        kernels = try reader.readString()
        settings = try reader.readStrings()
        rejections = try reader.readInts()
        learnerBytes = reader.readRest()
    }

    /// The bytes for a checkpoint.
    var bytes: [UInt8] {
        var writer = StateWriter()
        writer.write(kernels)
        writer.write(settings)
        writer.write(rejections)
        return writer.bytes + learnerBytes
    }
}

extension Settings {
    /// The settings on which the learner depends, as `KEY=VALUE`; what only the daemon around it
    /// needs is left out.
    public var modelListing: [String] {
        let around = ["sockets", "storage", "journal", "checkpoint", "http", "security", "log"]
        return listing.compactMap { key, value in
            around.contains(String(key.prefix { $0 != "." })) ? nil : "\(key)=\(value)"
        }
    }

    /// Reads what ``modelListing`` has written; all else is at its default.
    ///
    /// - Parameter overrides: `KEY=VALUE` settings that replace some of them.
    /// - Throws: ``SettingsError`` when a key is not known to this version.
    public init(
        modelListing lines: [String], overrides: [String] = []
    ) throws(SettingsError) {
        self = try Settings.load(file: nil, overrides: lines + overrides, environment: [:])
    }
}
