import CommandSupport
import Foundation
import OsierClient
import WireFormat

/// Where a daemon's news are shown.
protocol WatchView: AnyObject {
    /// What is subscribed to.
    var topics: [StatusTopic] { get }
    /// Whether keys can be pressed.
    var hasKeys: Bool { get }

    func take(_ message: StatusMessage)
    /// Called after news, after a key, and once in a second.
    func draw()
    func resize()
}

/// The whole terminal.
final class ScreenView: WatchView {
    var topics: [StatusTopic] { StatusTopic.allCases }
    var hasKeys: Bool { terminal.hasKeys }

    private let terminal: Terminal
    private let endpoint: String
    private var history = StatusHistory()
    private var lastNews = ContinuousClock.now
    private var size: (columns: Int, rows: Int)

    init(_ terminal: Terminal, endpoint: String) {
        self.terminal = terminal
        self.endpoint = endpoint
        size = terminal.size()
    }

    func take(_ message: StatusMessage) {
        lastNews = .now
        history.note(message)
    }

    func draw() {
        let screen = WatchScreen(
            history, endpoint: endpoint,
            silentSeconds: (ContinuousClock.now - lastNews) / .seconds(1),
            columns: size.columns, rows: size.rows)
        terminal.show(screen.lines)
    }

    func resize() { size = terminal.size() }
}

/// One line for each status, for a pipe or a log.
final class LineView: WatchView {
    var topics: [StatusTopic] { [.status] }
    var hasKeys: Bool { false }

    private let endpoint: String
    private let patience: Duration
    private let start = ContinuousClock.now
    private var lastSequence: Int64?
    private var isTold = false

    init(endpoint: String, patience: Duration) {
        self.endpoint = endpoint
        self.patience = patience
    }

    func take(_ message: StatusMessage) {
        // The same one comes again when somebody else subscribes.
        guard case .status(let report) = message, report.sequence != lastSequence else { return }
        lastSequence = report.sequence
        print(StatusSummary.line(report))
        // Each line is there for whoever reads the pipe.
        fflush(nil)
    }

    func draw() {
        guard lastSequence == nil, !isTold, ContinuousClock.now - start > patience else { return }
        isTold = true
        StandardError.write("osier: \(endpoint): no status within \(patience); still waiting")
    }

    func resize() {}
}
