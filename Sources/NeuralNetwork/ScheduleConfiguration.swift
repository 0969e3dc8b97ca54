/// How the learning rate changes with the number of updates `t`. `Settings` checks the ranges.
public struct ScheduleConfiguration: Equatable, Sendable {
    public enum Name: String, CaseIterable, Sendable {
        /// `rate`
        case constant
        /// `rate · gamma^t`
        case exponential
        /// `rate · factor^⌊t / every⌋`
        case step
        /// `rate · (1 − (t mod every) / every)`
        case sawtooth
        /// `rate · (1 − t / total)^power`, and the floor from `total` on
        case polynomial
        /// `rate / √(1 + delta · t)`
        case inverseSquareRoot = "inverse_sqrt"
        /// multiplied by `factor` when the validation loss stops falling
        case plateau
        /// decays as `inverse_sqrt` and starts again at `rate` when drift is detected
        case drift
    }

    public var name: Name = .constant
    /// In `(0, 1]`.
    public var gamma: Double = 0.99999
    /// Updates per step or tooth. At least 1.
    public var every: Int = 10_000
    /// In `(0, 1]`.
    public var factor: Double = 0.5
    /// Updates after which the polynomial ends. At least 1.
    public var total: Int = 1_000_000
    /// Above 0.
    public var power: Double = 1
    /// Not negative.
    public var delta: Double = 0.0001
    /// The effective rate never falls below this. Not negative.
    public var floor: Double = 1e-5

    public init() {}
}
