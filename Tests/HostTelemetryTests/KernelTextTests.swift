import Testing

@testable import HostTelemetry

@Suite struct KernelTextTests {
    // As proc(5) describes it: user nice system idle iowait irq softirq steal guest guest_nice.
    static let stat = """
        cpu  100 10 50 800 40 5 5 20 30 0
        cpu0 60 5 30 300 20 3 1 10 15 0
        cpu2 40 5 20 500 20 2 4 10 15 0
        intr 5000 1 2 3
        ctxt 7000
        btime 1700000000
        processes 300
        procs_running 2
        procs_blocked 0
        softirq 1 2 3
        """

    @Test("processor times are split into busy and idle, guests not counted twice")
    func processors() throws {
        let counters = try ProcessorCounters(parsing: Self.stat)
        // 100 + 10 + 50 + 5 + 5 + 20 busy, and 800 + 40 idle.
        #expect(counters.all == .init(busy: 190, total: 1_030))
        #expect(counters.cores.map(\.number) == [0, 2])
        #expect(counters.cores[1].times == .init(busy: 81, total: 601))
        #expect(counters.interrupts == 5_000)
        #expect(counters.contextSwitches == 7_000)
        #expect(counters.processesStarted == 300)
        #expect(counters.processesRunning == 2)
    }

    @Test("the busy share lies between 0 and 100, whatever the counters do")
    func percentBusy() {
        let earlier = ProcessorCounters.Times(busy: 100, total: 1_000)
        #expect(ProcessorCounters.Times(busy: 105, total: 1_020).percentBusy(since: earlier) == 25)
        #expect(ProcessorCounters.Times(busy: 120, total: 1_020).percentBusy(since: earlier) == 100)
        #expect(ProcessorCounters.Times(busy: 121, total: 1_020).percentBusy(since: earlier) == 100)
        #expect(ProcessorCounters.Times(busy: 100, total: 1_000).percentBusy(since: earlier) == 0)
        #expect(ProcessorCounters.Times(busy: 90, total: 1_010).percentBusy(since: earlier) == 0)
        #expect(ProcessorCounters.Times(busy: 0, total: 0).percentBusy(since: earlier) == 0)
    }

    @Test("memory and load are read")
    func memoryAndLoad() throws {
        let memory = try MemoryFigures(
            parsing: """
                MemTotal:        4000000 kB
                MemFree:          500000 kB
                MemAvailable:    1000000 kB
                Cached:           700000 kB
                Dirty:               128 kB
                """)
        #expect(memory.percentUsed == 75)
        #expect(memory.cached == 700_000)
        #expect(memory.dirty == 128)
        let load = try LoadAverage(parsing: "0.25 1.50 2.00 3/400 12345\n")
        #expect(load.oneMinute == 0.25)
        #expect(load.fiveMinutes == 1.5)
        #expect(load.fifteenMinutes == 2)
    }

    @Test("disks are counted once: no partitions, no devices made of others")
    func disks() throws {
        let counters = try DiskCounters(
            parsing: """
                   7       0 loop0 9 0 90 0 9 0 90 0 0 0 0
                   8       0 sda 10 0 1000 5 20 0 2000 5 0 10 10
                   8       1 sda1 9 0 900 5 19 0 1900 5 0 10 10
                   8      16 sdb 1 0 1 0 1 0 2 0 0 0 0
                 259       0 nvme0n1 1 0 10 0 1 0 20 0 0 0 0
                 259       1 nvme0n1p1 1 0 9 0 1 0 19 0 0 0 0
                 253       0 dm-0 1 0 500 0 1 0 500 0 0 0 0
                """)
        #expect(counters.sectorsRead == 1_011)
        #expect(counters.sectorsWritten == 2_022)
    }

    @Test("network interfaces are added up, the loopback left out")
    func network() throws {
        let counters = try NetworkCounters(
            parsing: """
                Inter-|   Receive                          |  Transmit
                 face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs
                    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0
                  eth0: 1000 10 0 0 0 0 0 0 2000 20 0 0 0 0 0 0
                wlan0:5 1 0 0 0 0 0 0 6 2 0 0 0 0 0 0
                """)
        #expect(counters.bytesReceived == 1_005)
        #expect(counters.packetsReceived == 11)
        #expect(counters.bytesSent == 2_006)
        #expect(counters.packetsSent == 22)
    }

    @Test("a text that the kernel would not write is refused by the name of its file")
    func refuses() {
        #expect(throws: KernelTextError.self) { try ProcessorCounters(parsing: "") }
        #expect(throws: KernelTextError.self) { try ProcessorCounters(parsing: "cpu 1 2 x 4 5") }
        #expect(throws: KernelTextError.self) { try MemoryFigures(parsing: "MemTotal: 5 kB") }
        #expect(throws: KernelTextError.self) { try LoadAverage(parsing: "1 2") }
        #expect(throws: KernelTextError.self) { try NetworkCounters(parsing: "a\nb\neth0: 1 2") }
        let error = #expect(throws: KernelTextError.self) { try DiskCounters(parsing: "8 0 sda") }
        #expect(error?.description.hasPrefix("/proc/diskstats: ") == true)
    }

    @Test("a counter becomes a rate, and a reset no negative one")
    func rates() {
        #expect(ratePerSecond(from: 100, to: 150, seconds: 0.5) == 100)
        #expect(ratePerSecond(from: 100, to: 100, seconds: 0.5) == 0)
        #expect(ratePerSecond(from: 100, to: 3, seconds: 0.5) == 0)
    }
}
