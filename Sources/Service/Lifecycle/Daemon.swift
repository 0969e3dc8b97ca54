import Features
import Foundation
import Learner
import Settings
import Storage
import Synchronization
import ZeroMQ

/// The daemon: its threads, their sockets, and the rings between them.
///
/// The network thread owns the sockets that take samples and commands and publish the status, the
/// predictor thread owns `predict`, and the trainer owns the learner. With a storage directory the
/// journal thread owns the journal, and one more thread turns the learner into checkpoints.
public struct Daemon: Sendable {
    private let settings: Settings
    private let log: EventLog
    private let acceptsDataLoss: Bool
    private let imported: ImportedModel?

    /// - Parameters:
    ///   - acceptsDataLoss: Whether to go on without what is damaged or missing in the storage
    ///     directory.
    ///   - imported: What the learner starts from instead of nothing.
    public init(
        settings: Settings, log: EventLog, acceptsDataLoss: Bool = false,
        imported: ImportedModel? = nil
    ) {
        self.imported = imported
        self.settings = settings
        self.log = log
        self.acceptsDataLoss = acceptsDataLoss
    }

    /// Runs until a signal or a command stops it.
    ///
    /// - Parameters:
    ///   - portFile: Receives the endpoints as JSON once every socket is bound.
    ///   - ready: Called once, after that.
    /// - Throws: ``DaemonError`` when a socket cannot be bound or fails, or the storage directory
    ///   cannot be used or fails.
    public func run(portFile: String?, ready: (BoundEndpoints) -> Void) throws(DaemonError) {
        do {
            try serve(portFile: portFile, ready: ready)
        } catch {
            throw DaemonError(error)
        }
    }

    private func serve(portFile: String?, ready: (BoundEndpoints) -> Void) throws {
        // Whatever the daemon makes, ipc sockets above all, is for its own user.
        umask(0o077)
        var opened: Journal?
        var start = StartState(learner: Learner(configuration: settings.learner))
        if let directory = settings.storage.directory {
            ServiceManager.ofThisProcess?.tell(.status("reading the journal"))
            let history = try StoredHistory(
                directory: directory, settings: settings, acceptsDataLoss: acceptsDataLoss,
                imported: imported)
            start = history.state
            opened = history.takeJournal()
            log.info(
                "\(directory): went on at offset \(start.offset), "
                    + "\(start.learner.counts.learned) samples learned")
        } else if let imported {
            var effects: [Effect] = []
            start.learner.handle(.command(.adopt(imported)), effects: &effects)
        }
        let parts = try DaemonParts(
            settings: settings, log: log, start: start, isDurable: opened != nil)
        let announcer = try Announcer.ofThisProcess(parts)
        defer { announcer?.stop() }
        let reload: @Sendable () -> Void = { announcer?.reload() }
        let signals = SignalSources(parts.lifecycle, reload: reload) { number in
            // Asked twice: whoever asks means now.
            log.warning("second signal \(number): stopping at once, queued samples are lost")
            _exit(130)
        }
        defer { withExtendedLifetime(signals) {} }

        let networkStart = Promise<Result<BoundEndpoints, ZeroMQError>>()
        let predictStart = Promise<Result<BoundEndpoints, ZeroMQError>>()
        let network = startNetwork(parts, networkStart)
        let predictor = startPredictor(parts, predictStart)
        let bindings = Result { try networkStart.wait().get() }
        let predictBindings = Result { try predictStart.wait().get() }

        let journal = startJournal(opened.take(), parts)
        let trainer = startTrainer(parts)
        var http: HttpService?
        var readyFailure: (any Error)?
        var endpoints = BoundEndpoints()
        do {
            endpoints = try bindings.get()
            endpoints.predict = try predictBindings.get().predict
            http = try startHttp(parts)
            endpoints.http = http?.address
            if let portFile { try PortFile.write(endpoints, to: portFile) }
            ready(endpoints)
            announcer?.start()
        } catch {
            readyFailure = error
            parts.lifecycle.requestStop()
        }
        let networkResult = network.join()
        parts.trainerOutbox.close()
        parts.journal?.outbox.close()
        // A network thread that failed can no longer tell the trainer to finish.
        if case .failure = networkResult { _ = parts.trainerInbox.send(.finish) }
        trainer.join()
        let journalResult = journal?.join()
        parts.predictorStop.request()
        let predictorResult = predictor.join()
        if let http { Promise.wait { await http.stop() } }
        parts.context.terminate()
        removeSocketFiles(of: endpoints)
        if let readyFailure { throw readyFailure }
        try networkResult.get()
        try predictorResult.get()
        try journalResult?.get()
        log.info("stopped")
    }

    /// ZeroMQ leaves the files of `ipc` sockets behind.
    private func removeSocketFiles(of endpoints: BoundEndpoints) {
        for endpoint in endpoints.all where endpoint.hasPrefix("ipc:///") {
            try? FileManager.default.removeItem(atPath: String(endpoint.dropFirst(6)))
        }
    }

    private func startNetwork(
        _ parts: DaemonParts, _ start: Promise<Result<BoundEndpoints, ZeroMQError>>
    ) -> ServiceThread<Result<Void, ZeroMQError>> {
        ServiceThread(name: "network", niceness: Self.urgentNiceness) { [settings] in
            do throws(ZeroMQError) {
                let sockets = try NetworkSockets(parts.context, settings.sockets)
                start.deliver(.success(sockets.bound))
                var loop = NetworkLoop(
                    sockets: sockets, parts: parts.network, settings: settings)
                try loop.run()
                return .success(())
            } catch {
                start.deliver(.failure(error))
                return .failure(error)
            }
        }
    }

    private func startPredictor(
        _ parts: DaemonParts, _ start: Promise<Result<BoundEndpoints, ZeroMQError>>
    ) -> ServiceThread<Result<Void, ZeroMQError>> {
        ServiceThread(name: "predictor") { [settings] in
            do throws(ZeroMQError) {
                var bound = BoundEndpoints()
                let socket = try NetworkSockets.open(
                    parts.context, .router, settings.sockets.predict,
                    .requests(settings.sockets.maxMessageBytes), &bound.predict)
                start.deliver(.success(bound))
                guard let socket else { return .success(()) }
                var loop = PredictLoop(socket: socket, parts: parts, settings: settings)
                try loop.run()
                return .success(())
            } catch {
                start.deliver(.failure(error))
                return .failure(error)
            }
        }
    }

    /// - Returns: `nil` when there is to be none.
    private func startHttp(_ parts: DaemonParts) throws -> HttpService? {
        guard let address = settings.http.address, let hub = parts.network.hub else { return nil }
        let router = HttpRouter(
            hub: hub, gauges: parts.gauges,
            inference: InferenceServer(
                settings: settings, snapshots: parts.httpSnapshots, gauges: parts.gauges),
            trainerNotifier: parts.trainerInbox.notifier,
            maxBodyBytes: settings.sockets.maxMessageBytes)
        return try Promise.wait { [log] in
            await Result { try await HttpService(address, router: router, log: log) }
        }.get()
    }

    private func startTrainer(_ parts: DaemonParts) -> ServiceThread<Void> {
        ServiceThread(name: "trainer", niceness: 5) {
            var trainer = Trainer(parts: parts)
            trainer.run()
        }
    }

    /// Where it is permitted, the threads that clients wait for outrank all others.
    private static var urgentNiceness: CInt { -5 }

    /// Starts the threads of the journal.
    ///
    /// - Returns: `nil` without a journal.
    private func startJournal(
        _ journal: consuming Journal?, _ parts: DaemonParts
    ) -> ServiceThread<Result<Void, StorageError>>? {
        guard let journal = consume journal, let rings = parts.journal else { return nil }
        let handover = Handover(journal)
        let encoder = ServiceThread(name: "checkpoints", niceness: 10) { [settings] in
            CheckpointEncoder(
                rings: rings, settings: settings.modelListing, gauges: parts.gauges
            ).run()
        }
        return ServiceThread(name: "journal", niceness: Self.urgentNiceness) { [settings] in
            guard let journal = handover.take() else { return .success(()) }
            var loop = JournalLoop(
                journal: journal, rings: rings, trainerNotifier: parts.trainerInbox.notifier,
                gauges: parts.gauges, settings: settings)
            let result = loop.run()
            encoder.join()
            return result
        }
    }
}

/// Carries a journal to the thread that will own it.
private final class Handover: Sendable {
    private let journal: Mutex<Journal?>

    init(_ journal: consuming Journal) { self.journal = Mutex(journal) }

    func take() -> Journal? { journal.withLock { $0.take() } }
}

/// What the threads share: rings, mailboxes and gauges, and nothing else.
struct DaemonParts: Sendable {
    let context: Context
    let start: StartState
    /// `nil` without a storage directory.
    let journal: JournalRings?
    let trainerInbox: Ring<TrainerMessage>
    let trainerOutbox: Ring<TrainerReply>
    let snapshots = LatestValue<Snapshot>()
    let httpSnapshots = LatestValue<Snapshot>()
    let predictorNotifier: EventDescriptor
    let predictorStop: StopFlag
    let gauges = Gauges()
    let lifecycle: LifecycleSignals
    let network: NetworkParts

    init(settings: Settings, log: EventLog, start: StartState, isDurable: Bool) throws {
        context = try Context(ioThreadCount: 2)
        self.start = start
        let trainerNotifier = try EventDescriptor()
        let networkNotifier = try EventDescriptor()
        predictorNotifier = try EventDescriptor()
        predictorStop = StopFlag(notifier: predictorNotifier)
        // A place for each sample that may wait, should each come in a message of its own.
        let places = min(max(settings.queueCapacity, 64), 65_536)
        trainerInbox = Ring(
            capacity: places + SampleIntake.reservedPlaces, notifier: trainerNotifier)
        trainerOutbox = Ring(capacity: 1_024, notifier: networkNotifier)
        if isDurable {
            let journalNotifier = try EventDescriptor()
            journal = JournalRings(
                inbox: Ring(
                    capacity: places + SampleIntake.reservedPlaces, notifier: journalNotifier),
                snapshots: Ring(capacity: 8, notifier: try EventDescriptor()),
                checkpoints: Ring(capacity: 8, notifier: journalNotifier),
                outbox: Ring(capacity: 1_024, notifier: networkNotifier))
        } else {
            journal = nil
        }
        gauges.acceptedSamples.store(start.takenSamples, ordering: .relaxed)
        gauges.finishedSamples.store(start.takenSamples, ordering: .relaxed)
        gauges.durableOffset.store(isDurable ? start.offset : 0, ordering: .relaxed)
        gauges.lastCheckpointSamples.store(start.checkpointSamples, ordering: .relaxed)
        gauges.noteRejections(start.rejections)
        lifecycle = LifecycleSignals(notifier: networkNotifier)
        if let predictor = start.learner.predictor() {
            // Before there is a thread: the first question finds the model that the daemon has.
            snapshots.publish(
                Snapshot(
                    predictor: predictor, finishedSamples: start.takenSamples, time: .now))
        }
        var deadLetters: DeadLetters?
        if settings.storage.keepsDeadLetters, let directory = settings.storage.directory {
            deadLetters = try DeadLetters(directory: directory)
        }
        let startTime = ContinuousClock.now
        let hub = settings.http.address.map { _ in
            TelemetryHub(
                statusInterval: .seconds(settings.status.intervalSeconds), start: startTime)
        }
        network = NetworkParts(
            start: start, trainer: trainerInbox,
            remembered: Ring(
                capacity: SampleIntake.rememberedCapacity, notifier: networkNotifier),
            spentBlocks: Ring(capacity: Trainer.spentBlockCapacity, notifier: networkNotifier),
            answers: trainerOutbox, journal: journal, gauges: gauges, lifecycle: lifecycle,
            log: log, deadLetters: deadLetters, hub: hub, startTime: startTime)
    }
}

/// Why the daemon could not start, or had to stop.
public struct DaemonError: Error, CustomStringConvertible {
    public let description: String

    init(_ error: any Error) { description = "\(error)" }
}
