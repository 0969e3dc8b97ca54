/// How well classes were predicted, over all samples or over a window of them.
///
/// Every figure is finite; with no samples all are 0.
public struct ClassificationFigures: Equatable, Sendable {
    /// Samples that the figures are made of.
    public var sampleCount = 0
    /// Share of samples whose class was predicted. In `[0, 1]`.
    public var accuracy = 0.0
    /// Cohen's κ: agreement beyond what the class frequencies alone would give. At most 1; 0 is
    /// chance, and 0 is reported where chance alone already agrees on everything.
    ///
    /// - Source: Cohen, "A Coefficient of Agreement for Nominal Scales", 1960.
    public var kappa = 0.0
    /// Mean of `−ln p`, in nats, `p` being the probability given to the actual class.
    public var logLoss = 0.0
    /// Expected calibration error: how far the probability of the predicted class is from how often
    /// it is right, over the predictions that told one. In `[0, 1]`.
    public var calibrationError = 0.0
    /// F1 of class 1; `nil` unless exactly two classes are known.
    public var f1: Double?

    public init() {}
}
