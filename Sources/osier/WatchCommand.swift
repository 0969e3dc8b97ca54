import ArgumentParser
import CommandSupport
import Foundation
import OsierClient
import WireFormat
import ZeroMQ

/// `osier watch`: a live view of a daemon.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow a daemon live; q quits.",
        discussion: "Where standard output is no terminal: one line for each status.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try reportingFailures {
            // Before the first thread starts: the signals are blocked for all of them.
            let signals = try SignalDescriptor([SIGINT, SIGTERM, SIGWINCH])
            let endpoint = connection.to ?? DefaultEndpoint.status
            let terminal = Terminal()
            let view: any WatchView =
                if let terminal {
                    ScreenView(terminal, endpoint: endpoint)
                } else {
                    LineView(endpoint: endpoint, patience: connection.client.timeout)
                }
            let subscriber = try StatusSubscriber(
                Context(), to: endpoint, topics: view.topics, options: connection.client)
            terminal?.enter()
            defer { terminal?.leave() }
            try follow(subscriber, signals, view)
        }
    }

    /// Until the user or the system has enough.
    private func follow(
        _ subscriber: borrowing StatusSubscriber, _ signals: SignalDescriptor,
        _ view: any WatchView
    ) throws {
        var poller = Poller()
        subscriber.add(to: &poller)
        let signalIndex = poller.add(fileDescriptor: signals.fileDescriptor)
        var keyIndex = view.hasKeys ? poller.add(fileDescriptor: STDIN_FILENO) : nil
        while true {
            view.draw()
            _ = try poller.wait(timeout: .seconds(1))
            if poller.isReadable(signalIndex) {
                while let signal = signals.next() {
                    if signal == SIGWINCH { view.resize() } else { throw ExitCode(128 + signal) }
                }
            }
            if let index = keyIndex, poller.events(at: index) != [] {
                let keys = FileHandle.standardInput.availableData
                if keys.contains(where: Self.quits) { return }
                // Ctrl-C as a key: the terminal sends no signal while it shows the view.
                if keys.contains(3) { throw ExitStatus.interrupted }
                if keys.isEmpty {
                    poller.setEvents([], at: index)
                    keyIndex = nil
                }
            }
            try takeNews(from: subscriber, view)
        }
    }

    private static func quits(_ key: UInt8) -> Bool {
        key == UInt8(ascii: "q") || key == UInt8(ascii: "Q")
    }

    private func takeNews(
        from subscriber: borrowing StatusSubscriber, _ view: any WatchView
    ) throws {
        while true {
            do throws(ClientError) {
                guard let message = try subscriber.next(within: .zero) else { return }
                view.take(message)
            } catch .unreadable {
                // A newer daemon may say what this command does not know.
                continue
            }
        }
    }
}
