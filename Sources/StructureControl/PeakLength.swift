import StateCoding

/// How long peaks of the load last: one is expected to last as long as those before it, and when it
/// has, as long again as it does.
///
/// A peak that ends before the lag comes near its limit needs no relief, and what relief costs is
/// saved; one that does not is met the cheaper the sooner. Only the length tells them apart.
struct PeakLength: Equatable, Sendable {
    /// A peak that has begun and is not over.
    private struct Peak: Equatable {
        /// Samples per second when it began.
        let rate: Double
        var seconds: Double
        /// Load of its first tick, and from the second on what that would be had nothing been done
        /// against it.
        var onset: Double
        var hasRisen = false
    }
    private var present: Peak?
    /// Seconds that peaks last; 0 before the first has ended.
    private var usual = 0.0
    /// Load that the last one came on with; 0 before the first has ended.
    private var latestOnset = 0.0
    /// Seconds since the last peak ended, or since the start.
    private var quiet = 0.0
    /// Seconds between two peaks; 0 before the first.
    private var usualGap = 0.0

    /// How near the next peak is: from 0 to 1 in the last tenth of the time that usually passes
    /// between two, and as long again after it; 0 where none is due, and where they rise so slowly
    /// that it is early enough to act when they are there.
    var imminence: Double {
        guard present == nil, usualGap > 0, latestOnset > Self.steep else { return 0 }
        let rest = (usualGap - quiet) / (Self.notice * usualGap)
        return rest < -1 ? 0 : min(max(1 - rest, 0), 1)
    }

    private static let notice = 0.1
    /// Load that a peak has by its second tick for which it pays to be ready.
    private static let steep = 1.5

    /// What nobody knows yet is expected to last for so many samples more, and no longer than so many
    /// seconds.
    static let shortest = (samples: 2_000.0, seconds: 2.0)
    private static let leastShare = 0.5
    /// Share of a peak's rate below which it is over. Of the rate, because the load falls with what
    /// is done against it: but never as low as ``calm``.
    private static let end = 0.5
    private static let calm = 0.6

    /// Takes a tick in.
    ///
    /// - Parameters:
    ///   - rate: Samples per second.
    ///   - load: Demanded over allowed share of the processor.
    mutating func note(rate: Double, load: Double, elapsedSeconds: Double) {
        guard var peak = present else {
            if load > 1 {
                present = Peak(rate: rate, seconds: elapsedSeconds, onset: load)
                usualGap = usualGap > 0 ? (usualGap + quiet) / 2 : quiet
            } else {
                quiet += elapsedSeconds
            }
            return
        }
        if rate >= Self.end * peak.rate, load >= Self.calm {
            peak.seconds += elapsedSeconds
            if !peak.hasRisen { peak.onset *= max(1, rate / peak.rate) }
            peak.hasRisen = true
            present = peak
        } else {
            usual = max(peak.seconds, (usual + peak.seconds) / 2)
            latestOnset = peak.onset
            present = nil
            quiet = elapsedSeconds
        }
    }

    /// Seconds that the load is expected to last as it is: never less than half of the lag that is
    /// allowed, since a peak that is shorter costs little to be wrong about.
    func remaining(rate: Double, maxLagSeconds: Double = 0) -> Double {
        let first = min(Self.shortest.samples / max(rate, 1e-9), Self.shortest.seconds)
        let least = max(first, Self.leastShare * maxLagSeconds)
        let passed = present?.seconds ?? 0
        guard passed < usual else { return max(passed, least) }
        return max(usual - passed, least)
    }
}

extension PeakLength: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(present != nil)
        if let present {
            writer.write(present.rate)
            writer.write(present.seconds)
            writer.write(present.onset)
            writer.write(present.hasRisen)
        }
        writer.write(usual)
        writer.write(latestOnset)
        writer.write(quiet)
        writer.write(usualGap)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        if try reader.readBool() {
            present = Peak(
                rate: try reader.readDouble(), seconds: try reader.readDouble(),
                onset: try reader.readDouble(), hasRisen: try reader.readBool())
        }
        usual = try reader.readDouble()
        latestOnset = try reader.readDouble()
        quiet = try reader.readDouble()
        usualGap = try reader.readDouble()
        let numbers = [
            present?.rate, present?.seconds, present?.onset, usual, latestOnset, quiet, usualGap,
        ]
        guard numbers.allSatisfy({ $0 ?? 0 >= 0 }) else {
            throw .invalid(what: "length of the load's peaks", offset: offset)
        }
    }
}
