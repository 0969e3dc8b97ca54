import Learner
import Settings
import StateCoding
import Storage

/// Makes a learner again out of what the journal holds: a checkpoint, or nothing, and the records
/// behind it in their order.
public struct ModelRebuild: Sendable {
    public private(set) var learner: Learner
    /// The last event that the learner has taken in.
    public private(set) var offset: Int
    /// The settings under which it was made, as ``Settings/modelListing``; empty before the first
    /// record of a journal that is read from its beginning.
    public private(set) var settings: [String]
    /// The instruction set of the kernels that made the checkpoint; empty without one.
    public private(set) var kernels = ""
    /// Refusals by code, as the checkpoint has them.
    public let rejections: [Int]
    private let overrides: [String]
    private var effects: [Effect] = []

    /// Begins with nothing; the journal's first record brings the settings.
    ///
    /// - Parameter overrides: `KEY=VALUE` settings that take the place of the journal's.
    public init(overrides: [String] = []) throws(RebuildError) {
        learner = try Self.learner([], overrides)
        offset = 0
        settings = []
        rejections = []
        self.overrides = overrides
    }

    /// Begins with a checkpoint.
    ///
    /// - Parameter overrides: `KEY=VALUE` settings that take the place of the checkpoint's.
    /// - Throws: ``RebuildError`` when the state is of another version.
    public init(checkpoint: Checkpoint, overrides: [String] = []) throws(RebuildError) {
        let place = "the checkpoint at offset \(checkpoint.offset)"
        do {
            let stored = try StoredModel(state: checkpoint.state)
            learner = try Learner(
                configuration: Settings(modelListing: stored.settings, overrides: overrides)
                    .learner,
                stateBytes: stored.learnerBytes)
            settings = stored.settings
            kernels = stored.kernels
            rejections = stored.rejections
        } catch {
            throw RebuildError(place: place, reason: "\(error)")
        }
        offset = checkpoint.offset
        self.overrides = overrides
    }

    /// Handles what a record holds.
    ///
    /// - Throws: ``RebuildError`` when this version cannot read it.
    public mutating func take(_ record: JournalGroup.Record) throws(RebuildError) {
        let entry: JournalEntry
        do throws(StateError) {
            entry = try JournalEntry(record: record.bytes)
        } catch {
            throw RebuildError(place: "event \(record.offset)", reason: "\(error)")
        }
        try take(entry, endingAt: record.offset)
    }

    /// Handles an entry.
    ///
    /// - Parameter offset: Of its last event.
    public mutating func take(
        _ entry: JournalEntry, endingAt offset: Int
    ) throws(RebuildError) {
        switch entry {
        case .settings(let lines):
            if learner.counts.events == 0 {
                learner = try Self.learner(lines, overrides)
            } else {
                learner = try Self.learner(lines, overrides, goingOnFrom: learner)
            }
            settings = lines
        case .event(let event, _):
            learner.handle(event, effects: &effects)
            // They were told when they happened.
            effects.removeAll(keepingCapacity: true)
        }
        self.offset = offset
    }

    /// Leaves events out whose meaning is lost.
    mutating func skip(to offset: Int) { self.offset = offset }

    /// SHA-256 of the learner's whole state.
    public var digest: Digest { Digest(of: learner.stateBytes()) }

    /// The learner of some settings, which goes on where an earlier one was.
    static func learner(
        _ lines: [String], _ overrides: [String], goingOnFrom earlier: Learner? = nil
    ) throws(RebuildError) -> Learner {
        do {
            let settings = try Settings(modelListing: lines, overrides: overrides)
            guard let earlier else { return Learner(configuration: settings.learner) }
            return try Learner(
                configuration: settings.learner, stateBytes: earlier.stateBytes())
        } catch {
            throw RebuildError(place: "the settings", reason: "\(error)")
        }
    }
}

/// Why a model cannot be made again from a journal that is whole.
public struct RebuildError: Error, Equatable, Sendable, CustomStringConvertible {
    let place: String
    let reason: String

    public var description: String {
        "\(place) in the journal cannot be used (\(reason)); start the version of Osier that "
            + "wrote it, or use another storage.directory"
    }
}
