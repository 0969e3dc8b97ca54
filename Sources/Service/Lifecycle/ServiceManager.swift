import Foundation
import ZeroMQ

/// Who started the daemon and wants to hear how it is: systemd, or whatever else sets
/// `NOTIFY_SOCKET` as `sd_notify(3)` says.
struct ServiceManager: Sendable {
    /// What is told, one or more at a time.
    enum Word: Equatable, Sendable {
        case ready
        case stopping
        /// The settings are read again since this time, in microseconds of the monotonic clock.
        case reloading(monotonicMicroseconds: Int)
        /// The daemon works.
        case watchdog
        /// One line for people.
        case status(String)

        var text: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
            case .watchdog: "WATCHDOG=1"
            case .status(let line): "STATUS=" + line.filter { !$0.isNewline }
            }
        }
    }

    /// Where it listens: a path, or an abstract name with `@` in front.
    let address: String
    /// How long the manager waits for ``Word/watchdog`` before it takes the daemon for dead.
    let watchdogInterval: Duration?

    /// - Parameters:
    ///   - environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` are read.
    /// - Returns: `nil` when nobody wants to hear anything.
    init?(environment: [String: String], processIdentifier: Int32) {
        guard let address = environment["NOTIFY_SOCKET"], !address.isEmpty else { return nil }
        self.address = address
        let isMeant =
            environment["WATCHDOG_PID"].map { Int32($0) == processIdentifier } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int($0) } ?? 0
        watchdogInterval = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// The manager of this process.
    static var ofThisProcess: ServiceManager? {
        ServiceManager(
            environment: ProcessInfo.processInfo.environment,
            processIdentifier: ProcessInfo.processInfo.processIdentifier)
    }

    /// Tells the manager. One that is gone is no reason to stop.
    func tell(_ words: Word...) {
        _ = LocalDatagram.send(words.map(\.text).joined(separator: "\n"), to: address)
    }
}
