import Features
import Foundation
import Learner
import Settings
import ZeroMQ

/// The daemon: four threads, their sockets, and the rings between them.
///
/// The network thread owns the sockets that take samples and commands and publish the status, the
/// predictor thread owns `predict`, and the trainer owns the learner.
public struct Daemon: Sendable {
    private let settings: Settings
    private let log: EventLog

    public init(settings: Settings, log: EventLog) {
        self.settings = settings
        self.log = log
    }

    /// Runs until a signal or a command stops it.
    ///
    /// - Parameters:
    ///   - portFile: Receives the endpoints as JSON once every socket is bound.
    ///   - ready: Called once, after that.
    /// - Throws: ``DaemonError`` when a socket cannot be bound or fails.
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
        let parts = try DaemonParts(settings: settings, log: log)
        let signals = SignalSources(parts.lifecycle) { number in
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
            warnAboutWhatIsMissing()
            ready(endpoints)
        } catch {
            readyFailure = error
            parts.lifecycle.requestStop()
        }
        let networkResult = network.join()
        parts.trainerOutbox.close()
        // A network thread that failed can no longer tell the trainer to finish.
        if case .failure = networkResult { _ = parts.trainerInbox.send(.finish) }
        trainer.join()
        parts.predictorStop.request()
        let predictorResult = predictor.join()
        if let http { Promise.wait { await http.stop() } }
        parts.context.terminate()
        removeSocketFiles(of: endpoints)
        if let readyFailure { throw readyFailure }
        try networkResult.get()
        try predictorResult.get()
        log.info("stopped")
    }

    /// ZeroMQ leaves the files of `ipc` sockets behind.
    private func removeSocketFiles(of endpoints: BoundEndpoints) {
        for endpoint in endpoints.all where endpoint.hasPrefix("ipc:///") {
            try? FileManager.default.removeItem(atPath: String(endpoint.dropFirst(6)))
        }
    }

    /// Settings that a later version will act on are told, not passed over.
    private func warnAboutWhatIsMissing() {
        if settings.structure.policy != .off {
            log.info(
                "structure.policy = \(settings.structure.policy.rawValue): this version has no "
                    + "controller; the network keeps the shape of model.hidden")
        }
        if settings.storage.directory != nil {
            log.warning(
                "storage.directory is set, but this version keeps the model in memory only; "
                    + "acknowledgements say \"durable\":false")
        }
    }

    private func startNetwork(
        _ parts: DaemonParts, _ start: Promise<Result<BoundEndpoints, ZeroMQError>>
    ) -> ServiceThread<Result<Void, ZeroMQError>> {
        ServiceThread(name: "network") { [settings] in
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
            var trainer = Trainer(
                learner: parts.learner, inbox: parts.trainerInbox, outbox: parts.trainerOutbox,
                snapshots: parts.snapshots,
                httpSnapshots: parts.network.hub == nil ? nil : parts.httpSnapshots,
                predictorNotifier: parts.predictorNotifier, gauges: parts.gauges)
            trainer.run()
        }
    }
}

/// What the threads share: rings, mailboxes and gauges, and nothing else.
struct DaemonParts: Sendable {
    let context: Context
    let learner: Learner
    let trainerInbox: Ring<TrainerMessage>
    let trainerOutbox: Ring<TrainerReply>
    let snapshots = LatestValue<Snapshot>()
    let httpSnapshots = LatestValue<Snapshot>()
    let predictorNotifier: EventDescriptor
    let predictorStop: StopFlag
    let gauges = Gauges()
    let lifecycle: LifecycleSignals
    let network: NetworkParts

    init(settings: Settings, log: EventLog) throws {
        context = try Context(ioThreadCount: 2)
        learner = Learner(configuration: settings.learner)
        let trainerNotifier = try EventDescriptor()
        let networkNotifier = try EventDescriptor()
        predictorNotifier = try EventDescriptor()
        predictorStop = StopFlag(notifier: predictorNotifier)
        // A place for each sample that may wait, should each come in a message of its own.
        let places = min(max(settings.queueCapacity, 64), 65_536)
        trainerInbox = Ring(
            capacity: places + SampleIntake.reservedPlaces, notifier: trainerNotifier)
        trainerOutbox = Ring(capacity: 1_024, notifier: networkNotifier)
        lifecycle = LifecycleSignals(notifier: networkNotifier)
        var deadLetters: DeadLetters?
        if settings.storage.keepsDeadLetters, let directory = settings.storage.directory {
            deadLetters = try DeadLetters(directory: directory)
        }
        let start = ContinuousClock.now
        let hub = settings.http.address.map { _ in
            TelemetryHub(
                statusInterval: .seconds(settings.status.intervalSeconds), start: start)
        }
        network = NetworkParts(
            schema: learner.schema, trainer: trainerInbox, answers: trainerOutbox,
            gauges: gauges, lifecycle: lifecycle, log: log, deadLetters: deadLetters, hub: hub,
            start: start)
    }
}

/// Why the daemon could not start, or had to stop.
public struct DaemonError: Error, CustomStringConvertible {
    public let description: String

    init(_ error: any Error) { description = "\(error)" }
}
