/// `/proc/diskstats`: what all disks together read and wrote since the machine started.
///
/// - Source: the kernel's Documentation/admin-guide/iostats.rst.
struct DiskCounters: Equatable, Sendable {
    /// Sectors of 512 bytes, whatever the disk's own are.
    var sectorsRead: UInt64 = 0
    var sectorsWritten: UInt64 = 0

    init(parsing text: String) throws(KernelTextError) {
        var disks: [Substring] = []
        for line in text.split(separator: "\n") {
            let words = words(of: line)
            guard words.count >= 10, let read = UInt64(words[5]), let written = UInt64(words[9])
            else {
                throw KernelTextError(
                    file: "/proc/diskstats", reason: "\"\(line)\" has fewer than 10 fields")
            }
            // A partition follows its disk, and is counted there; devices that are made of others
            // would count everything twice.
            let name = words[2]
            let isStacked = ["loop", "ram", "zram", "dm-", "md"].contains { name.hasPrefix($0) }
            if isStacked || disks.contains(where: { Self.isPartition(name, of: $0) }) { continue }
            disks.append(name)
            sectorsRead &+= read
            sectorsWritten &+= written
        }
    }

    /// `sda1` of `sda`, `nvme0n1p2` of `nvme0n1`.
    private static func isPartition(_ name: Substring, of disk: Substring) -> Bool {
        guard name.hasPrefix(disk) else { return false }
        var rest = name.dropFirst(disk.count)
        if disk.last?.isNumber == true {
            guard rest.first == "p" else { return false }
            rest = rest.dropFirst()
        }
        return !rest.isEmpty && rest.allSatisfy(\.isNumber)
    }
}

/// `/proc/net/dev`: what all network interfaces but the loopback took in and gave out.
///
/// - Source: proc(5), section `/proc/net/dev`.
struct NetworkCounters: Equatable, Sendable {
    var bytesReceived: UInt64 = 0
    var packetsReceived: UInt64 = 0
    var bytesSent: UInt64 = 0
    var packetsSent: UInt64 = 0

    init(parsing text: String) throws(KernelTextError) {
        // Two lines of headings come first.
        for line in text.split(separator: "\n").dropFirst(2) {
            let parts = line.split(separator: ":", maxSplits: 1)
            let numbers = parts.count == 2 ? words(of: parts[1]).compactMap { UInt64($0) } : []
            guard numbers.count >= 10, let name = words(of: parts[0]).first else {
                throw KernelTextError(
                    file: "/proc/net/dev", reason: "\"\(line)\" has fewer than 10 numbers")
            }
            if name == "lo" { continue }
            bytesReceived &+= numbers[0]
            packetsReceived &+= numbers[1]
            bytesSent &+= numbers[8]
            packetsSent &+= numbers[9]
        }
    }
}
