import Foundation

/// What the standard metrics `process_*` tell, from `/proc/self`. What cannot be read is `nil`.
struct ProcessFigures {
    var cpuSeconds: Double?
    var residentBytes: Int?
    var virtualBytes: Int?
    /// -1 where there is no limit, as the official clients have it.
    var virtualByteLimit: Double?
    /// Since the epoch.
    var startTime: Double?
    var openFileCount: Int?
    var openFileLimit: Double?
    var threadCount: Int?

    /// Reads the present figures.
    init() {
        readStatus()
        readLimits()
        let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        openFileCount = files?.count
    }

    private mutating func readStatus() {
        guard let text = Self.text("/proc/self/stat"), let end = text.lastIndex(of: ")") else {
            return
        }
        // Counted from the state, the third field of proc(5): the command's name may hold spaces.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 21 else { return }
        let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
        if let user = Double(fields[11]), let system = Double(fields[12]) {
            cpuSeconds = (user + system) / ticksPerSecond
        }
        threadCount = Int(fields[17])
        virtualBytes = Int(fields[20])
        residentBytes = Int(fields[21]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
        let boot = Self.text("/proc/stat")?.split(separator: "\n")
            .first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
        if let boot, let ticks = Double(fields[19]) { startTime = boot + ticks / ticksPerSecond }
    }

    private mutating func readLimits() {
        for line in (Self.text("/proc/self/limits") ?? "").split(separator: "\n") {
            if line.hasPrefix("Max open files") { openFileLimit = Self.softLimit(line) }
            if line.hasPrefix("Max address space") { virtualByteLimit = Self.softLimit(line) }
        }
    }

    private static func softLimit(_ line: Substring) -> Double? {
        // Three words of name, then soft limit, hard limit and unit.
        let words = line.split(separator: " ")
        guard words.count > 3 else { return nil }
        return words[3] == "unlimited" ? -1 : Double(words[3])
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
