import Foundation
import Synchronization
import ZeroMQ

/// Keeps the service manager informed, on a thread of its own.
///
/// The watchdog is fed by the trainer's progress: the announcer asks for a sign of life, the trainer
/// gives it between two slices of work, and only a new sign is passed on.
final class Announcer: Sendable {
    private let manager: ServiceManager
    private let gauges: Gauges
    private let lifecycle: LifecycleSignals
    private let trainerNotifier: EventDescriptor
    private let notifier: EventDescriptor
    private let reloads = Atomic<Int>(0)
    private let end: StopFlag
    private let thread = Mutex<ServiceThread<Void>?>(nil)

    /// How often people hear of it, and of a watchdog that waits longer than four times this.
    static let longestPeriod = Duration.seconds(5)

    /// - Parameter trainerNotifier: Wakes the trainer, so that an idle one gives its sign too.
    /// - Throws: ``ZeroMQError`` when no file descriptor is left.
    init(
        _ manager: ServiceManager, gauges: Gauges, lifecycle: LifecycleSignals,
        trainerNotifier: EventDescriptor
    ) throws(ZeroMQError) {
        self.manager = manager
        self.gauges = gauges
        self.lifecycle = lifecycle
        self.trainerNotifier = trainerNotifier
        notifier = try EventDescriptor()
        end = StopFlag(notifier: notifier)
    }

    /// The announcer for who started this process; `nil` when nobody wants to hear anything.
    static func ofThisProcess(_ parts: DaemonParts) throws(ZeroMQError) -> Announcer? {
        guard let manager = ServiceManager.ofThisProcess else { return nil }
        return try Announcer(
            manager, gauges: parts.gauges, lifecycle: parts.lifecycle,
            trainerNotifier: parts.trainerInbox.notifier)
    }

    /// Says that the daemon is ready, and from now on how it is.
    func start() {
        manager.tell(.ready, .status("ready"))
        lifecycle.alsoWake(notifier)
        thread.withLock { $0 = ServiceThread(name: "announcer") { self.run() } }
    }

    /// Answers a wish to reload: the settings are read once, at the start.
    func reload() {
        reloads.add(1, ordering: .relaxed)
        notifier.signal()
    }

    /// Ends the thread; nothing is told any more.
    func stop() {
        end.request()
        thread.withLock { $0.take() }?.join()
    }

    private func run() {
        var watch = ProgressWatch(
            period: Self.period(watchdogInterval: manager.watchdogInterval),
            hasWatchdog: manager.watchdogInterval != nil)
        var answeredReloads = 0
        var hasToldStop = false
        while !end.isRequested {
            let timeout = watch.timeUntilDue(at: .now)
            notifier.wait(timeout: max(timeout, .zero))
            if lifecycle.isStopRequested, !hasToldStop {
                hasToldStop = true
                manager.tell(.stopping, .status("learning what was taken in"))
            }
            let reloads = reloads.load(ordering: .relaxed)
            if reloads != answeredReloads {
                answeredReloads = reloads
                answerReload()
            }
            guard watch.isDue(at: .now) else { continue }
            for word in watch.words(gauges: gauges, at: .now) { manager.tell(word) }
            trainerNotifier.signal()
        }
    }

    private func answerReload() {
        let time = Int(ProcessInfo.processInfo.systemUptime * 1_000_000)
        manager.tell(.reloading(monotonicMicroseconds: time))
        manager.tell(
            .ready, .status("nothing to reload: settings are read at the start; restart instead"))
    }

    /// Four times within the watchdog's interval: one late sign is no death.
    static func period(watchdogInterval: Duration?) -> Duration {
        min(longestPeriod, watchdogInterval.map { $0 / 4 } ?? longestPeriod)
    }
}

/// Decides what there is to say: that the trainer has given a sign of life, and what was done.
struct ProgressWatch {
    private let period: Duration
    private let hasWatchdog: Bool
    private var due: ContinuousClock.Instant
    private var seenPulses = 0
    private var lastStatus = ""

    init(period: Duration, hasWatchdog: Bool, start: ContinuousClock.Instant = .now) {
        self.period = period
        self.hasWatchdog = hasWatchdog
        due = start
    }

    func isDue(at time: ContinuousClock.Instant) -> Bool { time >= due }
    func timeUntilDue(at time: ContinuousClock.Instant) -> Duration { due - time }

    /// What is new, and asks the trainer for its next sign.
    mutating func words(
        gauges: Gauges, at time: ContinuousClock.Instant
    ) -> [ServiceManager.Word] {
        due = time + period
        var words: [ServiceManager.Word] = []
        let pulses = gauges.pulses.load(ordering: .acquiring)
        if hasWatchdog, pulses != seenPulses { words.append(.watchdog) }
        seenPulses = pulses
        gauges.isPulseWanted.store(true, ordering: .releasing)
        let status = Self.status(gauges)
        if status != lastStatus { words.append(.status(status)) }
        lastStatus = status
        return words
    }

    private static func status(_ gauges: Gauges) -> String {
        let learned = gauges.finishedSamples.load(ordering: .relaxed)
        let served = gauges.servedPredictions.load(ordering: .relaxed)
        return "\(learned) samples taken in, \(gauges.queuedSamples) waiting, "
            + "\(served) predictions served"
    }
}
