/// Watches a sequence of numbers for a change of their mean.
public protocol ChangeDetector {
    /// Takes in the next number.
    ///
    /// After a detection the detector begins anew with the number that follows.
    ///
    /// - Parameter value: A number that is not finite is passed over.
    /// - Returns: Whether a change was detected.
    mutating func update(_ value: Double) -> Bool
}
