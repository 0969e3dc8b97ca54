/// The learning rate over the updates of an endless stream.
///
/// All arithmetic is exact to the rounding of Double and the same on every machine: powers are
/// multiplied out, none come from the C library.
public struct Schedule: Equatable, Sendable {
    public let configuration: ScheduleConfiguration
    /// The rate at step 0.
    public var baseRate: Double

    /// The step at which `drift` started afresh.
    var restartStep = 0
    /// What `plateau` has come down to, relative to the base rate.
    var plateauFactor = 1.0
    /// The lowest validation loss since the last drift, and when it was seen or last waited for.
    var bestLoss: Double?
    var waitingSince = 0

    /// - Parameter baseRate: Above 0.
    public init(_ configuration: ScheduleConfiguration, baseRate: Double) {
        self.configuration = configuration
        self.baseRate = baseRate
    }

    /// The rate of the update after `step` others.
    ///
    /// Never below the configured floor, and never 0, however long the stream.
    ///
    /// - Parameter step: Updates before this one. Not negative.
    public func rate(at step: Int) -> Float {
        let rate = baseRate * factor(at: step)
        return Float(max(rate, configuration.floor, Double(Float.leastNormalMagnitude)))
    }

    private func factor(at step: Int) -> Double {
        switch configuration.name {
        case .constant:
            1
        case .exponential:
            power(configuration.gamma, step)
        case .step:
            power(configuration.factor, step / configuration.every)
        case .sawtooth:
            1 - Double(step % configuration.every) / Double(configuration.every)
        case .polynomial:
            power(
                max(0, 1 - Double(step) / Double(configuration.total)),
                real: configuration.power)
        case .inverseSquareRoot:
            1 / (1 + configuration.delta * Double(step)).squareRoot()
        case .drift:
            1 / (1 + configuration.delta * Double(max(0, step - restartStep))).squareRoot()
        case .plateau:
            plateauFactor
        }
    }

    /// Tells `plateau` the loss on the validation set; the other schedules do not listen.
    ///
    /// The rate is multiplied by `factor` when no loss has been lower than the best by one part in
    /// 10,000 for `every` updates.
    ///
    /// - Source: PyTorch, `ReduceLROnPlateau`, threshold 1e-4, relative.
    public mutating func observe(validationLoss: Double, at step: Int) {
        guard configuration.name == .plateau else { return }
        // NaN is no improvement: it fails the comparison.
        if validationLoss < (bestLoss.map { $0 - 1e-4 * abs($0) } ?? .infinity) {
            bestLoss = validationLoss
            waitingSince = step
        } else if step - waitingSince >= configuration.every {
            plateauFactor = max(plateauFactor * configuration.factor, .leastNormalMagnitude)
            waitingSince = step
        }
    }

    /// Tells the schedule that the stream has changed: `drift` returns to the base rate, and
    /// `plateau` forgets the best loss, which belongs to what the stream was before.
    public mutating func noteDrift(at step: Int) {
        restartStep = step
        bestLoss = nil
        waitingSince = step
    }
}
