import Testing

@testable import HostTelemetry

@Suite struct HostFeaturesTests {
    private func reading(busy: UInt64, total: UInt64, switches: UInt64, cores: [Int] = [0]) throws
        -> HostReading
    {
        let lines = cores.map { "cpu\($0) \(busy) 0 0 \(total - busy)" }
        let stat = "cpu \(busy) 0 0 \(total - busy)\n" + lines.joined(separator: "\n")
        return HostReading(
            processors: try ProcessorCounters(parsing: stat + "\nctxt \(switches)"),
            memory: try MemoryFigures(parsing: "MemTotal: 100 kB\nMemAvailable: 40 kB"),
            load: try LoadAverage(parsing: "1 2 3"),
            disks: try DiskCounters(parsing: "8 0 sda 1 0 \(switches) 5 20 0 2000"),
            network: try NetworkCounters(parsing: "a\nb"))
    }

    @Test("shares and rates are those of the time between two readings")
    func measuresBetween() throws {
        var features = HostFeatures(first: try reading(busy: 0, total: 0, switches: 100))
        let first = features.advance(
            to: try reading(busy: 5, total: 20, switches: 150), seconds: 0.5)
        #expect(first.processorUse == 25)
        let values = Dictionary(uniqueKeysWithValues: first.features.map { ($0.name, $0.value) })
        #expect(values["cpu"] == 25)
        #expect(values["cpu0"] == 25)
        #expect(values["cpu_1s"] == 25)
        #expect(values["context_switches"] == 100)
        #expect(values["disk_read_bytes"] == 51_200)
        #expect(values["disk_written_bytes"] == 0)
        #expect(values["memory_used"] == 60)
        #expect(values["load_15m"] == 3)
        #expect(first.features.allSatisfy { $0.value.isFinite })

        let second = features.advance(
            to: try reading(busy: 20, total: 40, switches: 150), seconds: 0.5)
        #expect(second.processorUse == 75)
        // Half of the way from 25 to 75, as half of its second has passed.
        #expect(second.features.first { $0.name == "cpu_1s" }?.value == 50)
        #expect(second.features.map(\.name) == first.features.map(\.name))
    }

    @Test("a core that is switched on counts from its second reading")
    func newCore() throws {
        var features = HostFeatures(first: try reading(busy: 0, total: 0, switches: 0))
        let first = features.advance(
            to: try reading(busy: 5, total: 20, switches: 0, cores: [0, 1]), seconds: 1)
        #expect(first.features.allSatisfy { $0.name != "cpu1" })
        let second = features.advance(
            to: try reading(busy: 10, total: 30, switches: 0, cores: [0, 1]), seconds: 1)
        #expect(second.features.first { $0.name == "cpu1" }?.value == 50)
    }

    @Test("features are labelled so many ticks later, and dropped when that tick was missed")
    func delaysLabels() {
        var delay = LabelDelay(ticks: 2)
        func exchange(_ tick: Int) -> Double? {
            delay.exchange([.init(name: "tick", value: Double(tick))], at: tick)?[0].value
        }
        #expect(exchange(1) == nil)
        #expect(exchange(2) == nil)
        #expect(exchange(3) == 1)
        #expect(exchange(4) == 2)
        // Tick 5 is missed: 3 gets no label, and 5 has no features.
        #expect(exchange(6) == 4)
        #expect(exchange(7) == nil)
        #expect(exchange(8) == 6)
        #expect(exchange(20) == nil)
        #expect(exchange(22) == 20)
    }

    @Test("a whole target is written with a fraction, so that it is a number and not a class")
    func encodes() {
        let bytes = encodeSample(
            [.init(name: "cpu", value: 12.5), .init(name: "load_1m", value: 3)], target: 12,
            time: 1_700_000_000.5)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"x":{"cpu":12.5,"load_1m":3.0},"y":12.0,"t":1700000000.5}"#)
    }

    @Test("this machine's own texts can be read")
    func readsMachine() throws {
        let reading = try HostReading.now()
        #expect(reading.processors.all.total > 0)
        #expect(!reading.processors.cores.isEmpty)
        #expect(reading.memory.total > 0)
    }
}
