import DequeModule
import Features
import Learner
import NeuralNetwork
import Settings
import StructureControl
import Synchronization
import WireFormat
import ZeroMQ

/// The thread that owns the sockets `feed`, `samples`, `learn`, `status` and `control`.
///
/// It decodes and checks what comes in, queues samples and commands for the trainer, and tells the
/// world what happens. It waits in one place only, for all sockets and for the trainer's answers.
struct NetworkLoop: ~Copyable {
    /// From the first sample to the last word.
    enum Phase: Equatable {
        case running
        /// What has arrived is still taken in, until nothing came for a while.
        case draining(quietSince: ContinuousClock.Instant, deadline: ContinuousClock.Instant)
        /// The journal has failed: predictions go on for a moment, so that whoever asks can turn
        /// to another daemon.
        case failing(deadline: ContinuousClock.Instant)
        /// The trainer finishes what is queued.
        case finishing
        case finished

        /// Whether the trainer still gets commands.
        var takesRequests: Bool {
            switch self {
            case .running, .draining: true
            case .failing, .finishing, .finished: false
            }
        }
    }

    var sockets: NetworkSockets
    private(set) var learnSocket: RequestSocket?
    private(set) var controlSocket: RequestSocket?
    var intake: SampleIntake
    var samplesDecoder: SampleDecoder
    var learnDecoder: SampleDecoder
    var producers: ProducerTable
    var rejections: Rejections
    var deadLetters: DeadLetters?
    var publisher: StatusPublisher
    var assembler: StatusAssembler
    /// The last event that the trainer has learned, of those that somebody waits for.
    var learnedOffset: Int
    /// The last event that is as safe as the settings ask for; without a journal, all are.
    var committedOffset: Int
    /// Acknowledgements that wait for the trainer or the journal, the oldest first.
    var openAcknowledgements: Deque<OpenAcknowledgement> = []
    /// The control request that waits for the trainer; until then no other is read.
    var openControl: OpenControl?
    /// The file that the open control request waits for.
    var exportJob: ExportJob?
    /// Reports that the trainer still owes and nobody waits for any more.
    var abandonedReports = 0
    var isPaused: Bool
    /// As operators have left them; a change replaces only the keys that it names.
    var optimizer: OptimizerConfiguration
    var schedule: ScheduleConfiguration
    var phase = Phase.running
    var ticker: Ticker
    /// As operators have left it.
    var control: ControlConfiguration

    let settings: Settings
    let trainer: Ring<TrainerMessage>
    let answers: Ring<TrainerReply>
    let remembered: Ring<RememberedPredictions>
    let journal: JournalRings?
    let gauges: Gauges
    let lifecycle: LifecycleSignals
    let log: EventLog
    let hub: TelemetryHub?
    var message = Multipart(maxFrameCount: 16)
    var joined = JoinedMessages()

    private var poller = Poller()
    private var entries = PollEntries()
    private var statusClock: StatusClock
    private var isTrainerFinished = false
    var isJournalFinished: Bool
    /// What recovery found, until it is told.
    private var startNotes: [String]

    /// Messages taken from one socket before the others get their turn.
    private static let budget = 256
    /// How long no sample may come before a drain counts as complete, and how long it may last.
    private static let quietTime = Duration.milliseconds(100)
    private static let drainTime = Duration.seconds(10)
    /// How often a full queue is looked at again.
    private static let fullQueueInterval = Duration.milliseconds(1)

    init(
        sockets: consuming NetworkSockets, parts: NetworkParts, settings: Settings
    ) {
        let limits = DecodingLimits(settings)
        var sockets = sockets
        if let socket = sockets.learn.take() {
            learnSocket = RequestSocket(socket, gauges: parts.gauges)
        }
        if let socket = sockets.control.take() {
            controlSocket = RequestSocket(socket, gauges: parts.gauges)
        }
        self.sockets = sockets
        intake = SampleIntake(parts: parts, queueCapacity: settings.queueCapacity)
        remembered = parts.remembered
        samplesDecoder = SampleDecoder(purpose: .samples, limits: limits)
        learnDecoder = SampleDecoder(purpose: .learn, limits: limits)
        deadLetters = parts.deadLetters
        let learner = parts.start.learner
        assembler = StatusAssembler(
            settings: settings, report: learner.report(), start: parts.startTime)
        optimizer = learner.configuration.optimizer
        schedule = learner.configuration.schedule
        isPaused = learner.isPaused
        control = learner.configuration.control
        ticker = Ticker(gauges: parts.gauges, start: parts.startTime)
        producers = ProducerTable(parts.start.producers)
        rejections = Rejections(counts: parts.start.rejections)
        learnedOffset = parts.start.offset
        committedOffset = parts.journal == nil ? .max : parts.start.offset
        journal = parts.journal
        isJournalFinished = parts.journal == nil
        startNotes = parts.start.notes
        self.settings = settings
        trainer = parts.trainer
        answers = parts.answers
        gauges = parts.gauges
        lifecycle = parts.lifecycle
        log = parts.log
        hub = parts.hub
        publisher = StatusPublisher(hub: parts.hub)
        statusClock = StatusClock(
            interval: .seconds(settings.status.intervalSeconds), start: parts.startTime)
    }

    /// Whether what is acknowledged survives the end of the process.
    var isDurable: Bool { journal != nil }

    /// Serves until the daemon has stopped.
    mutating func run() throws(ZeroMQError) {
        register()
        for note in startNotes { try alert(code: "recovery", note) }
        startNotes = []
        while phase != .finished {
            // Looked at once: the trainer makes room meanwhile, and who has left sockets alone for
            // want of it must not sleep as if it had not.
            let hasRoom = intake.hasRoom
            updateInterest(hasRoom: hasRoom)
            let timeout = answersAreAwaited(hasRoom: hasRoom) ? timeout(hasRoom: hasRoom) : .zero
            _ = try poller.wait(timeout: timeout)
            answers.wake()
            journal?.outbox.wake()
            remembered.wake()
            if poller.isReadable(entries.answers) { answers.notifier.clear() }
            try takeAnswers()
            takeRemembered()
            try takeJournalReplies()
            try acknowledge()
            try answerLateStatus()
            try answerExport()
            try serveSockets()
            try advancePhase()
            try publishIfDue()
            tickIfDue()
        }
        // Whoever still waits for a file gets it.
        while exportJob?.isFinished == false { _ = try poller.wait(timeout: .milliseconds(10)) }
        try answerExport()
    }

    private mutating func register() {
        entries.answers = poller.add(fileDescriptor: answers.notifier.fileDescriptor)
        entries.feed = poller.addIfPresent(sockets.feed)
        entries.samples = poller.addIfPresent(sockets.samples)
        entries.status = poller.addIfPresent(sockets.status)
        if let requests = learnSocket { entries.learn = poller.add(requests.socket) }
        if let requests = controlSocket { entries.control = poller.add(requests.socket) }
    }

    /// Sockets whose messages could not be handled now are left alone, so that senders wait.
    private mutating func updateInterest(hasRoom: Bool) {
        let takesSamples = hasRoom && !isPaused && phase.takesRequests
        if let entry = entries.samples {
            poller.setEvents(takesSamples ? .readable : [], at: entry)
        }
        if let entry = entries.feed {
            // While learning is paused the feed is read and refused: what a publisher drops for a
            // subscriber that does not read would go uncounted.
            let takesFeed = phase.takesRequests && (isPaused || intake.hasRoomForFeed)
            poller.setEvents(takesFeed ? .readable : [], at: entry)
        }
        if let entry = entries.control {
            poller.setEvents(openControl == nil ? .readable : [], at: entry)
        }
    }

    /// Announces to the rings that the thread is going to sleep, unless there is something.
    private func answersAreAwaited(hasRoom: Bool) -> Bool {
        guard answers.prepareToSleep(), journal?.outbox.prepareToSleep() ?? true else {
            return false
        }
        // Without room nothing is taken from there, so nothing there may keep the thread awake.
        return hasRoom && phase.takesRequests ? remembered.prepareToSleep() : true
    }

    private func timeout(hasRoom: Bool) -> Duration {
        var timeout = statusClock.timeUntilDue(at: .now)
        if control.policy != nil { timeout = min(timeout, ticker.timeUntilDue(at: .now)) }
        if phase != .running { timeout = min(timeout, .milliseconds(20)) }
        if let deadline = openControl?.deadline { timeout = min(timeout, deadline - .now) }
        // The journal's word ends a hold, and wakes this thread.
        if !hasRoom, intake.hold == nil {
            timeout = min(timeout, Self.fullQueueInterval)
        }
        return max(timeout, .zero)
    }

    private mutating func serveSockets() throws(ZeroMQError) {
        if let entry = entries.learn, poller.isReadable(entry) {
            try serveLearn(budget: Self.budget)
        }
        if let entry = entries.samples, poller.isReadable(entry) {
            try serveSamples(budget: Self.budget)
        }
        if let entry = entries.feed, poller.isReadable(entry) {
            try serveFeed(budget: Self.budget)
        }
        if let entry = entries.control, poller.isReadable(entry) { try serveControl() }
        if let entry = entries.status, poller.isReadable(entry) {
            try publisher.serveSubscriptions(on: sockets.status, using: message)
        }
    }

    private mutating func advancePhase() throws(ZeroMQError) {
        let now = ContinuousClock.now
        switch phase {
        case .running:
            guard lifecycle.isStopRequested else { return }
            log.info("stopping: taking in what has arrived")
            phase = .draining(quietSince: now, deadline: now + Self.drainTime)
        case .draining(let quietSince, let deadline):
            guard now - quietSince >= Self.quietTime || now >= deadline else { return }
            if trainer.send(.finish) { phase = .finishing }
        case .failing(let deadline):
            guard now >= deadline, trainer.send(.finish) else { return }
            phase = .finishing
        case .finishing:
            guard isTrainerFinished, isJournalFinished else { return }
            try publishStatus()
            phase = .finished
        case .finished:
            return
        }
    }

    /// Samples came in: a drain goes on.
    mutating func noteArrival() {
        if case .draining(_, let deadline) = phase {
            phase = .draining(quietSince: .now, deadline: deadline)
        }
    }

    private mutating func takeAnswers() throws(ZeroMQError) {
        while let answer = answers.receive() {
            switch answer {
            case .learned(let offset):
                learnedOffset = offset
            case .refused(let refusal):
                try refuseOpenControl(refusal)
            case .done, .changed, .started, .report, .schema, .state:
                try answerControl(with: answer)
            case .exportable(let predictor):
                try startExport(predictor)
            case .effect(let effect):
                try publish(effect)
            case .periodicReport(let report):
                assembler.report = report
                try publishStatus()
            case .periodicSchema(let schema):
                hub?.note(schema)
            case .finished:
                isTrainerFinished = true
            }
        }
    }

    private mutating func publishIfDue() throws(ZeroMQError) {
        let now = ContinuousClock.now
        guard statusClock.isDue(at: now) else { return }
        statusClock.advance(at: now)
        try publishRejections()
        gauges.noteRejections(rejections.countByCode)
        if phase.takesRequests { intake.expireFeatures(at: now) }
        // The trainer answers between two messages, and that wakes this thread.
        gauges.isReportWanted.store(true, ordering: .relaxed)
        trainer.notifier.signal()
    }
}

extension Poller {
    /// Adds a socket unless it is switched off.
    fileprivate mutating func addIfPresent(_ socket: borrowing Socket?) -> Int? {
        switch socket {
        case .some(let socket): add(socket)
        case .none: nil
        }
    }
}

/// Indices of the sockets in the poller.
private struct PollEntries {
    var answers = 0
    var feed: Int?
    var samples: Int?
    var learn: Int?
    var status: Int?
    var control: Int?
}

/// What the network thread gets from whoever starts it.
struct NetworkParts: Sendable {
    let start: StartState
    let trainer: Ring<TrainerMessage>
    let remembered: Ring<RememberedPredictions>
    let spentBlocks: Ring<AdmittedBlock>
    let answers: Ring<TrainerReply>
    /// `nil` where everything is kept in memory only.
    let journal: JournalRings?
    let gauges: Gauges
    let lifecycle: LifecycleSignals
    let log: EventLog
    let deadLetters: DeadLetters?
    let hub: TelemetryHub?
    let startTime: ContinuousClock.Instant
}

/// When the next status is due.
struct StatusClock {
    private let interval: Duration
    private var due: ContinuousClock.Instant

    /// The first status is due at once, so that the first subscriber finds one.
    init(interval: Duration, start: ContinuousClock.Instant) {
        self.interval = interval
        due = start
    }

    func isDue(at time: ContinuousClock.Instant) -> Bool { time >= due }
    func timeUntilDue(at time: ContinuousClock.Instant) -> Duration { due - time }

    /// Moves on to the next due time; those that were missed are left out.
    mutating func advance(at time: ContinuousClock.Instant) {
        due += interval
        if due <= time { due = time + interval }
    }
}
