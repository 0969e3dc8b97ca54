/// The largest magnitude that enters a statistic.
///
/// Its square times 2⁶³ samples is still finite, so no input can turn a figure into infinity or
/// NaN. Errors of this size say only that the model is lost, whatever their exact value.
let largestMagnitude = 1e140

/// Keeps a value within ±``largestMagnitude``; NaN becomes the largest magnitude.
@inline(__always)
func bounded(_ value: Double) -> Double {
    guard value <= largestMagnitude else { return largestMagnitude }
    return value < -largestMagnitude ? -largestMagnitude : value
}
