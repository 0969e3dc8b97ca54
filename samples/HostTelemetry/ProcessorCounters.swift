/// `/proc/stat`: what the processors did since the machine started.
///
/// - Source: proc(5), section `/proc/stat`.
struct ProcessorCounters: Equatable, Sendable {
    /// Time of one core, or of all, in ticks of 10 ms.
    struct Times: Equatable, Sendable {
        /// user, nice, system, irq, softirq and steal.
        var busy: UInt64
        /// `busy`, idle and waiting for input or output.
        var total: UInt64

        /// Share of the time since `earlier` that was busy, 0 to 100; 0 when no tick has passed.
        func percentBusy(since earlier: Times) -> Double {
            guard total > earlier.total, busy >= earlier.busy else { return 0 }
            return min(100, 100 * Double(busy - earlier.busy) / Double(total - earlier.total))
        }
    }

    var all: Times
    /// By number of the core; cores that are switched off are left out.
    var cores: [(number: Int, times: Times)]
    var contextSwitches: UInt64
    var interrupts: UInt64
    var processesStarted: UInt64
    var processesRunning: UInt64

    static func == (left: Self, right: Self) -> Bool {
        left.all == right.all && left.cores.elementsEqual(right.cores, by: ==)
            && left.contextSwitches == right.contextSwitches && left.interrupts == right.interrupts
            && left.processesStarted == right.processesStarted
            && left.processesRunning == right.processesRunning
    }

    init(parsing text: String) throws(KernelTextError) {
        var all: Times?
        var counters: [Substring: UInt64] = [:]
        cores = []
        for line in text.split(separator: "\n") {
            let words = words(of: line)
            if words[0] == "cpu" {
                all = try Self.times(words)
            } else if words[0].hasPrefix("cpu"), let number = Int(words[0].dropFirst(3)) {
                cores.append((number, try Self.times(words)))
            } else if words.count > 1 {
                // The first number of `intr` is the sum of those that follow.
                counters[words[0]] = UInt64(words[1])
            }
        }
        guard let all else {
            throw KernelTextError(file: "/proc/stat", reason: "there is no line \"cpu\"")
        }
        self.all = all
        contextSwitches = counters["ctxt"] ?? 0
        interrupts = counters["intr"] ?? 0
        processesStarted = counters["processes"] ?? 0
        processesRunning = counters["procs_running"] ?? 0
    }

    /// Times of the kinds user, nice, system, idle, iowait, irq, softirq, steal. Those of guests,
    /// which follow, are part of user and nice.
    private static func times(_ words: [Substring]) throws(KernelTextError) -> Times {
        let ticks = words.dropFirst().prefix(8).compactMap { UInt64($0) }
        guard ticks.count == min(8, words.count - 1), ticks.count >= 4 else {
            throw KernelTextError(
                file: "/proc/stat", reason: "\"\(words.joined(separator: " "))\" has no times")
        }
        let total = ticks.reduce(0, &+)
        let idle = ticks[3] &+ (ticks.count > 4 ? ticks[4] : 0)
        return Times(busy: total &- idle, total: total)
    }
}
