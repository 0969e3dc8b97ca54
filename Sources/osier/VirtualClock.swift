import Learner
import StructureControl

/// Time where there is no clock: a file is taken to arrive at a quarter of the speed at which the
/// learner could follow, by a fixed cost per parameter, so that a run is the same on every machine.
struct VirtualClock {
    private let cost = CostModel()
    private var sampleCount = 0

    /// Samples between two ticks.
    private static let interval = StructureController.tickSamples
    private static let load = 0.25

    /// The tick that is due after so many more samples; `nil`: none is.
    mutating func tick(after count: Int, of learner: Learner) -> Measurements? {
        sampleCount += count
        guard sampleCount >= Self.interval else { return nil }
        let service = cost.seconds(
            parameterCount: learner.learningParameterCount
                + learner.replayingParameterCount, isLearned: true)
        defer { sampleCount = 0 }
        return Measurements(
            elapsedSeconds: Double(sampleCount) * service / Self.load,
            arrivedSamples: sampleCount, serviceSeconds: service, cpuFraction: Self.load)
    }
}
