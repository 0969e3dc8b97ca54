/// Turns readings into named features: shares in percent, counters as rates per second.
struct HostFeatures: Sendable {
    struct Feature: Equatable, Sendable {
        var name: String
        var value: Double
    }

    private var last: HostReading
    /// Averages of the total CPU use that forget with these times, in seconds; `nil` at first.
    private var averages: [(name: String, seconds: Double, value: Double?)] = [
        ("cpu_1s", 1, nil), ("cpu_10s", 10, nil),
    ]

    /// - Parameter first: What the first rates are measured from.
    init(first: HostReading) { last = first }

    /// The features of the time since the last reading.
    ///
    /// - Parameter seconds: That time, above 0.
    /// - Returns: The total CPU use, 0 to 100, and all features; it is the first of them.
    mutating func advance(
        to reading: HostReading, seconds: Double
    ) -> (processorUse: Double, features: [Feature]) {
        precondition(seconds > 0, "\(seconds) seconds since the last reading")
        let use = reading.processors.all.percentBusy(since: last.processors.all)
        var features = [Feature(name: "cpu", value: use)]
        for index in averages.indices {
            let weight = min(1, seconds / averages[index].seconds)
            let average = averages[index].value.map { $0 + weight * (use - $0) } ?? use
            averages[index].value = average
            features.append(Feature(name: averages[index].name, value: average))
        }
        features += coreFeatures(reading)
        features += [
            Feature(name: "running", value: Double(reading.processors.processesRunning)),
            Feature(name: "load_1m", value: reading.load.oneMinute),
            Feature(name: "load_5m", value: reading.load.fiveMinutes),
            Feature(name: "load_15m", value: reading.load.fifteenMinutes),
            Feature(name: "memory_used", value: reading.memory.percentUsed),
            Feature(name: "memory_cached_kib", value: Double(reading.memory.cached)),
            Feature(name: "memory_dirty_kib", value: Double(reading.memory.dirty)),
        ]
        features += rateFeatures(reading, seconds: seconds)
        last = reading
        return (use, features)
    }

    /// A core that is new, or was switched on again, starts with the next reading.
    private func coreFeatures(_ reading: HostReading) -> [Feature] {
        reading.processors.cores.compactMap { core in
            last.processors.cores.first { $0.number == core.number }.map { before in
                Feature(
                    name: "cpu\(core.number)", value: core.times.percentBusy(since: before.times))
            }
        }
    }

    private func rateFeatures(_ reading: HostReading, seconds: Double) -> [Feature] {
        let counters: [(name: String, earlier: UInt64, later: UInt64, factor: Double)] = [
            (
                "context_switches", last.processors.contextSwitches,
                reading.processors.contextSwitches, 1
            ),
            ("interrupts", last.processors.interrupts, reading.processors.interrupts, 1),
            ("forks", last.processors.processesStarted, reading.processors.processesStarted, 1),
            ("disk_read_bytes", last.disks.sectorsRead, reading.disks.sectorsRead, 512),
            ("disk_written_bytes", last.disks.sectorsWritten, reading.disks.sectorsWritten, 512),
            (
                "network_received_bytes", last.network.bytesReceived,
                reading.network.bytesReceived, 1
            ),
            ("network_sent_bytes", last.network.bytesSent, reading.network.bytesSent, 1),
            (
                "network_received_packets", last.network.packetsReceived,
                reading.network.packetsReceived, 1
            ),
            ("network_sent_packets", last.network.packetsSent, reading.network.packetsSent, 1),
        ]
        return counters.map { counter in
            let rate = ratePerSecond(from: counter.earlier, to: counter.later, seconds: seconds)
            return Feature(name: counter.name, value: counter.factor * rate)
        }
    }
}
