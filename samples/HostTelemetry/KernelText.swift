/// A text of `/proc` that is not what the kernel writes.
struct KernelTextError: Error, Equatable, CustomStringConvertible {
    let file: String
    let reason: String

    var description: String { "\(file): \(reason); this program reads what Linux writes there" }
}

/// The words of a line, between blanks.
func words(of line: Substring) -> [Substring] {
    line.split(whereSeparator: { $0 == " " || $0 == "\t" })
}

/// How much a counter rose, per second. A counter that was reset, or fell, counts as still.
///
/// - Parameter seconds: Above 0.
func ratePerSecond(from earlier: UInt64, to later: UInt64, seconds: Double) -> Double {
    later > earlier ? Double(later - earlier) / seconds : 0
}
