import Features
import Learner
import Settings
import StateCoding
import Storage

/// Runs a journal again, as it was or as it might have been, and changes nothing in its directory.
public struct JournalReplay: ~Copyable {
    /// A learner at the end of a replay, and on the way there.
    public struct Run: Sendable {
        public let digest: Digest
        public let report: LearnerReport
    }

    /// The quality of both runs after some event; nil before there is one.
    public struct CurvePoint: Sendable {
        public let offset: Int
        public let recorded: QualityReport?
        public let changed: QualityReport?
    }

    public struct Outcome: Sendable {
        /// The last event that was taken in.
        public let offset: Int
        public let recorded: Run
        /// With the changes that the options ask for; nil when they ask for none.
        public let changed: Run?
        public let curve: [CurvePoint]
        /// What a person should know, a line each.
        public let notes: [String]
    }

    private let options: ReplayOptions
    private let reader: JournalReader
    private var recorded: ModelRebuild
    private var changed: ModelRebuild?
    private var cursor: JournalCursor
    private var curve: [CurvePoint] = []
    private var notes: [String] = []
    private var hasTicks = false

    /// Points of the curve.
    private static let pointCount = 40

    /// Opens a directory that no daemon is using.
    ///
    /// - Throws: ``StorageError``, ``RebuildError`` or ``ReplayError``.
    public init(directory: String, options: ReplayOptions) throws {
        let reader = try JournalReader(directory: directory)
        let until = options.until ?? reader.lastOffset
        // What stands before the damage can be asked for.
        if options.until == nil, let damage = reader.damage { throw damage }
        guard until <= reader.lastOffset else {
            if let damage = reader.damage { throw damage }
            throw ReplayError.beyond(until: until, lastOffset: reader.lastOffset)
        }
        let start = try Self.start(of: reader, until: until, options: options)
        self.options = options
        self.reader = reader
        recorded = start.recorded
        changed = start.changed
        cursor = start.cursor
        notes = start.notes
    }

    /// Where a replay begins.
    private struct Start {
        var recorded: ModelRebuild
        var changed: ModelRebuild?
        var cursor: JournalCursor
        var notes: [String] = []
    }

    private static func start(
        of reader: borrowing JournalReader, until: Int, options: ReplayOptions
    ) throws -> Start {
        guard reader.firstOffset > 1 else {
            return Start(
                recorded: try ModelRebuild(),
                changed: options.isChange ? try ModelRebuild(overrides: options.overrides) : nil,
                cursor: reader.start())
        }
        // The beginning is trimmed: the oldest checkpoint stands for it.
        guard let first = reader.checkpointOffsets.first, first <= until else {
            throw ReplayError.trimmed(
                until: until, firstOffset: reader.checkpointOffsets.first ?? reader.firstOffset)
        }
        let found = try reader.checkpoint(at: first)
        if let name = options.withoutProducer,
            found.producers.contains(where: { $0.producer == name })
        {
            throw ReplayError.producerTrimmed(name: name, offset: first)
        }
        let recorded = try ModelRebuild(checkpoint: found.checkpoint)
        return Start(
            recorded: recorded,
            changed: options.isChange
                ? try changed(found.checkpoint, recorded, options.overrides) : nil,
            cursor: found.cursor,
            notes: ["the journal is trimmed; the replay begins at the checkpoint at \(first)"])
    }

    /// The model of a checkpoint under other settings. What it has, its layers for one, it keeps.
    private static func changed(
        _ checkpoint: Checkpoint, _ recorded: ModelRebuild, _ overrides: [String]
    ) throws -> ModelRebuild {
        var rebuild = try ModelRebuild(checkpoint: checkpoint, overrides: overrides)
        let wanted = try Settings(modelListing: recorded.settings, overrides: overrides).learner
        let before = try Settings(modelListing: recorded.settings).learner
        var commands: [Command] = []
        if wanted.optimizer != before.optimizer { commands.append(.setOptimizer(wanted.optimizer)) }
        if wanted.schedule != before.schedule { commands.append(.setSchedule(wanted.schedule)) }
        if wanted.control != before.control { commands.append(.setControl(wanted.control)) }
        for command in commands {
            try rebuild.take(
                .event(.command(command), producer: nil), endingAt: checkpoint.offset)
        }
        return rebuild
    }

    /// Takes every event in, up to the last one that is wanted.
    ///
    /// - Throws: ``StorageError`` where the journal is damaged, ``RebuildError``, or ``ReplayError``
    ///   when the model is another than was recorded.
    public consuming func run() throws -> Outcome {
        let until = options.until ?? reader.lastOffset
        let interval = max(1, (until - recorded.offset) / Self.pointCount)
        var nextPoint = recorded.offset + interval
        var digests = try reader.digests(after: recorded.offset).filter { $0.offset <= until }[...]
        while recorded.offset < until, let group = try reader.next(&cursor) {
            for record in group.records where recorded.offset < until {
                try take(record, until: until)
                while let next = digests.first, next.offset <= recorded.offset {
                    digests.removeFirst()
                    if next.offset == recorded.offset, recorded.digest != next.digest {
                        throw ReplayError.differs(offset: next.offset)
                    }
                }
                if options.isChange, recorded.offset >= nextPoint {
                    notePoint()
                    nextPoint = recorded.offset + interval
                }
            }
        }
        guard recorded.offset >= until else {
            throw reader.damage
                ?? .damaged(
                    what: "the journal", place: "it ends at \(recorded.offset)")
        }
        if options.isChange, curve.last?.offset != recorded.offset { notePoint() }
        if options.changesControl, !hasTicks {
            notes.append(
                "the journal has no measurements, because structure.policy was off all the time: "
                    + "a controller has nothing to decide by")
        }
        return Outcome(
            offset: recorded.offset, recorded: Self.result(of: recorded),
            changed: changed.map(Self.result), curve: curve, notes: notes)
    }

    private mutating func notePoint() {
        curve.append(
            CurvePoint(
                offset: recorded.offset, recorded: recorded.learner.report().quality,
                changed: changed?.learner.report().quality))
    }

    private static func result(of rebuild: ModelRebuild) -> Run {
        Run(digest: rebuild.digest, report: rebuild.learner.report())
    }

    private mutating func take(_ record: JournalGroup.Record, until: Int) throws {
        var entry: JournalEntry
        do {
            entry = try JournalEntry(record: record.bytes)
        } catch {
            throw RebuildError(place: "event \(record.offset)", reason: "\(error)")
        }
        let end = min(record.offset, until)
        if end < record.offset { entry = entry.prefix(record.eventCount - (record.offset - end)) }
        if changed != nil { try takeChanged(entry, endingAt: end) }
        try recorded.take(entry, endingAt: end)
    }

    /// Puts what the changed model answers in the place of what was answered.
    private func answer(_ block: inout AdmittedBlock) {
        var predictions = Predictions()
        changed?.learner.predictor()?.predict(block, into: &predictions)
        block.answers = predictions.values
    }

    /// Before the recorded run takes the entry: its schema is then the one that admitted it.
    private mutating func takeChanged(_ entry: JournalEntry, endingAt offset: Int) throws {
        guard let present = changed?.learner.schema else { return }
        switch entry {
        case .settings:
            try changed?.take(entry, endingAt: offset)
        case .event(.samples(let block), let producer):
            guard producer == nil || producer != options.withoutProducer else { return }
            var translation = BlockTranslation(from: recorded.learner.schema, to: present)
            var translated = translation.translate(block)
            if block.isPrediction { answer(&translated) }
            let event = Event.samples(translated)
            try changed?.take(.event(event, producer: producer), endingAt: offset)
        case .event(let event, _):
            if case .tick = event { hasTicks = true }
            guard !options.overrules(event) else { return }
            try changed?.take(entry, endingAt: offset)
        }
    }
}

extension JournalEntry {
    /// The first events of an entry that holds a run of them.
    fileprivate func prefix(_ count: Int) -> JournalEntry {
        guard case .event(.samples(let block), let producer) = self else { return self }
        return .event(.samples(block.prefix(count)), producer: producer)
    }
}

/// Why a replay cannot give what was asked for.
public enum ReplayError: Error, Equatable, Sendable {
    case beyond(until: Int, lastOffset: Int)
    case trimmed(until: Int, firstOffset: Int)
    case producerTrimmed(name: String, offset: Int)
    case differs(offset: Int)
}

extension ReplayError: CustomStringConvertible {
    /// One line: what is wrong, the value seen, what to do next.
    public var description: String {
        switch self {
        case .beyond(let until, let last):
            "--until \(until): the journal ends at event \(last); ask for that or less"
        case .trimmed(let until, let first):
            "--until \(until): events before \(first) are trimmed; ask for that or more, or keep "
                + "more checkpoints (checkpoint.keep)"
        case .producerTrimmed(let name, let offset):
            "--without-producer \(name): it sent samples before event \(offset), where the journal "
                + "is trimmed; a model without them cannot be rebuilt"
        case .differs(let offset):
            "the replay came to another state at event \(offset) than was recorded there: another "
                + "build or processor computes in other bits; use the one that wrote the journal"
        }
    }
}
