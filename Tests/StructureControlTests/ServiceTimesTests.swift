import StructureControl
import TestSupport
import Testing

@Suite struct ServiceTimesTests {
    private func architecture(_ hidden: [Int], members: Int = 1) -> ServiceTimes.Architecture {
        ServiceTimes.Architecture(hidden: hidden, members: members, isReplaying: false)
    }

    @Test("a line through exact measurements gives back what they were made of")
    func line() throws {
        var times = ServiceTimes()
        for (hidden, size) in [([8], 100), ([32], 400), ([64], 900), ([64, 64], 5_000)] {
            times.record(
                1e-6 + 2e-9 * Double(size), samples: 1_000, architecture: architecture(hidden),
                parameterCount: size)
        }
        let line = try #require(times.line)
        #expect(abs(line.fixedSeconds - 1e-6) < 1e-12)
        #expect(abs(line.secondsPerParameter - 2e-9) < 1e-15)
        #expect(abs(try #require(times.fixedWork) - 500) < 1e-3)
        let cost = try #require(CostModel(times))
        #expect(abs(cost.seconds(parameterCount: 700, isLearned: true) - 2.4e-6) < 1e-12)
    }

    @Test(
        "what cannot tell parts apart gives no line",
        arguments: [
            [], [(100, 1e-6)], [(100, 1e-6), (110, 2e-6)], [(100, 2e-6), (400, 1e-6)],
            [(100, 1e-6), (400, 9e-6)],
        ])
    func noLine(measured: [(size: Int, seconds: Double)]) {
        var times = ServiceTimes()
        for entry in measured {
            times.record(
                entry.seconds, samples: 10, architecture: architecture([entry.size]),
                parameterCount: entry.size)
        }
        #expect(times.line == nil)
        #expect(CostModel(times) == nil)
    }

    @Test("each set of networks has its own time, and one that is not a time changes nothing")
    func apart() {
        var times = ServiceTimes()
        times.record(1e-6, samples: 5, architecture: architecture([8]), parameterCount: 10)
        times.record(
            3e-6, samples: 5, architecture: architecture([8], members: 4), parameterCount: 40)
        let before = times
        for bad in [0, -1, .infinity, .nan] {
            times.record(bad, samples: 5, architecture: architecture([8]), parameterCount: 10)
        }
        times.record(9e-6, samples: 0, architecture: architecture([8]), parameterCount: 10)
        #expect(times == before)
        #expect(times[architecture([8])] == 1e-6)
        #expect(times[architecture([8], members: 4)] == 3e-6)
        #expect(times[architecture([9])] == nil)
    }

    @Test("a mean follows a machine that has become slower")
    func fading() throws {
        var times = ServiceTimes()
        for tick in 0..<200 {
            times.record(
                tick < 100 ? 1e-6 : 2e-6, samples: 10, architecture: architecture([8]),
                parameterCount: 10)
        }
        #expect(abs(try #require(times[architecture([8])]) - 2e-6) < 1e-9)
        #expect(times.entries[0].samples == 2_000)
    }

    @Test("at most so many are kept, those not measured for longest go, and a copy is equal")
    func bounded() throws {
        var times = ServiceTimes()
        for width in 1...ServiceTimes.capacity {
            times.record(
                1e-6, samples: 1, architecture: architecture([width]), parameterCount: width)
        }
        times.record(1e-6, samples: 1, architecture: architecture([1]), parameterCount: 1)
        times.record(1e-6, samples: 1, architecture: architecture([99]), parameterCount: 99)
        #expect(times.entries.count == ServiceTimes.capacity)
        #expect(times[architecture([1])] != nil)
        #expect(times[architecture([2])] == nil)
        let copy: ServiceTimes = try value(fromState: stateBytes(of: times))
        #expect(copy == times)
    }

    @Test("the controller keeps what each size has cost, but not under a trial or while shedding")
    func controller() {
        var configuration = ControlConfiguration()
        configuration.policy = .rules
        var controller = StructureController(configuration: configuration, seed: 1)
        var facts = LearnerFacts()
        facts.hidden = [16]
        facts.parameterCount = 500
        facts.totalParameterCount = 500
        facts.replayedParameterCount = 200
        let measurements = Measurements(
            elapsedSeconds: 1, arrivedSamples: 1_000, serviceSeconds: 2e-6)
        _ = controller.tick(measurements, facts: facts)
        facts.trainShare = 0.5
        facts.hidden = [32]
        _ = controller.tick(measurements, facts: facts)
        #expect(controller.serviceTimes.entries.map(\.architecture.hidden) == [[16]])
        // To learn again is three quarters of predicting and learning.
        #expect(controller.serviceTimes.entries[0].parameterCount == 500 + 150)
        #expect(controller.serviceTimes.entries[0].seconds == 2e-6)
    }
}
