/// A test for change in the mean of a stream of numbers, one number at a time.
///
/// Each test forgets what it has seen when it fires, and starts anew with the next number.
protocol DriftTest {
    /// Takes in the next number and says whether the mean has changed.
    ///
    /// - Parameter value: Bounded.
    mutating func update(_ value: Double) -> Bool

    /// What the test measured when it fired last or was updated last; above 0 where the mean rose.
    var statistic: Double { get }
}
