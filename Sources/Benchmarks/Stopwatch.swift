import Foundation

/// Times loops of this process.
enum Stopwatch {
    /// Nanoseconds of CPU time per operation, one value for each round.
    ///
    /// CPU time and not the clock, because other processes may compete for the cores. It is that of
    /// all threads of the process, of which only this one runs while a loop is measured.
    ///
    /// - Parameter body: Runs so many operations.
    static func nanosecondsPerOperation(_ effort: Effort, _ body: (Int) -> Void) -> [Double] {
        var count = 1
        // Warms up, too: what is found and sized at the first use is not measured.
        while seconds(of: { body(count) }) < effort.loopSeconds { count *= 2 }
        return (0..<effort.rounds).map { _ in 1e9 * seconds(of: { body(count) }) / Double(count) }
    }

    private static func seconds(of body: () -> Void) -> Double {
        let start = clock()
        body()
        // POSIX fixes the unit at microseconds, whatever the resolution.
        return Double(clock() - start) / 1e6
    }
}
