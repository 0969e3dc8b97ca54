import Evaluation
import TestSupport
import Testing

@Suite struct ClassBaselinesTests {
    @Test(
        "hits agree with River's PriorClassifier and NoChangeClassifier",
        arguments: zip([UInt64(1), 2], [(1029.0, 721.0), (1030, 725)]))
    func agreesWithRiver(seed: UInt64, hits: (majority: Double, noChange: Double)) {
        var uniform = UniformStream(seed: seed)
        var baselines = ClassBaselines()
        for _ in 0..<2001 {
            let skewed = uniform.next() * uniform.next()
            baselines.update(actual: min(3, Int(skewed * 5)))
        }
        #expect((baselines.majorityAccuracy * 2001).rounded() == hits.majority)
        #expect((baselines.noChangeAccuracy * 2001).rounded() == hits.noChange)
    }

    @Test("the first sample is a miss for both, even of class 0")
    func startsWithAMiss() {
        var baselines = ClassBaselines()
        #expect(baselines.majorityAccuracy == 0)
        baselines.update(actual: 0)
        #expect(baselines.majorityAccuracy == 0)
        #expect(baselines.noChangeAccuracy == 0)
        baselines.update(actual: 0)
        #expect(baselines.majorityAccuracy == 0.5)
        #expect(baselines.noChangeAccuracy == 0.5)
    }

    @Test("of equally frequent classes the one that got there first is predicted")
    func breaksTiesByAge() {
        var baselines = ClassBaselines()
        // Majority before each sample: none, 2, 2 of a tie, 2, 2 of a tie, 0.
        for actual in [2, 0, 2, 0, 0, 0] { baselines.update(actual: actual) }
        #expect(abs(baselines.majorityAccuracy - 2.0 / 6) < 1e-15)
        #expect(abs(baselines.noChangeAccuracy - 2.0 / 6) < 1e-15)
    }

    @Test("state read back is the same", arguments: [0, 1, 50])
    func survivesStateRoundTrip(count: Int) throws {
        var baselines = ClassBaselines()
        for index in 0..<count { baselines.update(actual: index % 3) }
        let readBack: ClassBaselines = try TestSupport.value(fromState: stateBytes(of: baselines))
        #expect(readBack == baselines)
    }
}
