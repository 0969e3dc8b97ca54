/// How well numbers were predicted, over all samples or over a window of them.
///
/// With several outputs each figure is the plain mean of the outputs' own figures. Every figure is
/// finite; with no samples all are 0.
public struct RegressionFigures: Equatable, Sendable {
    /// Samples that the figures are made of.
    public var sampleCount = 0
    /// Mean of `|y − ŷ|`, in the target's unit.
    public var meanAbsoluteError = 0.0
    /// Root of the mean of `(y − ŷ)²`, in the target's unit.
    public var rootMeanSquaredError = 0.0
    /// Coefficient of determination: 1 is perfect, 0 is as good as the targets' own mean, below 0
    /// is worse. 0 for fewer than two samples and where all targets are equal.
    public var r2 = 0.0

    public init() {}
}
