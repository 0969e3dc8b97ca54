import CommandSupport
import Foundation

/// The terminal as one full screen, with keys that come at once; put back as it was at the end.
///
/// Its settings are read and made by `stty`, which every system with terminals has: termios would
/// need pointers. Without it all works but the keys.
final class Terminal {
    private let inColor: Bool
    private var savedSettings: String?
    private var isEntered = false

    /// `nil` when standard output is no terminal, or one that cannot move its cursor.
    init?() {
        let environment = ProcessInfo.processInfo.environment
        guard isatty(STDOUT_FILENO) == 1, environment["TERM"].map({ $0 != "dumb" }) ?? false
        else { return nil }
        inColor = (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Whether standard input gives keys.
    var hasKeys: Bool { isatty(STDIN_FILENO) == 1 }

    /// Columns and rows; 80 and 24 where nobody knows.
    func size() -> (columns: Int, rows: Int) {
        let words = (Self.stty("size", on: .standardOutput) ?? "").split(separator: " ")
        guard words.count == 2, let rows = Int(words[0]), let columns = Int(words[1]),
            rows > 0, columns > 0
        else { return (80, 24) }
        return (columns, rows)
    }

    /// Alternate screen, no cursor, no line wrap, and keys without echo or Enter.
    func enter() {
        isEntered = true
        if hasKeys {
            savedSettings = Self.stty("-g", on: .standardInput)
            _ = Self.stty("-icanon", "-echo", "-isig", on: .standardInput)
        }
        write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l")
    }

    /// Undoes ``enter()``.
    func leave() {
        guard isEntered else { return }
        isEntered = false
        write("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        if let savedSettings { _ = Self.stty(savedSettings, on: .standardInput) }
        savedSettings = nil
    }

    /// Shows lines from the top. In one write, so that no half picture is seen.
    func show(_ lines: [StyledText]) {
        let picture = lines.map { $0.rendered(inColor: inColor) + "\u{1B}[K" }
        write("\u{1B}[H" + picture.joined(separator: "\r\n") + "\u{1B}[J")
    }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// What `stty` says of a terminal; nil when it fails.
    private static func stty(_ arguments: String..., on terminal: FileHandle) -> String? {
        // Foundation moves the descriptors 0 to 2 into their places in any order, and would put the
        // pipe over the terminal before the terminal is where it belongs.
        let number = dup(terminal.fileDescriptor)
        guard number >= 0 else { return nil }
        let terminal = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["stty"] + arguments
        process.standardInput = terminal
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        // Foundation gives the child a process group of its own, and who is not in the foreground
        // is stopped when it changes the terminal, unless it ignores this signal. That is inherited.
        signal(SIGTTOU, SIG_IGN)
        defer { signal(SIGTTOU, SIG_DFL) }
        do { try process.run() } catch { return nil }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: text, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
