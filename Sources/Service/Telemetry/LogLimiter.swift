import Synchronization

/// Keeps one place in the program from flooding the log: of what it says beyond a limit only the
/// number is told, with its next line.
final class LogLimiter: Sendable {
    private struct Site: Hashable {
        let file: String
        let line: UInt
    }

    private struct Window {
        var start: ContinuousClock.Instant
        var count = 0
        var leftOut = 0
    }

    /// Lines of one place in a period.
    static let limit = 20
    static let period = Duration.seconds(10)

    /// As many entries as there are places that log.
    private let windows = Mutex<[Site: Window]>([:])

    init() {}

    /// Asks for a line.
    ///
    /// - Returns: How many lines of this place were left out before it; `nil` when it is to be left
    ///   out itself.
    func admit(file: String, line: UInt, at time: ContinuousClock.Instant) -> Int? {
        windows.withLock { windows in
            let site = Site(file: file, line: line)
            var window = windows[site] ?? Window(start: time)
            defer { windows[site] = window }
            if time - window.start >= Self.period {
                window.start = time
                window.count = 0
            }
            guard window.count < Self.limit else {
                window.leftOut += 1
                return nil
            }
            window.count += 1
            defer { window.leftOut = 0 }
            return window.leftOut
        }
    }
}
