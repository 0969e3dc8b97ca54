import Foundation

/// What the machine says of itself at one moment.
struct HostReading: Sendable {
    var processors: ProcessorCounters
    var memory: MemoryFigures
    var load: LoadAverage
    var disks: DiskCounters
    var network: NetworkCounters

    /// Reads `/proc`.
    static func now() throws -> HostReading {
        HostReading(
            processors: try ProcessorCounters(parsing: text("/proc/stat")),
            memory: try MemoryFigures(parsing: text("/proc/meminfo")),
            load: try LoadAverage(parsing: text("/proc/loadavg")),
            disks: try DiskCounters(parsing: text("/proc/diskstats")),
            network: try NetworkCounters(parsing: text("/proc/net/dev")))
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
