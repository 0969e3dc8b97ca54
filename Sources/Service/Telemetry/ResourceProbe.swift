import Foundation

/// What this process uses, from `/proc/self`.
struct ResourceProbe {
    struct Reading: Equatable, Sendable {
        /// Share of one core since the last reading.
        var cpuFraction = 0.0
        var residentBytes = 0
        var threadCount = 0
        var openFileCount = 0
    }

    private var lastCPUSeconds: Double?
    private var lastTime: ContinuousClock.Instant?

    init() {}

    /// Reads the present figures; those that cannot be read are zero.
    mutating func read(at time: ContinuousClock.Instant) -> Reading {
        var reading = Reading()
        if let fields = Self.statFields(), fields.count > 21 {
            // Fields are counted from the state, the third of proc(5): 11 and 12 behind it are the
            // user and system ticks, 17 the threads, 21 the resident pages.
            let ticks = (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
            let seconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
            if let lastCPUSeconds, let lastTime {
                let elapsed = (time - lastTime) / .seconds(1)
                if elapsed > 0 { reading.cpuFraction = max(0, seconds - lastCPUSeconds) / elapsed }
            }
            lastCPUSeconds = seconds
            lastTime = time
            reading.threadCount = Int(fields[17]) ?? 0
            reading.residentBytes = (Int(fields[21]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
        }
        let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        reading.openFileCount = files?.count ?? 0
        return reading
    }

    /// The fields of `/proc/self/stat` behind the command's name, which may hold spaces itself.
    private static func statFields() -> [Substring]? {
        guard let data = FileManager.default.contents(atPath: "/proc/self/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }
}

/// What any process of ours may ask about itself.
public enum Resources {
    /// Resident memory of this process.
    public static func residentBytes() -> Int {
        var probe = ResourceProbe()
        return probe.read(at: .now).residentBytes
    }
}
