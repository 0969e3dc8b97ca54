import TestSupport
import Testing
import ZeroMQ

@testable import Service

@Suite("The service manager") struct AnnouncerTests {
    static let everything = [
        "NOTIFY_SOCKET": "@manager", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7",
    ]

    @Test("is found in the environment, with the watchdog that is meant for this process")
    func environment() throws {
        let manager = try #require(
            ServiceManager(environment: Self.everything, processIdentifier: 7))
        #expect(manager.address == "@manager")
        #expect(manager.watchdogInterval == .seconds(30))
        let other = try #require(
            ServiceManager(environment: Self.everything, processIdentifier: 8))
        #expect(other.watchdogInterval == nil)
    }

    @Test("is absent without an address", arguments: [[:], ["NOTIFY_SOCKET": ""]])
    func absent(environment: [String: String]) {
        #expect(ServiceManager(environment: environment, processIdentifier: 1) == nil)
    }

    @Test("gets no watchdog for a time that is none", arguments: ["0", "-5", "soon", ""])
    func badTimes(text: String) {
        let manager = ServiceManager(
            environment: ["NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": text], processIdentifier: 1)
        #expect(manager != nil && manager?.watchdogInterval == nil)
    }

    @Test("hears words in the form of sd_notify(3), a status in one line")
    func words() {
        #expect(ServiceManager.Word.ready.text == "READY=1")
        #expect(ServiceManager.Word.stopping.text == "STOPPING=1")
        #expect(ServiceManager.Word.watchdog.text == "WATCHDOG=1")
        #expect(ServiceManager.Word.status("a\nb\r\nc").text == "STATUS=abc")
        #expect(
            ServiceManager.Word.reloading(monotonicMicroseconds: 12).text
                == "RELOADING=1\nMONOTONIC_USEC=12")
    }

    @Test("is told of life only by a new sign of the trainer's")
    func watchdogNeedsProgress() {
        let gauges = Gauges()
        var watch = ProgressWatch(period: .seconds(1), hasWatchdog: true)
        for _ in 0..<3 {
            #expect(!watch.words(gauges: gauges, at: .now).contains(.watchdog))
        }
        gauges.givePulse()
        #expect(watch.words(gauges: gauges, at: .now).contains(.watchdog))
        // The trainer hangs from here on.
        for _ in 0..<3 {
            #expect(!watch.words(gauges: gauges, at: .now).contains(.watchdog))
        }
        gauges.givePulse()
        gauges.givePulse()
        #expect(gauges.pulses.load(ordering: .relaxed) == 2, "a sign is given when it is wanted")
    }

    @Test("hears of work only when there was some")
    func statusChanges() {
        let gauges = Gauges()
        var watch = ProgressWatch(period: .seconds(1), hasWatchdog: false)
        #expect(watch.words(gauges: gauges, at: .now).count == 1)
        #expect(watch.words(gauges: gauges, at: .now).isEmpty)
        gauges.acceptedSamples.store(5, ordering: .relaxed)
        gauges.finishedSamples.store(3, ordering: .relaxed)
        #expect(
            watch.words(gauges: gauges, at: .now) == [
                .status("3 samples taken in, 2 waiting, 0 predictions served")
            ])
    }

    @Test("is told four times within its watchdog's interval, and every five seconds at least")
    func period() {
        #expect(Announcer.period(watchdogInterval: .seconds(4)) == .seconds(1))
        #expect(Announcer.period(watchdogInterval: .seconds(600)) == .seconds(5))
        #expect(Announcer.period(watchdogInterval: nil) == .seconds(5))
    }

    @Test(
        "cannot be reached where nobody listens, or nobody could",
        arguments: [
            "", "relative", "/nowhere/at/all", "@nobody-listens-here",
            "/" + String(repeating: "x", count: 200),
        ])
    func nobody(address: String) {
        #expect(!LocalDatagram.send("READY=1", to: address))
    }
}
