/// What a sample costs where nothing can be measured: in files and simulations.
public struct CostModel: Equatable, Sendable {
    /// Seconds per sample besides the networks.
    public var fixedSeconds = 0.8e-6
    /// Seconds per parameter and prediction.
    public var predictSeconds = 0.15e-9
    /// Seconds per parameter and update.
    public var learnSeconds = 0.45e-9

    public init() {}

    /// Seconds of one sample.
    ///
    /// - Parameters:
    ///   - parameterCount: Of all networks that predict.
    ///   - isLearned: Whether it is learned besides.
    public func seconds(parameterCount: Int, isLearned: Bool) -> Double {
        let parameters = Double(parameterCount)
        return fixedSeconds + parameters * (predictSeconds + (isLearned ? learnSeconds : 0))
    }
}
