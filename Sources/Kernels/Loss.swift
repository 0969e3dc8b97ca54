/// What a prediction is charged for being wrong.
///
/// Targets of classifiers are class indices; those of regressions are values, one per output.
public enum Loss: String, CaseIterable, Sendable {
    /// Two classes from one logit `z`, the log-odds of class 1: `ln(1 + e^z) − y · z`.
    case logistic
    /// Classes from one logit each: `ln Σ e^z − z[y]`.
    case crossEntropy = "cross_entropy"
    /// `(p − y)²`, mean over the outputs. Not halved: the gradient is `2 (p − y)`.
    case squared
    /// `|p − y|`, mean over the outputs. The gradient at 0 is 0.
    case absolute
    /// `(p − y)² / 2` within 1 of the target, `|p − y| − 1/2` beyond; mean over the outputs.
    case huber

    /// Whether targets are class indices.
    public var isClassification: Bool { self == .logistic || self == .crossEntropy }

    /// Targets per sample for a network with `outputCount` outputs.
    public func targetCount(outputCount: Int) -> Int { isClassification ? 1 : outputCount }
}
