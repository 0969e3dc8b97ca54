/// `/proc/meminfo`, in kibibytes.
///
/// - Source: proc(5), section `/proc/meminfo`.
struct MemoryFigures: Equatable, Sendable {
    var total: UInt64
    /// What programs could get without swapping.
    var available: UInt64
    var cached: UInt64
    /// Waits to be written to a disk.
    var dirty: UInt64

    var percentUsed: Double {
        total > 0 ? 100 * (1 - Double(min(available, total)) / Double(total)) : 0
    }

    init(parsing text: String) throws(KernelTextError) {
        var figures: [Substring: UInt64] = [:]
        for line in text.split(separator: "\n") {
            let words = words(of: line)
            if words.count > 1 { figures[words[0]] = UInt64(words[1]) }
        }
        guard let total = figures["MemTotal:"], let available = figures["MemAvailable:"] else {
            throw KernelTextError(
                file: "/proc/meminfo", reason: "MemTotal or MemAvailable is missing")
        }
        self.total = total
        self.available = available
        cached = figures["Cached:"] ?? 0
        dirty = figures["Dirty:"] ?? 0
    }
}

/// `/proc/loadavg`: processes that run or wait for a core or a disk, averaged.
///
/// - Source: proc(5), section `/proc/loadavg`.
struct LoadAverage: Equatable, Sendable {
    var oneMinute: Double
    var fiveMinutes: Double
    var fifteenMinutes: Double

    init(parsing text: String) throws(KernelTextError) {
        let averages = words(of: text.prefix { $0 != "\n" }).prefix(3).compactMap { Double($0) }
        guard averages.count == 3 else {
            throw KernelTextError(file: "/proc/loadavg", reason: "\"\(text)\" has no averages")
        }
        (oneMinute, fiveMinutes, fifteenMinutes) = (averages[0], averages[1], averages[2])
    }
}
