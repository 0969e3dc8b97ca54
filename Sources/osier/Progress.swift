import Foundation

/// A progress bar on standard error: only on a terminal, and not with `NO_COLOR`.
final class Progress {
    private let title: String
    private let isShown: Bool
    private var lastShown: ContinuousClock.Instant?
    private static let interval = Duration.milliseconds(100)
    private static let width = 30

    init(title: String) {
        self.title = title
        isShown =
            isatty(STDERR_FILENO) == 1
            && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    /// Shows how far the work has come; `total` is `nil` when nobody knows.
    func show(done: Int, of total: Int?) {
        let now = ContinuousClock.now
        guard isShown, lastShown.map({ now - $0 >= Self.interval }) ?? true else { return }
        lastShown = now
        var line = "\r\(title) "
        if let total, total > 0 {
            let share = min(1, Double(done) / Double(total))
            let filled = Int(share * Double(Self.width))
            line += "[" + String(repeating: "=", count: filled)
            line += String(repeating: " ", count: Self.width - filled) + "] "
            line += "\(Int(share * 100)) %"
        } else {
            line += "\(done / 1_048_576) MiB"
        }
        FileHandle.standardError.write(Data((line + "\u{1B}[K").utf8))
    }

    /// Takes the bar away, so that a message can stand in its place.
    func clear() {
        guard isShown, lastShown != nil else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        lastShown = nil
    }

    /// Ends the bar.
    func finish() { clear() }
}
